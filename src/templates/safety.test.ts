import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  analyzeTemplate,
  type CompiledTemplate,
  compileTemplate,
  type RenderContext,
  renderTemplate,
  requiredCoupons,
  TemplateError,
} from './template.ts'

const NOW = new Date('2026-11-22T10:05:09Z')

/** A second is far above what any of these templates may take, and far below what a runaway one would. */
const LIMITS = { timeMs: 1000, steps: 200_000, outputLength: 200_000, loopLength: 2_000 }

function tryCompile(source: string): CompiledTemplate | undefined {
  try {
    return compileTemplate(source)
  } catch (error) {
    assert.ok(error instanceof TemplateError, `${error} for ${JSON.stringify(source)}`)
    assert.ok(error.issues.length > 0 && error.line >= 1 && error.column >= 1)
    return undefined
  }
}

function tryRender(template: CompiledTemplate, context: RenderContext): string | undefined {
  try {
    return renderTemplate(template, context, { mode: 'preview', now: NOW, limits: LIMITS })
  } catch (error) {
    assert.ok(error instanceof TemplateError, `${(error as Error).stack} for ${JSON.stringify(template.source)}`)
    return undefined
  }
}

const PIECES = [
  '{{ a }}',
  '{{ b.c }}',
  '{{ a|',
  'upper',
  '}}',
  '{%',
  '%}',
  '{#',
  '#}',
  '{{',
  ' if ',
  ' a ',
  'b.c',
  '==',
  ' and ',
  ' not ',
  ' in ',
  '{% if a %}',
  '{% elif b %}',
  '{% else %}',
  '{% endif %}',
  '{% for x in a %}',
  '{% for k, v in b.items %}',
  '{% empty %}',
  '{% endfor %}',
  '{{ forloop.counter }}',
  '{% with x=a %}',
  '{% endwith %}',
  "{% coupon_code 'C1' %}",
  "{% coupon_code 'C2' cut=ab %}",
  "{% coupon_expires 'C3' %}",
  "{% coupon_link 'C4' '/x' %}",
  '<!-- ',
  ' -->',
  '<!--[if mso]>',
  '{% filter upper %}',
  '{% endfilter %}',
  '{% filter truncatewords:1 %}',
  '{% spaceless %}',
  '{% endspaceless %}',
  '{% cycle a b as z %}',
  '{% cycle z %}',
  '{% ifchanged %}',
  '{% endifchanged %}',
  '{% firstof a b "x" %}',
  '{% regroup a by c as g %}',
  '{% widthratio a 2 100 %}',
  '{% verbatim %}',
  '{% endverbatim %}',
  '{% comment %}',
  '{% endcomment %}',
  '{% autoescape off %}',
  '{% endautoescape %}',
  '{{ a|add:a }}',
  '{{ a|join:"," }}',
  '{{ a|slice:":2" }}',
  '{{ b|lookup:"__proto__" }}',
  '{{ b.constructor }}',
  '{{ a|sort|uniq|map:"c" }}',
  '{{ a|stringformat:"5.2f" }}',
  '{{ a|floatformat:2 }}',
  '{{ a|urlize }}',
  '{{ a|striptags }}',
  '{{ a|truncatechars_html:5 }}',
  '{{ a|wordwrap:3 }}',
  '{{ a|date:"Y" }}',
  '{{ a|dictsort:"c" }}',
  '{{ a|unordered_list }}',
  '{{ a|multiply:b.c }}',
  '{% now "Y" %}',
  '\n',
  ' ',
  'text',
  '"',
  "'",
  '|',
  ':',
  '.',
  '{% unsubscribe %}',
  '{% catalog a %}',
  '{% endcatalog %}',
  '{{ a|default:b|safe }}',
  '{% qr "C5" %}',
  "{% barcode 'C6' coupon=True %}",
] as const

const anySource = fc
  .array(fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...PIECES) }, fc.string({ maxLength: 6 })), {
    maxLength: 14,
  })
  .map((parts) => parts.join(''))

