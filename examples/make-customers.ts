// Writes examples/customers.csv: 10,000 invented customers in the columns of Shopify's customer export.
//   node examples/make-customers.ts
// The same bytes each time. Addresses and numbers are reserved for examples: nobody can be reached by them.
import { writeFileSync } from 'node:fs'
import { COMPANIES, COUNTRIES, type Country, DOMAINS, NOTES, TAGS } from './people-words.ts'

export const ROWS = 10_000
export const REPEATED = 60

export const HEADER = [
  'Customer ID',
  'First Name',
  'Last Name',
  'Email',
  'Accepts Email Marketing',
  'Default Address Company',
  'Default Address Address1',
  'Default Address Address2',
  'Default Address City',
  'Default Address Province Code',
  'Default Address Country Code',
  'Default Address Zip',
  'Default Address Phone',
  'Phone',
  'Accepts SMS Marketing',
  'Total Spent',
  'Total Orders',
  'Note',
  'Tax Exempt',
  'Tags',
] as const
type Customer = Record<(typeof HEADER)[number], string>
type Random = () => number
/** How many numbers of each country are given away. */
type Phones = Map<string, number>

/** What makes a row bad: changes to a good one, or to its written line. */
export const BAD_ROWS: readonly (Partial<Customer> | ((line: string) => string))[] = [
  { Email: 'hannah.example.com' },
  { Email: 'oliver@@example.com' },
  { Email: 'emil@work@example.org' },
  { Email: '', Phone: '' },
  { Email: ' ', Phone: '', 'First Name': '', 'Last Name': '' },
  { Email: 'lea keller@example.com' },
  { Email: 'marie@localhost' },
  { Email: 'noah@example,com' },
  { Email: '@example.net' },
  { Email: 'ida@-example.com' },
  { Email: 'jonas@example..com' },
  { Email: 'jürgen@example.com' },
  { Email: 'finn..berg@example.com' },
  { Email: `${'long'.repeat(70)}@example.com` },
  { Phone: "'+49123" },
  { Phone: '12345', 'Default Address Country Code': '' },
  { Phone: 'call me' },
  (line) => line.split(',').slice(0, 9).join(','),
  (line) => `${line},one value too many`,
  (line) => line.replace(/,([^,"]+),/, ',$1 "the boss",'),
]

/** The whole file: UTF-8, lines end with LF, values are quoted where they must be. */
export function makeCustomers(): string {
  const random = seededRandom(20_270_301)
  const phones: Phones = new Map()
  const people = Array.from({ length: ROWS - REPEATED - BAD_ROWS.length }, (_, n) => makeCustomer(random, phones, n))
  const lines = people.map(writeRow)
  for (let n = 0; n < REPEATED; n++) {
    const first = Math.floor(random() * (people.length - 200))
    const person = people[first + (n % 100)]
    if (person) lines.splice(lines.length - Math.floor(random() * 100), 0, writeRow(inOtherCase(person, n)))
  }
  for (const [n, badness] of BAD_ROWS.entries()) {
    const person = makeCustomer(random, phones, ROWS + n)
    const line =
      typeof badness === 'function' ? badness(writeRow({ ...person, Note: '' })) : writeRow({ ...person, ...badness })
    lines.splice(Math.floor((random() * 0.9 + 0.05) * lines.length), 0, line)
  }
  return `${[writeCells([...HEADER]), ...lines].join('\n')}\n`
}

function makeCustomer(random: Random, phones: Phones, n: number): Customer {
  const country = pickCountry(random)
  const [firstName, lastName] = [pick(random, country.firstNames), pick(random, country.lastNames)]
  const [city, province, postcode] = pick(random, country.cities)
  const orders = Math.floor(random() ** 3 * 25)
  const phone = random() < 0.4 ? nextPhone(country, phones) : ''
  return {
    'Customer ID': String(7_204_511_000_000 + n * 32_768),
    'First Name': random() < 0.06 ? '' : firstName,
    'Last Name': random() < 0.06 ? '' : lastName,
    Email: `${toAscii(firstName)}.${toAscii(lastName)}${n}@${pick(random, DOMAINS)}`,
    'Accepts Email Marketing': 'yes',
    'Default Address Company': random() < 0.08 ? pick(random, COMPANIES) : '',
    'Default Address Address1': `${1 + Math.floor(random() * 180)} ${pick(random, country.streets)}`,
    'Default Address Address2': random() < 0.1 ? 'c/o "Post", 2nd floor' : '',
    'Default Address City': city,
    'Default Address Province Code': province,
    'Default Address Country Code': country.code,
    'Default Address Zip': postcode,
    'Default Address Phone': phone && random() < 0.5 ? `'${phone}` : '',
    Phone: phone ? `'${phone}` : '',
    'Accepts SMS Marketing': phone && random() < 0.5 ? 'yes' : 'no',
    'Total Spent': (orders * (15 + Math.floor(random() * 9000) / 100)).toFixed(2),
    'Total Orders': String(orders),
    Note: random() < 0.12 ? pick(random, NOTES) : '',
    'Tax Exempt': random() < 0.02 ? 'yes' : 'no',
    Tags: [pick(random, TAGS), pick(random, TAGS)].slice(0, Math.floor(random() * 3)).join(', '),
  }
}

/** Every number is given away once; none is left when the country's range is used up. */
function nextPhone(country: Country, phones: Phones): string {
  const n = phones.get(country.code) ?? 0
  if (n >= country.phones) return ''
  phones.set(country.code, n + 1)
  return country.phone(n)
}

function inOtherCase(person: Customer, n: number): Customer {
  const [local = '', domain = ''] = person.Email.split('@')
  const emails = [
    person.Email.toUpperCase(),
    `${local}@${domain.toUpperCase()}`,
    local.toUpperCase().concat('@', domain),
  ]
  return { ...person, Email: emails[n % emails.length] ?? '', 'First Name': person['First Name'].toUpperCase() }
}

function writeRow(customer: Customer): string {
  return writeCells(HEADER.map((title) => customer[title]))
}

function writeCells(cells: readonly string[]): string {
  return cells.map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')
}

function toAscii(name: string): string {
  const plain = name.toLowerCase().replaceAll('ß', 'ss').replaceAll('ł', 'l').replaceAll('œ', 'oe').replaceAll('ı', 'i')
  return plain.normalize('NFD').replaceAll(/[^a-z]/g, '')
}

function pickCountry(random: Random): Country {
  let rest = random() * COUNTRIES.reduce((sum, country) => sum + country.share, 0)
  const found = COUNTRIES.find((country) => {
    rest -= country.share
    return rest < 0
  })
  return found ?? pick(random, COUNTRIES)
}

function pick<T>(random: Random, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)] as T
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
function seededRandom(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

if (import.meta.main) writeFileSync(new URL('./customers.csv', import.meta.url), makeCustomers())
