import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileTemplate, renderTemplate, TemplateError } from './template.ts'

const NOW = new Date('2026-11-22T10:05:09Z')

const CONTEXT = {
  n: 7,
  f: 2.5,
  z: 0,
  s: 'Tea & cake',
  w: 'one two three',
  html: '<i>x</i>',
  l: [3, 1, 2],
  names: ['Zoe', 'ann', 'Bob'],
  empty: [],
  none: null,
  t: true,
  d: { b: 1, a: 'x' },
  items: [
    { t: 'Mug', p: 12.5, c: 'home' },
    { t: 'Pan', p: 40, c: 'home' },
    { t: 'Pen', p: 1.2, c: 'desk' },
  ],
  dt_at: new Date('2026-03-09T08:05:00+00:00'),
  dt_end: new Date('2026-03-12T09:00:00+00:00'),
}

/** Templates with what Django 3.2 makes of them; null where it fails. By the rule that they show. */
const RULES: Record<string, [template: string, output: string | null][]> = {
  'a missing variable is empty in output, None in conditions, and fails as the argument of a filter': [
    ['[{{ nope }}][{{ nope.a.b }}]', '[][]'],
    ['{% if nope is None %}yes{% endif %}', 'yes'],
    ['{{ nope|default:"there" }}', 'there'],
    ['{{ s|default:nope }}', null],
    ['{% if s|default:nope %}a{% else %}b{% endif %}', 'b'],
  ],
  'None, true and false print as Python prints them': [
    [
      '{{ none }} {{ t }} {{ z }} {{ l }} {{ d }}',
      'None True 0 [3, 1, 2] {&#x27;b&#x27;: 1, &#x27;a&#x27;: &#x27;x&#x27;}',
    ],
  ],
  'literals are safe, values are escaped, safe text stays as it is': [
    [
      '{{ "<b>" }}{{ html }}{{ html|safe }}{{ html|escape }}{{ html|safe|upper }}{{ html|safe|lower }}',
      '<b>&lt;i&gt;x&lt;/i&gt;<i>x</i>&lt;i&gt;x&lt;/i&gt;&lt;I&gt;X&lt;/I&gt;<i>x</i>',
    ],
    ['{% autoescape off %}{{ html }}{% endautoescape %}{{ html }}', '<i>x</i>&lt;i&gt;x&lt;/i&gt;'],
  ],
  'integers and floats are kept apart': [
    [
      '{{ 5.0 }} {{ 5 }} {{ 5|add:2.9 }} {{ "5"|add:"6" }} {{ "a"|add:1 }} {{ 12345678901234567890|add:1 }}',
      '5.0 5 7 11  12345678901234567891',
    ],
  ],
  'conditions: and before or, not before both, comparisons from the left': [
    [
      '{% if t or nope and nope %}1{% endif %}{% if not nope and t %}2{% endif %}{% if 3 > 2 > 1 %}3{% else %}4{% endif %}',
      '124',
    ],
  ],
  'conditions compare by value and without coercion': [
    [
      '{% if n == 7.0 %}1{% endif %}{% if "7" == n %}2{% else %}3{% endif %}{% if l == l %}4{% endif %}{% if 1 == t %}5{% endif %}',
      '1345',
    ],
  ],
  'an operator that cannot work on its values is false': [
    [
      '{% if "a" < 1 %}1{% endif %}{% if "a" >= 1 %}2{% endif %}{% if 1 not in "123" %}3{% endif %}{% if "a" not in nope %}4{% endif %}-',
      '-',
    ],
  ],
  'loops know their place, their outer loop and an empty list': [
    [
      '{% for x in l %}{{ forloop.counter }}/{{ forloop.revcounter0 }}{% if forloop.last %}!{% endif %} {% endfor %}',
      '1/2 2/1 3/0! ',
    ],
    ['{% for a in l %}{% for b in names %}{{ forloop.parentloop.counter0 }}{% endfor %}{% endfor %}', '000111222'],
    ['{% for x in empty %}x{% empty %}none{% endfor %}', 'none'],
    ['{% for x in l reversed %}{{ x }}{% endfor %}', '213'],
    ['{% for k, v in d.items %}{{ k }}={{ v }};{% endfor %}', 'b=1;a=x;'],
    ['{% for a, b in l %}{% endfor %}', null],
    ['{% for a in n %}{% endfor %}', null],
  ],
  'with, cycle, firstof, ifchanged, regroup and widthratio': [
    ['{% with a=n b="x y" %}{{ a }}{{ b }}{% endwith %}[{{ a }}]', '7x y[]'],
    ['{% for x in l %}{% cycle "odd" "even" %} {% endfor %}', 'odd even odd '],
    ['{% cycle "a" "b" as c silent %}{{ c }}{% cycle c %}{{ c }}', 'ab'],
    ['{% firstof nope z html "x" %}', '&lt;i&gt;x&lt;/i&gt;'],
    [
      '{% for i in items %}{% ifchanged i.c %}{{ i.c }}:{% else %},{% endifchanged %}{{ i.t }}{% endfor %}',
      'home:Mug,Pandesk:Pen',
    ],
    [
      '{% regroup items by c as gs %}{% for g in gs %}{{ g.grouper }}={{ g.list|length }} {% endfor %}',
      'home=2 desk=1 ',
    ],
    ['{% widthratio f 10 101 %} {% widthratio n 0 10 %} {% widthratio "x" 1 1 %}|', '25 0 |'],
  ],
  'texts: comments, verbatim, spaceless, filter, templatetag': [
    ['a{# b #}c{% comment %}d{% endcomment %}e', 'ace'],
    ['{% verbatim %}{{ x }}{% if %}{% endverbatim %}', '{{ x }}{% if %}'],
    ['{% spaceless %} <b> <i>x</i> </b> {% endspaceless %}', '<b><i>x</i></b>'],
    ['{% filter upper|cut:"E" %}{{ s }} e{% endfilter %}', 'TA &AMP; CAK '],
    ['{% templatetag openvariable %}{% templatetag closeblock %}', '{{%}'],
  ],
  'look-ups: keys before methods, items by number, methods without arguments': [
    ['{{ d.b }}{{ l.1 }}{{ names.0.upper }}{{ names.0.0 }}', '11ZOEZ'],
    [
      '{{ d.items }}|{{ d.keys|join:"," }}|{{ d.values|length }}',
      'dict_items([(&#x27;b&#x27;, 1), (&#x27;a&#x27;, &#x27;x&#x27;)])|b,a|2',
    ],
    ['[{{ l.9 }}][{{ s.replace }}]', '[][]'],
    ['{{ names.0.split.0 }}', 'Zoe'],
  ],
  'numbers: floatformat rounds halves up, stringformat to even, filesizeformat to even': [
    [
      '{{ f|floatformat }} {{ 2.675|floatformat:2 }} {{ n|floatformat:-2 }} {{ n|floatformat:2 }} [{{ s|floatformat }}]',
      '2.5 2.68 7 7.00 []',
    ],
    [
      '{{ f|stringformat:".0f" }} {{ n|stringformat:"03d" }} {{ s|stringformat:".3s" }} [{{ s|stringformat:"d" }}]',
      '2 007 Tea []',
    ],
    ['{{ 1280|filesizeformat }} {{ 1|filesizeformat }} {{ "x"|filesizeformat }}', '1.2 KB 1 byte 0 bytes'],
    ['{{ n|divisibleby:7 }} {{ 1234|get_digit:2 }} {{ n|pluralize }} {{ 1|pluralize:"y,ies" }}', 'True 3 s y'],
  ],
  'texts: case, width, words': [
    [
      '{{ s|title }} {{ s|lower|capfirst }} {{ s|upper }} {{ "it\'s o\'neil 2nd"|title }}',
      "Tea &amp; Cake Tea &amp; cake TEA &amp; CAKE It's O'Neil 2nd",
    ],
    ['[{{ n|center:4 }}][{{ n|ljust:3 }}][{{ n|rjust:3 }}]', '[ 7  ][7  ][  7]'],
    [
      '{{ w|truncatewords:2 }} {{ w|truncatechars:5 }} {{ "<p>one <b>two three</b></p>"|truncatewords_html:2 }} {{ w|wordcount }}',
      'one two … one … <p>one <b>two …</b></p> 3',
    ],
    [
      '{{ s|slugify }} {{ s|urlencode }} {{ "a/b c"|urlencode:"" }} {{ s|addslashes }} {{ "a\'b"|escapejs }}',
      'tea-cake Tea%20%26%20cake a%2Fb%20c Tea &amp; cake a\\u0027b',
    ],
    [
      '{{ "0800-TEA"|phone2numeric }} {{ w|wordwrap:7|linebreaksbr }} {{ s|cut:" " }} {{ "<b>x</b>"|striptags }}',
      '0800-832 one two<br>three Tea&amp;cake x',
    ],
    [
      '{{ s|linebreaks }} {{ w|linenumbers }} {{ "see www.a.com, or b@c.org"|urlize }}',
      '<p>Tea &amp; cake</p> 1. one two three see <a href="http://www.a.com" rel="nofollow">www.a.com</a>, or <a href="mailto:b@c.org">b@c.org</a>',
    ],
  ],
  'lists: join, slice, sort, first, last': [
    [
      '{{ l|join:"-" }} {{ l|slice:":2" }} {{ l|first }}{{ l|last }} {{ l|length }} {{ "abc"|make_list }}',
      '3-1-2 [3, 1] 32 3 [&#x27;a&#x27;, &#x27;b&#x27;, &#x27;c&#x27;]',
    ],
    [
      '{% for i in items|dictsort:"p" %}{{ i.t }}{% endfor %} {% for i in items|dictsortreversed:"t" %}{{ i.t }}{% endfor %}',
      'PenMugPan PenPanMug',
    ],
    ['{{ names|unordered_list }}', '\t<li>Zoe</li>\n\t<li>ann</li>\n\t<li>Bob</li>'],
    ['{{ n|yesno:"a,b" }} {{ none|yesno }} {{ none|default_if_none:"-" }} {{ n|first }}', null],
  ],
  'dates print in full, by letters, by named formats, as spans': [
    [
      '{{ dt_at }} {{ dt_at|date }} {{ dt_at|date:"D j M Y, H:i" }} {{ dt_at|time:"P" }} {{ dt_at|date:"SHORT_DATE_FORMAT" }}',
      'March 9, 2026, 8:05 a.m. March 9, 2026 Mon 9 Mar 2026, 08:05 8:05 a.m. 03/09/2026',
    ],
    [
      '{{ dt_at|timeuntil:dt_end }}{{ dt_at|timesince:dt_end }} {% now "Y-m-d" %}[{{ s|date:"Y" }}]',
      '0 minutes3 days 2026-11-22[]',
    ],
  ],
}

for (const [rule, cases] of Object.entries(RULES)) {
  test(rule, () => {
    for (const [source, expected] of cases) {
      const template = compileTemplate(source)
      const render = () => renderTemplate(template, CONTEXT, { mode: 'send', now: NOW })
      if (expected === null) assert.throws(render, TemplateError, source)
      else assert.equal(render(), expected, source)
    }
  })
}
