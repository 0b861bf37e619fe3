import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  analyzeTemplate,
  compileTemplate,
  type RenderContext,
  type RenderOptions,
  renderTemplate,
  requiredCoupons,
  TemplateError,
} from './template.ts'

const NOW = new Date('2026-11-22T10:05:09Z')

function render(source: string, context: RenderContext = {}, options: Partial<RenderOptions> = {}): string {
  return renderTemplate(compileTemplate(source), context, { mode: 'send', now: NOW, ...options })
}

function issuesOf(source: string) {
  try {
    compileTemplate(source)
  } catch (error) {
    assert.ok(error instanceof TemplateError)
    return error.issues
  }
  return []
}

const code = (text: string) => ({ code: text, expiresAt: null })

test('a preview prints NAME-preview, escaped in HTML, and looks at no code', () => {
  const coupons = { "O'Neil": code('REAL') }
  assert.equal(render(`{% coupon_code "O'Neil" %}`, {}, { mode: 'preview', coupons }), 'O&#x27;Neil-preview')
  assert.equal(render(`{% coupon_code "O'Neil" %}`, {}, { mode: 'preview', autoescape: false }), "O'Neil-preview")
})

test('a send prints the code that it was given, in a map or an object, wherever the tag stands', () => {
  const source = `<a href="/discount/{% coupon_code 'A' %}">{% coupon_code "A" %}</a>`
  const expected = '<a href="/discount/X1">X1</a>'
  assert.equal(render(source, {}, { coupons: { A: code('X1') } }), expected)
  assert.equal(render(source, {}, { coupons: new Map([['A', code('X1')]]) }), expected)
})

test('a send without a code that it shows is refused with the coupon and the place of its tag', () => {
  assert.throws(
    () => render("line\n  {% coupon_code 'A' %}"),
    (error) => {
      assert.ok(error instanceof TemplateError)
      assert.deepEqual([error.code, error.coupon, error.line, error.column], ['coupon_missing', 'A', 2, 3])
      return true
    },
  )
})

test('only coupons that this person is shown are required, each once, in order', () => {
  const template = compileTemplate(
    "{% if vip %}{% coupon_code 'VIP' %}{% else %}{% coupon_code 'ALL' %}{% endif %}{% coupon_code 'END' %}{% coupon_code 'END' %}",
  )
  assert.deepEqual(requiredCoupons(template, { vip: true }), ['VIP', 'END'])
  assert.deepEqual(requiredCoupons(template, {}), ['ALL', 'END'])
  assert.deepEqual(
    analyzeTemplate(template).coupons.map(({ name }) => name),
    ['VIP', 'ALL', 'END', 'END'],
  )
})

test('a coupon inside an HTML comment needs no code, one inside a conditional comment of Outlook does', () => {
  const template = compileTemplate(
    "<!-- {% coupon_code 'HIDDEN' %} --><!--[if mso]>{% coupon_code 'MSO' %}<![endif]-->{# {% coupon_code 'NO' %} #}",
  )
  assert.deepEqual(requiredCoupons(template, {}), ['MSO'])
  const html = renderTemplate(template, {}, { mode: 'send', now: NOW, coupons: { MSO: code('M1') } })
  assert.equal(html, '<!--  --><!--[if mso]>M1<![endif]-->')
})

test('what all mail programs but Outlook show is shown, and text that is not HTML has no comments', () => {
  const revealed = compileTemplate(
    "<!--[if !mso]><!-->{% coupon_code 'A' %}<!--<![endif]--><!-- {% coupon_code 'B' %} --!>{% coupon_code 'C' %}",
  )
  assert.deepEqual(requiredCoupons(revealed, {}), ['A', 'C'])
  const sms = compileTemplate("Hi {{ name }}, {% coupon_code 'A' %}")
  const [context, options] = [{ name: '<!--' }, { autoescape: false }]
  assert.deepEqual(requiredCoupons(sms, context, options), ['A'])
  assert.throws(() => renderTemplate(sms, context, { mode: 'send', now: NOW, ...options }), { code: 'coupon_missing' })
})

test('a filter over a block does not hide that a code went into it', () => {
  for (const filter of ['upper', 'spaceless', 'truncatewords:1', 'slugify', 'urlencode']) {
    const [open, close] = filter === 'spaceless' ? ['spaceless', 'endspaceless'] : [`filter ${filter}`, 'endfilter']
    const template = compileTemplate(`{% ${open} %}one two {% coupon_code 'A' %}{% ${close} %}`)
    assert.deepEqual(requiredCoupons(template, {}), ['A'], filter)
  }
})

