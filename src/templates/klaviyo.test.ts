import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileTemplate, type RenderContext, type RenderOptions, renderTemplate, requiredCoupons } from './template.ts'

/** A Sunday, 22:30 in New York. */
const NOW = new Date('2026-11-23T03:30:00Z')

function render(source: string, context: RenderContext = {}, options: Partial<RenderOptions> = {}): string {
  return renderTemplate(compileTemplate(source), context, { mode: 'send', now: NOW, ...options })
}

test("today's date is that of the account's time zone, in English", () => {
  const source = '{% current_weekday %} {% current_day %} {% current_month_name %} {% current_year %}'
  assert.equal(render(source), 'Monday 23 November 2026')
  assert.equal(render(source, {}, { timeZone: 'America/New_York' }), 'Sunday 22 November 2026')
})

test('today as a name takes part in date arithmetic', () => {
  const source = "{% today '%Y-%m-%d' as today %}{{ today }} {{ today|days_later:10|format_date_string|date:'M d' }}"
  assert.equal(render(source), '2026-11-23 Dec 03')
  assert.equal(render("{% today '%A %-d %B, %I:%M %p %%' %}"), 'Monday 23 November, 03:30 AM %')
})

test('format_date_string reads the usual forms of a date and gives nothing for another text', () => {
  const source = "{{ d|format_date_string|date:'Y-m-d H:i' }}"
  const read = (d: unknown) => render(source, { d }, { timeZone: 'Europe/Zurich' })
  assert.deepEqual(
    [
      '2026-07-01',
      '2026-07-01 10:05:09',
      '2026-07-01T10:05:09Z',
      '2026-07-01T10:05:09.123+05:30',
      '7/1/2026',
      1782900309,
    ].map(read),
    [
      '2026-07-01 00:00',
      '2026-07-01 10:05',
      '2026-07-01 12:05',
      '2026-07-01 06:35',
      '2026-07-01 00:00',
      '2026-07-01 12:05',
    ],
  )
  assert.deepEqual(['', 'soon', '2026-13-01', '2026-02-30', null].map(read), ['', '', '', '', ''])
})

test('days_later keeps the form of its date; weeks_since counts whole weeks until now', () => {
  assert.equal(
    render(
      '{{ "2026-02-27"|days_later:2 }} {{ "2026-02-27T10:00:00Z"|days_later:-1 }} {{ "02/27/2026"|days_later:2 }}[{{ "x"|days_later:2 }}]',
    ),
    '2026-03-01 2026-02-26T10:00:00+00:00 03/01/2026[]',
  )
  assert.equal(render('{{ "2026-11-08"|weeks_since }} {{ "2026-11-08"|days_since }}'), '2 15')
})

test('numbers: whole numbers stay whole, fractions carry no binary noise, a text that is no number gives nothing', () => {
  assert.equal(
    render(
      '{{ 6|multiply:7 }} {{ 19.99|multiply:3 }} {{ 10|divide:4 }} {{ 10|divide:5 }} {{ 0.1|plus:0.2 }} {{ 5|minus:7 }}',
    ),
    '42 59.97 2.5 2 0.3 -2',
  )
  assert.equal(
    render('{{ 2.5|round }} {{ -2.5|round }} {{ 2.675|round:2 }} {{ 1.2|floor }} {{ 1.2|ceil }} {{ -1.2|abs }}'),
    '3 -3 2.68 1 2 1.2',
  )
  assert.equal(
    render('{{ 1|at_least:5.0 }} {{ 1|at_most:-1.0 }} {{ -7|modulo:3 }} {{ "12.50"|plus:"1" }}'),
    '5.0 -1.0 2 13.5',
  )
  assert.equal(render('[{{ 1|divide:0 }}][{{ "x"|multiply:2 }}][{{ nope|plus:1 }}]'), '[][][]')
})

