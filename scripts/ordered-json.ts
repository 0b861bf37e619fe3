const TOKEN = /\s*("[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:,]|[^\s{}[\]:,"]+)/y

/** Parses JSON with Maps for objects, because an object of JavaScript puts keys such as "2026" before all others. */
export function parseOrdered(text: string): unknown {
  TOKEN.lastIndex = 0
  const next = () => TOKEN.exec(text)?.[1] ?? ''
  return readValue(next(), next)
}

function readValue(token: string, next: () => string): unknown {
  if (token === '[') return readItems(next)
  return token === '{' ? readEntries(next) : JSON.parse(token)
}

function readItems(next: () => string): unknown[] {
  const items: unknown[] = []
  for (let token = next(); token !== ']'; token = next()) if (token !== ',') items.push(readValue(token, next))
  return items
}

function readEntries(next: () => string): Map<string, unknown> {
  const entries = new Map<string, unknown>()
  for (let token = next(); token !== '}'; token = next()) {
    if (token === ',') continue
    next()
    entries.set(JSON.parse(token), readValue(next(), next))
  }
  return entries
}