test('a code that is kept under a name is required where its tag stands, whatever becomes of the name', () => {
  const template = compileTemplate(
    "{% coupon_code 'A' as c %}{{ c|md5_hash|slice:':4' }}{% if no %}{% coupon_code 'B' as d %}{% endif %}<!--{% coupon_code 'C' as e %}-->{{ e }}",
  )
  assert.deepEqual(requiredCoupons(template, {}), ['A', 'C'])
  const coupons = { A: code('a1'), C: code('c1') }
  assert.equal(renderTemplate(template, {}, { mode: 'send', now: NOW, coupons }), '8a8b<!---->c1')
  assert.throws(() => renderTemplate(template, {}, { mode: 'send', now: NOW, coupons: { C: code('c') } }), {
    code: 'coupon_missing',
    coupon: 'A',
  })
})

test('cut takes characters out of a code', () => {
  assert.equal(render("{% coupon_code 'A' cut=#Gg5 %}", {}, { coupons: { A: code('#Gx5g7') } }), 'x7')
})

test('an expiry prints in the time zone of the render, and nothing for a code that never ends', () => {
  const coupons = { A: { code: 'X', expiresAt: new Date('2026-11-30T23:30:00Z') }, B: code('Y') }
  const source = `{% coupon_expires 'A' %}|{% coupon_expires 'A' 'D j M, H:i' %}|{% coupon_expires 'B' %}`
  assert.equal(render(source, {}, { coupons, timeZone: 'Europe/Zurich' }), 'Dec. 1, 2026|Tue 1 Dec, 00:30|')
})

test('a coupon link is made by the coupon and escaped in HTML', () => {
  const coupons = {
    A: { code: 'X', expiresAt: null, link: (path: string) => `https://s.example/discount/X?redirect=${path}&a=1` },
  }
  const source = `{% coupon_link 'A' %} {% coupon_link 'A' path %}`
  assert.equal(
    render(source, { path: '/cart' }, { coupons }),
    'https://s.example/discount/X?redirect=/&amp;a=1 https://s.example/discount/X?redirect=/cart&amp;a=1',
  )
})

test('unsubscribe tags print the links that they are given, in HTML as anchors, in plain text as addresses', () => {
  const links = { unsubscribe: 'https://x.example/u?a=1&b=2' }
  assert.equal(render('{% unsubscribe %}', {}, { links }), '<a href="https://x.example/u?a=1&amp;b=2">Unsubscribe</a>')
  assert.equal(
    render("{% unsubscribe 'Stop' %} {% unsubscribe_link %}", {}, { links, autoescape: false }),
    'Stop: https://x.example/u?a=1&b=2 https://x.example/u?a=1&b=2',
  )
  assert.throws(() => render('{% unsubscribe %}'), { code: 'link_missing' })
  assert.equal(render('{% unsubscribe_link %}', {}, { mode: 'preview' }), '#')
})

test('an unknown tag or filter is refused with its place and the name that was probably meant', () => {
  assert.deepEqual(issuesOf("Hi\n {% coupon_cod 'A' %}\n{{ name|uper }}"), [
    {
      severity: 'error',
      code: 'unknown_tag',
      message: 'There is no tag "coupon_cod". Did you mean "coupon_code"?',
      line: 2,
      column: 2,
      suggestion: 'coupon_code',
    },
    {
      severity: 'error',
      code: 'unknown_filter',
      message: 'There is no filter "uper". Did you mean "upper"?',
      line: 3,
      column: 9,
      suggestion: 'upper',
    },
  ])
})

test('habits from Liquid are answered with what to write', () => {
  const messages = issuesOf("{% if a %}{% elsif b %}{% endif %}{% assign x = 1 %}{{ x|default: 'y' }}").map(
    ({ message }) => message,
  )
  assert.deepEqual(messages, [
    'Write {% elif … %} instead of {% elsif … %}.',
    'Write {% with name=value %}…{% endwith %} instead of {% assign name = value %}.',
    "No space may stand after the colon of a filter: write default:'y'",
  ])
})

