import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMatcher, type Searchable } from './match.ts'
import { fieldsOf, parseQuery } from './parse-query.ts'

interface Item {
  title: string
  status: string
  tags: string[]
  createdAt: number
  uses: number
}

const ITEMS: Searchable<Item> = {
  fields: {
    title: (item) => item.title,
    status: (item) => item.status,
    tag: (item) => item.tags,
    created_at: (item) => ({ time: item.createdAt }),
    times_used: (item) => ({ number: item.uses }),
  },
  text: (item) => [item.title],
}

const item: Item = {
  title: 'Spring Sale 2026',
  status: 'ACTIVE',
  tags: ['vip', 'mail'],
  createdAt: Date.parse('2026-03-01T10:00:00Z'),
  uses: 4,
}

function finds(query: string): boolean {
  return createMatcher(parseQuery(query), ITEMS)(item)
}

test('terms side by side must all fit, whatever their case', () => {
  assert.equal(finds("status:active title:'spring sale 2026'"), true)
  assert.equal(finds("status:expired title:'spring sale 2026'"), false)
})

test('OR, NOT, a minus and parentheses combine terms', () => {
  assert.equal(finds('(status:expired OR tag:vip) -tag:sms'), true)
  assert.equal(finds('NOT status:active'), false)
})

test('times and numbers compare, and a date counts from its midnight', () => {
  assert.equal(finds('created_at:>=2026-03-01 created_at:<2026-03-02T00:00:00Z times_used:>3'), true)
  assert.equal(finds('times_used:>4'), false)
})

test('a star at the end stands for any ending, and a bare word looks into the texts', () => {
  assert.equal(finds('title:spring*'), true)
  assert.equal(finds('sale'), true)
  assert.equal(finds('autumn'), false)
})

test('a text that spells a number compares as one, and a star alone asks only for a value', () => {
  const prices: Searchable<string[]> = {
    fields: { 'variants.price': (item) => item, id: () => ({ number: 7 }) },
    text: () => [],
  }
  const fits = (query: string, ...values: string[]): boolean => createMatcher(parseQuery(query), prices)(values)
  assert.equal(fits('variants.price:>=10.00', '9.50', '29.00'), true)
  assert.equal(fits('variants.price:>=10.00', '9.50'), false)
  assert.equal(fits('id:*'), true)
})

test('a field that is not known is left out of the search', () => {
  assert.equal(finds('colour:red status:active'), true)
  assert.deepEqual(fieldsOf(parseQuery('colour:red status:active')), ['colour', 'status'])
})
