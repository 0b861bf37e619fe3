/** Step between two ids of one kind. Source: recorded ids of discounts made in one request (1640295530802, +32768, +32768). */
const ID_STEP = 32_768

/** `gid://shopify/<kind>/<id>` */
export function toGid(kind: string, id: number | string): string {
  return `gid://shopify/${kind}/${id}`
}

export interface Gid {
  kind: string
  id: number
}

const GID = /^gid:\/\/shopify\/([A-Za-z]+)\/([^/?]+)(\?.*)?$/

/** The parts of a global id; undefined when the text is none. An id that is not a number, such as a job's, gives NaN. */
export function parseGid(text: string): Gid | undefined {
  const match = GID.exec(text)
  if (!match?.[1] || !match[2]) return undefined
  return { kind: match[1], id: /^\d+$/.test(match[2]) ? Number(match[2]) : Number.NaN }
}

/** The number in a global id of one of `kinds`; undefined for every other text. */
export function idOf(text: string, ...kinds: string[]): number | undefined {
  const gid = parseGid(text)
  return gid && kinds.includes(gid.kind) ? gid.id : undefined
}

/** Rising ids, one line per kind, starting where a shop of some years stands. */
export interface IdLine {
  next(kind: string): number
  /** Ids given so far, to be kept in the state file. */
  last: Map<string, number>
}

const FIRST_IDS: Record<string, number> = {
  Discount: 1_640_000_000_000,
  DiscountRedeemCode: 22_157_000_000_000,
  Customer: 10_900_000_000_000,
  Order: 8_830_000_000_000,
}

export function createIdLine(): IdLine {
  const last = new Map<string, number>()
  return {
    last,
    next(kind) {
      const id = (last.get(kind) ?? FIRST_IDS[kind] ?? 9_800_000_000_000) + ID_STEP
      last.set(kind, id)
      return id
    },
  }
}