test('lists and properties: lookup, map, uniq, sort, split', () => {
  const context = {
    person: { 'My Prop': 'yes', $value: 5, none: null },
    items: [
      { t: 'b', p: 2 },
      { t: 'a', p: 1 },
      { t: 'b', p: 3 },
    ],
  }
  assert.equal(
    render(`{{ person|lookup:'My Prop' }} {{ person|lookup:"$value" }} [{{ person|lookup:'x'|default:'-' }}]`, context),
    'yes 5 [-]',
  )
  assert.equal(
    render(
      `{{ items|map:'t'|uniq|sort|join:',' }} {{ items|sort:'p'|map:'t'|join:',' }} {{ "a,b"|split:','|reverse|join:'' }}`,
      context,
    ),
    'a,b a,b,b ba',
  )
})

test('texts: hashes, encodings, slashes, capitals', () => {
  assert.equal(
    render(`{{ "https://a.example//"|trim_slash }} {{ "hELLO you"|capitalize }} {{ "a"|append:"b"|prepend:"c" }}`),
    'https://a.example Hello you cab',
  )
  assert.equal(
    render('{{ "ann@example.com"|md5_hash }} {{ "ann@example.com"|sha_256|slice:":8" }} {{ "ä"|base64_encode }}'),
    '257c57037d384ae37ea27a07e8a01665 71d4f55f w6Q=',
  )
})

test('currency_format writes amounts in the currency and language of the account', () => {
  const source =
    "{% currency_format total|floatformat:2 %} {% currency_format total 'EUR' %} [{% currency_format word %}]"
  assert.equal(render(source, { total: 1234.5, word: 'free' }), '$1,234.50 €1,234.50 [free]')
  assert.equal(render('{% currency_format 5 %}', {}, { currency: 'CHF', locale: 'de-CH' }), 'CHF\u00a05.00')
})

test('a catalog block shows the product that the caller finds and ends the message when there is none', () => {
  const source = '{% catalog event.id unpublished="cancel" %}{{ catalog_item.title }}{% endcatalog %}'
  const catalog = (id: string) => (id === '42' ? { title: 'Mug & Cup' } : undefined)
  assert.equal(render(source, { event: { id: 42 } }, { catalog }), 'Mug &amp; Cup')
  assert.throws(() => render(source, { event: { id: 43 } }, { catalog }), {
    code: 'catalog_item_unavailable',
    item: '43',
  })
})

test('pictures of a code need the code and go through the caller, who may store them', () => {
  const source = `{% barcode 'A' coupon=True width=120 height=40 %}{% qr 'B' size=99 mode=url path='/x' %}{% barcode_code "C" %}`
  const template = compileTemplate(source)
  assert.deepEqual(requiredCoupons(template, {}), ['A', 'B', 'C'])
  const asked: object[] = []
  const coupon = (code: string) => ({
    code,
    expiresAt: null,
    link: (path: string) => `https://s.example${path}?c=${code}`,
  })
  const html = renderTemplate(
    template,
    {},
    {
      mode: 'send',
      now: NOW,
      coupons: { A: coupon('A1'), B: coupon('B1'), C: coupon('C1') },
      pictures: (picture) => `https://p.example/${asked.push(picture)}.png`,
    },
  )
  assert.deepEqual(asked, [
    { kind: 'code128', text: 'A1', width: 120, height: 40 },
    { kind: 'qr', text: 'https://s.example/x?c=B1', width: 99, height: 99 },
    { kind: 'code128', text: 'C1', width: 200, height: 60 },
  ])
  assert.match(html, /^<img src="https:\/\/p\.example\/1\.png" alt="A1" width="120" height="40"/)
  assert.match(html, />https:\/\/p\.example\/2\.png</)
})

test('without a caller for pictures they stand in the text as PNG data', () => {
  const html = render("{% qr 'A' size=40 %}", {}, { mode: 'preview' })
  const data = /src="data:image\/png;base64,([^"]+)"/.exec(html)?.[1] ?? ''
  const png = Buffer.from(data, 'base64')
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [120, 120])
})
