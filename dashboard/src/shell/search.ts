// What the URL of a page may carry. Anything else in it is dropped.

type Search = Record<string, unknown>

export function textOf(search: Search, key: string): string | undefined {
  const value = search[key]
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function oneOf<T extends string>(search: Search, key: string, values: readonly T[]): T | undefined {
  return values.find((value) => value === search[key])
}

/** Leaves out what is undefined, so that the URL stays short. */
export function given<T extends Record<string, string | undefined>>(search: T): Partial<T> {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as Partial<T>
}