test('words of JavaScript, Jinja and Liquid in conditions and expressions are answered too', () => {
  const messageOf = (source: string) => issuesOf(source)[0]?.message
  assert.equal(
    messageOf("{% if tags contains 'x' %}{% endif %}"),
    `Write "'part' in text" instead of "text contains 'part'".`,
  )
  assert.equal(messageOf('{% if a && b %}{% endif %}'), 'Write "and" instead of "&&".')
  assert.equal(messageOf('{% if a==b %}{% endif %}'), 'Leave a space on both sides of "==".')
  assert.equal(messageOf('{% if (a or b) %}{% endif %}'), 'Conditions take no brackets: nest one if inside another.')
  assert.equal(
    messageOf('{%- if a -%}{%- endif -%}'),
    'Write {% … %} instead of {%- … -%}: white space cannot be trimmed.',
  )
  assert.equal(
    messageOf('{{ a|default("x") }}'),
    `A filter's argument stands behind a colon: write :"x" instead of ("x")`,
  )
  assert.equal(
    messageOf('{{ person.First-Name }}'),
    "A name holds no hyphen. Write person|lookup:'First-Name' to read such a property.",
  )
  assert.equal(messageOf('{{ a|default:‘x’ }}'), 'Write straight quotes (\' or ") around a text.')
  assert.equal(
    messageOf('{% coupon_code WELCOME %}'),
    "The name of a coupon is a text in straight quotes: write {% coupon_code 'NAME' %}.",
  )
  assert.equal(
    messageOf('{% for i in list limit:3 %}{% endfor %}'),
    'Write {% for item in list %}. Give the loop a shorter list: |slice:":3".',
  )
  assert.equal(messageOf('{{ event.$value }}'), "Write event|lookup:'$value' to read such a property.")
  assert.equal(messageOf('{{ a|upcase }}'), 'There is no filter "upcase". Did you mean "upper"?')
  assert.equal(messageOf('{% endunless %}'), 'Write {% if not … %}…{% endif %} instead of {% unless … %}.')
})

test('names of JavaScript are no tags and no filters', () => {
  for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    assert.deepEqual(
      issuesOf(`{{ a|${name} }}{% ${name} %}`).map(({ code, suggestion }) => [code, suggestion]),
      [
        ['unknown_filter', undefined],
        ['unknown_tag', undefined],
      ],
    )
  }
})

test('an unclosed block is refused at the tag that opens it', () => {
  const [issue] = issuesOf('a\n{% if x %}\n{% for y in z %}{% endfor %}')
  assert.deepEqual([issue?.code, issue?.line, issue?.column], ['unclosed_block', 2, 1])
})

test('an error in the first tag of a block does not make its end tag a second error', () => {
  assert.deepEqual(
    issuesOf('{% for x of y %}{{ x|nope_filter }}{% endfor %}{% if a = b %}{% else %}{% endif %}').map(
      ({ code }) => code,
    ),
    ['bad_tag', 'unknown_filter', 'bad_condition'],
  )
})

test('the analysis lists what comes from the context, not what the template sets', () => {
  const { variables, tags, filters, hasUnsubscribe } = analyzeTemplate(
    compileTemplate(
      '{% for i in event.items %}{{ i.title|upper }}{{ forloop.counter }}{% endfor %}{% with n=first_name %}{{ n }}{% endwith %}{% unsubscribe %}',
    ),
  )
  assert.deepEqual(variables, ['event.items', 'first_name'])
  assert.deepEqual(tags, ['for', 'with', 'unsubscribe'])
  assert.deepEqual(filters, ['upper'])
  assert.equal(hasUnsubscribe, true)
})

test('a variable that nobody has is warned about when the caller says which there are', () => {
  const template = compileTemplate('{{ first_name }}\n{{ frist_name|upper }} {{ person.x }} {{ zzz }}')
  const { issues } = analyzeTemplate(template, { knownVariables: ['first_name', 'person'] })
  assert.deepEqual(
    issues.map(({ code, line, column, suggestion }) => [code, line, column, suggestion]),
    [
      ['unknown_variable', 2, 4, 'first_name'],
      ['unknown_variable', 2, 42, undefined],
    ],
  )
  assert.deepEqual(analyzeTemplate(template).issues, [])
})

test('branches that nobody can reach are warned about', () => {
  const { issues } = analyzeTemplate(
    compileTemplate('{% if 0 %}a{% endif %}\n{% if 1 %}b{% else %}c{% endif %}{% if x %}d{% elif x %}e{% endif %}'),
  )
  assert.deepEqual(
    issues.map(({ severity, code, line, column }) => [severity, code, line, column]),
    [
      ['warning', 'unreachable', 1, 1],
      ['warning', 'unreachable', 2, 12],
      ['warning', 'unreachable', 2, 45],
    ],
  )
})
