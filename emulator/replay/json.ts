/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

export type JsonObject = { [key: string]: Json }

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Calls `visit` for a value and everything inside it, outermost first. */
export function walk(value: Json | undefined, visit: (value: Json) => void): void {
  if (value === undefined) return
  visit(value)
  if (Array.isArray(value)) for (const entry of value) walk(entry, visit)
  else if (isObject(value)) for (const entry of Object.values(value)) walk(entry, visit)
}

/** A copy with every text replaced. */
export function mapTexts(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((entry) => mapTexts(entry, change))
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, mapTexts(entry, change)]))
  return value
}
