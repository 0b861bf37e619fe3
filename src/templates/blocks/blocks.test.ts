import assert from 'node:assert/strict'
import { test } from 'node:test'
import { htmlToText } from '../../lib/html-text.ts'
import { analyzeTemplate, compileTemplate, type RenderContext, renderTemplate, requiredCoupons } from '../template.ts'
import { checkBlocks } from './check.ts'
import { compileBlocks, compileMjml } from './compile.ts'
import { parseBlocks } from './document.ts'

const NOW = new Date('2026-11-22T10:05:09Z')

async function compile(blocks: object[], settings: object = {}) {
  return compileTemplate(await compileBlocks(parseBlocks({ version: 1, settings, blocks })))
}

async function send(blocks: object[], context: RenderContext, coupons = {}): Promise<string> {
  return renderTemplate(await compile(blocks), context, {
    mode: 'send',
    now: NOW,
    coupons,
    links: { unsubscribe: 'https://u.example/1' },
    pictures: ({ kind, text }) => `https://p.example/${kind}/${text}.png`,
  })
}

const coupon = (code: string, expiresAt: Date | null = null) => ({
  code,
  expiresAt,
  link: (path: string) => `https://s.example/discount/${code}?redirect=${path}`,
})

test('template tags survive MJML in texts, attributes and conditions, whatever quotes and signs they hold', async () => {
  const html = await send(
    [
      { type: 'text', html: '<h1>Hi {{ first_name|default:"you" }}</h1>{% if a < b and c > 1 %}<p>yes</p>{% endif %}' },
      { type: 'button', text: 'Go & see', href: '{{ event.url|default:"https://s.example/?a=1&b=2" }}' },
      { type: 'image', src: "{{ img|default:'https://i.example/x.png' }}", alt: '{{ name|upper }} "quoted"' },
    ],
    { a: 1, b: 2, c: 3, name: 'Mug & Cup' },
  )
  assert.match(html, /<h1>Hi you<\/h1><p>yes<\/p>/)
  assert.match(html, /href="https:\/\/s\.example\/\?a=1&b=2"/)
  assert.match(html, /Go &amp; see/)
  assert.match(html, /alt="MUG &amp; CUP &quot;quoted&quot;"/)
  assert.doesNotMatch(html, /zqtag|\{[{%]/)
})

test('the coupon block shows code, deadline, button and picture of the person', async () => {
  const block = {
    type: 'coupon',
    coupon: 'WELCOME',
    title: '10 % off',
    note: 'Once',
    expiry: 'Valid until',
    button: { text: 'Shop', path: '/sale' },
    picture: 'qr',
  }
  const html = await send([block], {}, { WELCOME: coupon('A1-B2', new Date('2026-12-24T00:00:00Z')) })
  assert.match(html, />A1-B2</)
  assert.match(html, /Valid until December 24, 2026/)
  assert.match(html, /href="https:\/\/s\.example\/discount\/A1-B2\?redirect=\/sale"/)
  assert.match(html, /src="https:\/\/p\.example\/qr\/A1-B2\.png"/)
  assert.doesNotMatch(await send([block], {}, { WELCOME: coupon('A1-B2') }), /Valid until/)
})

test('a hidden coupon block needs no code', async () => {
  const template = await compile([
    { type: 'coupon', coupon: 'VIP', showIf: 'person.vip' },
    {
      type: 'columns',
      columns: [[{ type: 'coupon', coupon: 'LEFT', showIf: 'left' }], [{ type: 'text', html: '<p>x</p>' }]],
    },
  ])
  assert.deepEqual(requiredCoupons(template, { person: { vip: true } }), ['VIP'])
  assert.deepEqual(requiredCoupons(template, { left: 1 }), ['LEFT'])
  assert.deepEqual([...new Set(analyzeTemplate(template).coupons.map(({ name }) => name))], ['VIP', 'LEFT'])
})

test('a product block repeats over a list of the event', async () => {
  const html = await send(
    [
      {
        type: 'product',
        list: 'event.items|slice:":2"',
        title: '{{ item.title }}',
        price: '{{ item.price|floatformat:2 }}',
        href: '{{ item.url }}',
      },
    ],
    {
      event: {
        items: ['Mug', 'Pan', 'Pen'].map((title, i) => ({ title, price: i + 1, url: `https://s.example/${i}` })),
      },
    },
  )
  assert.deepEqual(
    [...html.matchAll(/>(Mug|Pan|Pen)</g)].map(([, title]) => title),
    ['Mug', 'Pan'],
  )
  assert.match(html, /href="https:\/\/s\.example\/1"/)
})

test('a document is refused where it could break out of its tag', () => {
  const refused = [
    { type: 'coupon', coupon: "A' %}{{ x }}" },
    { type: 'text', html: 'x', showIf: 'a %}{% endif' },
    { type: 'product', title: 'x', list: 'a %}' },
    { type: 'coupon', coupon: 'A', button: { text: 'x', path: 'https://other.example' } },
    { type: 'text', html: 'x', color: 'red;x' },
    { type: 'unknown' },
  ]
  for (const block of refused) {
    assert.throws(() => parseBlocks({ version: 1, blocks: [block] }), { name: 'ZodError' }, JSON.stringify(block))
  }
})

test('a mistake is found in the block that has it', () => {
  const document = parseBlocks({
    version: 1,
    blocks: [
      { type: 'text', html: '<p>fine {{ a|default:"x" }}</p>' },
      {
        type: 'columns',
        columns: [[{ type: 'text', html: 'line\n{{ a|uper }}' }], [{ type: 'text', html: '{% if a %}' }]],
      },
      { type: 'text', html: 'x', showIf: 'a = b' },
    ],
  })
  assert.deepEqual(
    checkBlocks(document).map(({ path, issue }) => [path, issue.code, issue.line, issue.column]),
    [
      ['blocks.1.columns.0.0.html', 'unknown_filter', 2, 6],
      ['blocks.1.columns.1.0.html', 'unclosed_block', 1, 1],
      ['blocks.2.showIf', 'bad_condition', 1, 3],
    ],
  )
})

test('MJML written by hand keeps its tags too, and a mistake in it is named', async () => {
  const html = await compileMjml(
    '<mjml><mj-body><mj-section><mj-column><mj-text>{{ a|default:"<b>" }}</mj-text></mj-column></mj-section></mj-body></mjml>',
  )
  assert.match(html, /\{\{ a\|default:"<b>" \}\}/)
  await assert.rejects(compileMjml('<mjml><mj-body><mj-nope /></mj-body></mjml>'), /mj-nope/)
})

test('plain text keeps the case of headings, the columns of tables and the targets of links', async () => {
  const html = await send(
    [
      { type: 'text', html: '<h1>Hello Ann</h1><p>Read <a href="https://s.example/a">this</a>.</p>' },
      { type: 'coupon', coupon: 'A', title: 'Your code', button: { text: 'Shop', path: '/' } },
      { type: 'html', html: '<table><tr><th>Item</th><th>Price</th></tr><tr><td>Mug</td><td>5.00</td></tr></table>' },
      { type: 'text', html: '<p>{% unsubscribe %}</p>' },
    ],
    {},
    { A: coupon('A1-B2') },
  )
  const text = htmlToText(html)
  assert.match(text, /^Hello Ann\n/)
  assert.match(text, /Read this \[https:\/\/s\.example\/a\]\./)
  assert.match(text, /Your code\nA1-B2\n/)
  assert.match(text, /Item\s+Price\nMug\s+5\.00/)
  assert.match(text, /Unsubscribe \[https:\/\/u\.example\/1\]/)
})
