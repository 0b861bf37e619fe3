import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

/** Random bytes are fetched for this many ids at once: fetched one by one they cost 40 times as much as the id. */
const IDS_PER_FILL = 1024
const BYTES = 16

const random = new Uint8Array(IDS_PER_FILL * BYTES)
let used = random.length

/** A new UUIDv7: ids rise with time, so that new rows land at the end of an index. */
export function newId(): string {
  if (used === random.length) {
    randomFillSync(random)
    used = 0
  }
  used += BYTES
  return v7({ random: random.subarray(used - BYTES, used) })
}