const anyContext: fc.Arbitrary<RenderContext> = fc.record(
  {
    a: fc.jsonValue({ maxDepth: 3 }),
    b: fc.dictionary(fc.constantFrom('c', 'd', 'items', '__proto__'), fc.jsonValue({ maxDepth: 2 })),
  },
  { requiredKeys: [] },
)

const RUNS = { numRuns: 4000 }

test('compiling any text either works or throws a TemplateError with a place', () => {
  fc.assert(
    fc.property(fc.oneof(anySource, fc.string({ unit: 'binary', maxLength: 60 })), (source) => {
      const template = tryCompile(source)
      if (template) analyzeTemplate(template)
    }),
    RUNS,
  )
})

test('rendering any template with any data ends within its limits, in a text or in a TemplateError', () => {
  fc.assert(
    fc.property(anySource, anyContext, (source, context) => {
      const template = tryCompile(source)
      if (!template) return
      const started = performance.now()
      const text = tryRender(template, context)
      assert.ok((text?.length ?? 0) <= LIMITS.outputLength)
      assert.ok(performance.now() - started < 3000, 'took too long')
    }),
    RUNS,
  )
})

test('the analysis lists every coupon that any render needs, and a render needs no other', () => {
  fc.assert(
    fc.property(anySource, anyContext, (source, context) => {
      const template = tryCompile(source)
      if (!template) return
      const known = new Set(analyzeTemplate(template).coupons.map(({ name }) => name))
      let needed: string[]
      try {
        needed = requiredCoupons(template, context, { now: NOW, limits: LIMITS })
      } catch (error) {
        assert.ok(error instanceof TemplateError)
        return
      }
      assert.ok(needed.every((name) => known.has(name)))
      const link = (path: string) => `https://s.example${path}`
      const coupons = Object.fromEntries(needed.map((name) => [name, { code: `<${name}>`, expiresAt: NOW, link }]))
      const links = { unsubscribe: 'https://u.example' }
      try {
        const text = renderTemplate(template, context, { mode: 'send', now: NOW, coupons, limits: LIMITS, links })
        assert.doesNotMatch(text, /preview/)
      } catch (error) {
        assert.ok(error instanceof TemplateError && error.code !== 'coupon_missing', String(error))
      }
    }),
    RUNS,
  )
})

function refuses(source: string, context: RenderContext = {}) {
  const template = compileTemplate(source)
  const started = performance.now()
  assert.throws(() => renderTemplate(template, context, { mode: 'preview', now: NOW }), { code: 'limit_exceeded' })
  assert.ok(performance.now() - started < 5000)
}

test('a loop in a loop in a loop over long lists is ended', () => {
  const list = Array.from({ length: 10_000 }, (_, i) => i)
  refuses('{% for a in l %}{% for b in l %}{% for c in l %}{% endfor %}{% endfor %}{% endfor %}', { l: list })
})

test('a text that doubles at each step is ended', () => {
  const doubling = Array.from({ length: 40 }, (_, i) => `{% with v${i + 1}=v${i}|add:v${i} %}`).join('')
  refuses(`{% with v0="abcdefghij" %}${doubling}${'{% endwith %}'.repeat(41)}`)
})

test('a list that doubles at each step is ended', () => {
  const doubling = Array.from({ length: 40 }, (_, i) => `{% with v${i + 1}=v${i}|add:v${i} %}`).join('')
  refuses(`{% with v0="0123456789"|make_list %}${doubling}${'{% endwith %}'.repeat(41)}`)
})

test('padding to a huge width is ended', () => {
  refuses('{{ "a"|ljust:"999999999" }}')
  refuses('{{ "a"|center:999999999 }}')
})

test('output that grows in a loop is ended', () => {
  refuses('{% for a in l %}{{ big }}{% endfor %}', {
    l: Array.from({ length: 1000 }, () => 1),
    big: 'x'.repeat(100_000),
  })
})

