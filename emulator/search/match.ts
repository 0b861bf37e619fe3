import type { Operator, Query } from './parse-query.ts'

/** What a field of an object answers to a search: a text, texts of which one must fit, a time or number, or nothing. */
type Answer = string | readonly string[] | { time: number | null } | { number: number }

/** How objects of one kind are searched. A field that is not here is ignored, as the Admin API does. */
export interface Searchable<T> {
  fields: Record<string, (item: T) => Answer>
  /** Texts that a term without a field looks through. */
  text: (item: T) => string[]
}

/** A test for one parsed search. `now` is for relative times. */
export function createMatcher<T>(query: Query, searchable: Searchable<T>): (item: T) => boolean {
  switch (query.kind) {
    case 'all':
      return () => true
    case 'not': {
      const inner = createMatcher(query.part, searchable)
      return (item) => !inner(item)
    }
    case 'and':
    case 'or': {
      const parts = query.parts.map((part) => createMatcher(part, searchable))
      return query.kind === 'and'
        ? (item) => parts.every((part) => part(item))
        : (item) => parts.some((part) => part(item))
    }
    case 'term':
      return createTermMatcher(query, searchable)
  }
}

type Term = Extract<Query, { kind: 'term' }>

function createTermMatcher<T>(term: Term, searchable: Searchable<T>): (item: T) => boolean {
  const wanted = term.value.toLowerCase()
  if (term.field === null) {
    return (item) => searchable.text(item).some((text) => text.toLowerCase().includes(wanted.replace(/\*$/, '')))
  }
  const read = searchable.fields[term.field]
  if (!read) return () => true
  return (item) => answers(read(item), term.operator, wanted)
}

function answers(answer: Answer, operator: Operator, wanted: string): boolean {
  if (typeof answer === 'string') return textAnswers(answer, operator, wanted)
  if (!('time' in answer) && !('number' in answer)) return answer.some((text) => textAnswers(text, operator, wanted))
  if ('number' in answer)
    return wanted === '*' ? !Number.isNaN(answer.number) : compare(answer.number, operator, Number(wanted))
  return answer.time !== null && (wanted === '*' || compare(answer.time, operator, readTime(wanted)))
}

/** A text fits by its letters; with a comparison it counts as the number or time that it spells, such as a price. */
function textAnswers(text: string, operator: Operator, wanted: string): boolean {
  if (operator === ':') return textFits(text, wanted)
  const [own, other] = [Number(text), Number(wanted)]
  if (text !== '' && !Number.isNaN(own) && !Number.isNaN(other)) return compare(own, operator, other)
  return compare(readTime(text), operator, readTime(wanted))
}

function textFits(text: string, wanted: string): boolean {
  const own = text.toLowerCase()
  if (wanted === '*') return own !== ''
  return wanted.endsWith('*') ? own.startsWith(wanted.slice(0, -1)) : own === wanted
}

/** A date without a time counts from its midnight in UTC. */
function readTime(text: string): number {
  return Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text.toUpperCase())
}

function compare(value: number, operator: Operator, wanted: number): boolean {
  switch (operator) {
    case ':':
      return value === wanted
    case ':>':
      return value > wanted
    case ':>=':
      return value >= wanted
    case ':<':
      return value < wanted
    case ':<=':
      return value <= wanted
  }
}
