import { cpus } from 'node:os'
import { Liquid } from 'liquidjs'
import nunjucks from 'nunjucks'
import { compileTemplate, type RenderContext, renderTemplate, requiredCoupons } from '../src/templates/template.ts'

export type BenchResult = {
  name: string
  machine: object
  results: object
  bars: { metric: string; value: number; bar: number; met: boolean }[]
}

/** Renders per second that one core must reach. */
const BAR = 50_000

/** Size of the mail's source in bytes: that of a usual newsletter. */
const MAIL_BYTES = 28_000

const NOW = new Date('2026-11-22T10:05:09Z')

/** The part that changes per person, in words that all three engines understand. */
const BODY = `<h1>Hello {{ first_name }},</h1>
{% if vip %}<p>Thank you for your orders, {{ first_name }} {{ last_name }}.</p>{% else %}<p>Welcome.</p>{% endif %}
<table>{% for item in items %}<tr><td><img src="{{ item.image }}" alt="{{ item.title }}"></td>
<td>{{ item.title }}</td><td>{{ item.quantity }} × {{ item.price }}</td></tr>{% endfor %}</table>
<p>Your code: <b>COUPON</b> for {{ city }}.</p>`

/** Styled table cells as a mail builder writes them, up to the size of the mail. */
function mailSource(coupon: string): string {
  const row =
    '<tr><td align="center" style="font-family:Arial,sans-serif;font-size:14px;line-height:21px;color:#333333;padding:10px 25px;word-break:break-word;">A line of text that is the same for everybody.</td></tr>\n'
  const rows = Math.ceil((MAIL_BYTES - BODY.length) / row.length / 2)
  const half = row.repeat(rows)
  return `<!doctype html><html><body><table>${half}</table>${BODY.replace('COUPON', coupon)}<table>${half}</table></body></html>`
}

function personOf(i: number): RenderContext {
  return {
    first_name: `Ann ${i}`,
    last_name: "O'Neil",
    city: 'Zürich',
    vip: i % 2 === 0,
    items: Array.from({ length: 5 }, (_, n) => ({
      title: `Mug & Cup ${n}`,
      image: `https://cdn.example/${i}/${n}.png?w=100&h=100`,
      quantity: n + 1,
      price: '12.50',
    })),
  }
}

/** Makes V8 write a text that it holds as a tree of pieces in one piece, as sending it would. */
function flatten(text: string): number {
  return text.charCodeAt(text.length >> 1)
}

/**
 * Renders per second of processor time, which is what one core does in a second, also on a machine that has other work.
 * The output is made flat, so that no engine leaves work undone. The best of three rounds.
 */
function measure(
  render: (person: RenderContext, i: number) => string,
  people: RenderContext[],
  seconds: number,
): number {
  let best = 0
  for (let round = 0; round < 3; round++) {
    let count = 0
    let check = 0
    const end = performance.now() + (seconds * 1000) / 3
    const start = process.cpuUsage()
    while (performance.now() < end) {
      for (let i = 0; i < people.length; i++) {
        const person = people[i]
        if (person) check += flatten(render(person, i))
      }
      count += people.length
    }
    if (check === 0) throw new Error('Nothing was rendered.')
    const { user, system } = process.cpuUsage(start)
    best = Math.max(best, (count / (user + system)) * 1_000_000)
  }
  return Math.round(best)
}

/** How fast one core renders a mail per person, beside two well-known engines on the part that they can do. */
export async function run(options: { quick: boolean }): Promise<BenchResult> {
  const seconds = options.quick ? 1.5 : 9
  const people = Array.from({ length: 200 }, (_, i) => personOf(i))
  const source = mailSource("{% coupon_code 'WELCOME' %}")
  const template = compileTemplate(source)
  const coupons = people.map((_, i) => ({ WELCOME: { code: `CODE-${i}`, expiresAt: null } }))

  const peerSource = mailSource('{{ code }}')
  const peerPeople = people.map((person, i) => ({ ...person, code: `CODE-${i}` }))
  const liquid = new Liquid({ outputEscape: 'escape' })
  const liquidTemplate = liquid.parse(peerSource)
  const nunjucksTemplate = new nunjucks.Template(
    peerSource,
    new nunjucks.Environment(null, { autoescape: true }),
    undefined,
    true,
  )

  const render = measure(
    (person, i) => renderTemplate(template, person, { mode: 'send', now: NOW, coupons: coupons[i] ?? {} }),
    people,
    seconds,
  )
  const results = {
    sourceBytes: Buffer.byteLength(source),
    rendersPerSecond: render,
    requiredCouponsPerSecond: measure(
      (person) => requiredCoupons(template, person, { now: NOW }).join(),
      people,
      seconds,
    ),
    bothStepsPerSecond: measure(
      (person, i) => {
        const [name] = requiredCoupons(template, person, { now: NOW })
        return renderTemplate(template, person, { mode: 'send', now: NOW, coupons: name ? (coupons[i] ?? {}) : {} })
      },
      people,
      seconds,
    ),
    liquidjsPerSecond: measure((person) => String(liquid.renderSync(liquidTemplate, person)), peerPeople, seconds),
    nunjucksPerSecond: measure((person) => nunjucksTemplate.render(person), peerPeople, seconds),
  }
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version }
  const bars = [{ metric: 'rendersPerSecond', value: render, bar: BAR, met: render >= BAR }]
  return { name: 'render', machine, results, bars }
}

if (import.meta.main) console.log(JSON.stringify(await run({ quick: process.argv.includes('--quick') })))
