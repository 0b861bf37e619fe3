import { AppError } from '../errors.ts'
import type { CsvRow } from '../lib/csv.ts'
import { readEmail } from './email.ts'
import { readPhone } from './phone.ts'
import { MAX_PROPERTIES, MAX_PROPERTIES_BYTES } from './profiles.ts'

type Field = 'email' | 'phone' | 'firstName' | 'lastName' | 'emailConsent' | 'smsConsent' | 'country'

/** Headers of common exports, without spaces and signs, in lower case. The first column of a field wins. */
const SYNONYMS: Record<Field, readonly string[]> = {
  email: ['email', 'emailaddress', 'mail', 'customeremail', 'emails'],
  phone: ['phone', 'phonenumber', 'mobile', 'mobilephone', 'mobilenumber', 'cellphone', 'telephone', 'tel'],
  firstName: ['firstname', 'givenname', 'forename'],
  lastName: ['lastname', 'surname', 'familyname'],
  emailConsent: [
    'acceptsemailmarketing',
    'acceptsmarketing',
    'emailmarketing',
    'emailmarketingconsent',
    'emailconsent',
  ],
  smsConsent: ['acceptssmsmarketing', 'smsmarketing', 'smsmarketingconsent', 'smsconsent'],
  country: ['defaultaddresscountrycode', 'countrycode', 'country'],
}
const YES = new Set(['yes', 'true', '1', 'y', 'subscribed'])
/** Properties that are numbers or lists in an export; every other one is text. */
const NUMBERS = new Set(['total_spent', 'total_orders'])
const MAX_NAME_LENGTH = 100
const MAX_VALUE_LENGTH = 200

export type Columns = {
  width: number
  fields: Partial<Record<Field, number>>
  properties: readonly { name: string; index: number }[]
}
/** A person as a row names them: null and absent properties say nothing. */
export type Person = {
  line: number
  email: string | null
  phone: string | null
  firstName: string | null
  lastName: string | null
  emailSubscribed: boolean
  smsSubscribed: boolean
  properties: Record<string, unknown>
}
/** A row that is not taken as it is, with what to do. */
export type RowProblem = { line: number; reason: string; value: string }

/**
 * Finds the columns by their headers, whatever case and signs; what is no field of a profile becomes a property named in
 * snake case. The country column is a property as well.
 *
 * Throws `missing_column` without an email and a phone column, `invalid_csv` above 100 properties.
 */
export function readColumns(header: readonly string[]): Columns {
  const fields: Partial<Record<Field, number>> = {}
  const properties = new Map<string, number>()
  for (const [index, title] of header.entries()) {
    const field = fieldOf(title)
    const isField = field !== undefined && fields[field] === undefined
    if (isField) fields[field] = index
    const name = toSnakeCase(title)
    if ((!isField || field === 'country') && name !== '' && !properties.has(name)) properties.set(name, index)
  }
  if (fields.email === undefined && fields.phone === undefined) {
    const message = 'Name a column "Email" or "Phone" in line 1 of the file, so that people can be told apart.'
    throw new AppError('missing_column', message, { columns: header.slice(0, 50) })
  }
  if (properties.size > MAX_PROPERTIES) {
    throw new AppError('invalid_csv', 'Remove columns: a profile holds at most 100 properties.', {
      count: properties.size,
    })
  }
  return { width: header.length, fields, properties: [...properties].map(([name, index]) => ({ name, index })) }
}

/**
 * Reads one row. Consent is only ever given by a row, never taken away: `no` and an empty cell leave it as it is.
 * `consent: 'subscribed'` gives email consent to every row with an email address; SMS consent always follows its column.
 */
export function readPerson(columns: Columns, row: CsvRow, consent: 'column' | 'subscribed'): Person | RowProblem {
  const { line, cells } = row
  const problem = (reason: string, value: string): RowProblem => ({ line, reason, value: shorten(value) })
  if (cells.length !== columns.width) {
    const reason = `Give the row ${columns.width} values as the header has; it has ${cells.length}. Quote values that hold a comma.`
    return problem(reason, cells.join(','))
  }
  const cell = (field: Field) => clean(cells[columns.fields[field] ?? -1])
  const [emailText, phoneText] = [cell('email'), cell('phone')]
  if (emailText === '' && phoneText === '') {
    return problem('Fill in an email address or a phone number.', cells.join(','))
  }
  const email = emailText === '' ? { email: null } : readEmail(emailText)
  if ('problem' in email) return problem(email.problem, emailText)
  const phone = phoneText === '' ? { phone: null } : readPhone(phoneText, cell('country') || null)
  if ('problem' in phone) return problem(phone.problem, phoneText)
  const [firstName, lastName] = [cell('firstName') || null, cell('lastName') || null]
  for (const name of [firstName, lastName]) {
    if (name && name.length > MAX_NAME_LENGTH) return problem('Shorten the name to 100 characters.', name)
  }
  const properties = readProperties(columns, cells)
  if (Buffer.byteLength(JSON.stringify(properties)) > MAX_PROPERTIES_BYTES) {
    return problem('Shorten the row: the properties of a profile hold at most 100 kB.', cells.join(','))
  }
  const emailSubscribed =
    email.email !== null && (consent === 'subscribed' || YES.has(cell('emailConsent').toLowerCase()))
  const smsSubscribed = phone.phone !== null && YES.has(cell('smsConsent').toLowerCase())
  return { line, ...email, ...phone, firstName, lastName, emailSubscribed, smsSubscribed, properties }
}

export function shorten(value: string): string {
  return value.length > MAX_VALUE_LENGTH ? `${value.slice(0, MAX_VALUE_LENGTH - 1).toWellFormed()}…` : value
}

function readProperties(columns: Columns, cells: readonly string[]): Record<string, unknown> {
  const properties: Record<string, unknown> = {}
  for (const { name, index } of columns.properties) {
    const text = clean(cells[index])
    if (text !== '') properties[name] = toProperty(name, text)
  }
  return properties
}

function toProperty(name: string, text: string): unknown {
  if (NUMBERS.has(name) && /^-?\d{1,15}(\.\d{1,6})?$/.test(text)) return Number(text)
  if (name === 'tags') return text.split(',').flatMap((tag) => tag.trim() || [])
  return text
}

/** Trimmed, without the apostrophe that Shopify and spreadsheets put before what a spreadsheet would compute. */
function clean(cell: string | undefined): string {
  return (cell ?? '').trim().replace(/^'(?=[+=@\d-])/, '')
}

function fieldOf(title: string): Field | undefined {
  const key = title.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
  return (Object.keys(SYNONYMS) as Field[]).find((field) => SYNONYMS[field].includes(key))
}

function toSnakeCase(title: string): string {
  return title
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, 100)
}