test('heavy filters in a loop are ended', () => {
  refuses('{% for a in l %}{% if big|upper|lower|slugify|urlize|striptags == 1 %}{% endif %}{% endfor %}', {
    l: Array.from({ length: 5000 }, () => 1),
    big: 'x. <'.repeat(100_000),
  })
})

test('blocks and conditions cannot be nested without end', () => {
  const codeOf = (source: string) => {
    try {
      compileTemplate(source)
    } catch (error) {
      return error instanceof TemplateError ? error.code : 'other'
    }
    return 'compiled'
  }
  assert.equal(codeOf('{% if a %}'.repeat(5000)), 'too_deep')
  assert.equal(codeOf(`{% if ${'not '.repeat(50_000)}a %}{% endif %}`), 'too_complex')
  assert.equal(codeOf('x'.repeat(3_000_000)), 'too_long')
})

test('thousands of marks that are never closed are read in linear time', () => {
  const started = performance.now()
  for (const mark of ['{{', '{%', '{#', '{{ "', "{{ a|b:'"]) compileTemplate(mark.repeat(100_000))
  assert.ok(performance.now() - started < 3000)
})

test('filters with patterns stay linear on long hostile texts', () => {
  const texts = [
    '<',
    '<a ',
    '<!--',
    '&',
    '((((',
    '....',
    '____',
    '> ',
    '<a href="',
    'a@',
    'http://',
    '[',
    ' ',
    '\n\n',
    "a'",
  ]
  const filters = [
    'striptags',
    'urlize',
    'slugify',
    'title',
    'truncatechars_html:9',
    'truncatewords_html:9',
    'linebreaks',
    'wordwrap:5',
    'trim_slash',
  ]
  for (const text of texts) {
    for (const filter of filters) {
      const started = performance.now()
      tryRender(compileTemplate(`{% spaceless %}{{ t|${filter} }}{% endspaceless %}`), {
        t: text.repeat(50_000 / text.length),
      })
      assert.ok(performance.now() - started < 1500, `${filter} of ${text}`)
    }
  }
})

test('nothing of JavaScript can be reached: prototypes, constructors, functions, symbols', () => {
  const context = { o: { run: () => 'ran', own: 1, [Symbol.iterator]: 1 }, l: [1], s: 'text', n: 5, d: NOW, f: () => 1 }
  const names = [
    'constructor',
    'toString',
    'hasOwnProperty',
    'valueOf',
    'length',
    'prototype',
    'map',
    'then',
    'run',
    'getTime',
    'toISOString',
  ]
  for (const root of Object.keys(context)) {
    for (const name of names) {
      const template = compileTemplate(
        `[{{ ${root}.${name} }}][{{ ${root}|lookup:"${name}" }}][{{ ${root}|lookup:"__proto__" }}]`,
      )
      assert.equal(renderTemplate(template, context, { mode: 'send', now: NOW }), '[][][]', `${root}.${name}`)
    }
  }
  assert.throws(() => compileTemplate('{{ o.__proto__ }}'), { code: 'private_name' })
})

test('a context with a property named __proto__ or with a cycle does no harm', () => {
  const cyclic: Record<string, unknown> = JSON.parse('{"__proto__": {"polluted": 1}, "name": "Ann"}')
  cyclic.self = cyclic
  const template = compileTemplate('{{ name }}{{ polluted }}{{ self.self.name }}')
  assert.equal(renderTemplate(template, cyclic, { mode: 'send', now: NOW }), 'AnnAnn')
  assert.throws(() => renderTemplate(compileTemplate('{{ self }}'), cyclic, { mode: 'send', now: NOW }), TemplateError)
  assert.throws(
    () => renderTemplate(compileTemplate('{{ self|pprint }}'), cyclic, { mode: 'send', now: NOW }),
    TemplateError,
  )
  assert.equal(({} as Record<string, unknown>).polluted, undefined)
})
