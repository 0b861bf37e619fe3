import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createClock } from '../clock.ts'
import { toGid } from '../gid.ts'
import { createRandom } from '../random.ts'
import { createShop, type Shop } from '../shop/shop.ts'
import { startBulkCreation } from './bulk-add.ts'
import { ImportWorker } from './import-worker.ts'
import { activateDiscount, deactivateDiscount, deleteDiscount } from './lifecycle.ts'
import { removeRedeemCodes } from './redeem-codes.ts'
import { createDiscount, updateDiscount } from './save-discount.ts'

type Move =
  | { kind: 'create' | 'rename'; code: string; pick: number }
  | { kind: 'add'; codes: string[]; pick: number }
  | { kind: 'remove' | 'delete' | 'deactivate' | 'activate'; pick: number }
  | { kind: 'advance'; ms: number }

/** Few texts in both cases, so that they meet often. */
const code = fc.constantFrom('A', 'a', 'B', 'b', 'C', 'dd', 'DD', '', 'x\ny')

const move: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ kind: fc.constantFrom('create' as const, 'rename' as const), code, pick: fc.nat(9) }),
  fc.record({
    kind: fc.constant('add' as const),
    codes: fc.array(code, { minLength: 1, maxLength: 6 }),
    pick: fc.nat(9),
  }),
  fc.record({
    kind: fc.constantFrom('remove' as const, 'delete' as const, 'deactivate' as const, 'activate' as const),
    pick: fc.nat(9),
  }),
  fc.record({ kind: fc.constant('advance' as const), ms: fc.nat(3000) }),
)

function play(shop: Shop, worker: ImportWorker, step: Move): void {
  if (step.kind === 'advance') {
    shop.clock.advance(step.ms)
    return
  }
  const discounts = [...shop.discounts.values()]
  const discount = discounts[step.pick % Math.max(1, discounts.length)]
  const input = {
    startsAt: 0,
    context: { all: 'ALL' as const },
    customerGets: { value: { percentage: 0.1 }, items: { all: true } },
  }
  if (step.kind === 'create') createDiscount(shop, 'basic', false, 'input', { ...input, title: 'T', code: step.code })
  if (!discount) return
  if (step.kind === 'rename') updateDiscount(shop, discount, 'input', { code: step.code })
  if (step.kind === 'add') {
    const { creation } = startBulkCreation(shop, toGid('DiscountCodeNode', discount.id), step.codes)
    if (creation) worker.enqueue(creation)
  }
  if (step.kind === 'remove')
    removeRedeemCodes(shop, discount, new Set(discount.codes.slice(step.pick % 3).map((one) => one.id)))
  if (step.kind === 'delete') deleteDiscount(shop, discount)
  if (step.kind === 'deactivate') deactivateDiscount(shop, discount)
  if (step.kind === 'activate') activateDiscount(shop, discount)
}

/** What must hold after any history. */
function check(shop: Shop): void {
  const owned = [...shop.discounts.values()].flatMap((discount) => discount.codes)
  assert.equal(shop.codes.size, owned.length, 'every code of a discount is known to the store, and no other')
  for (const one of owned)
    assert.equal(shop.codes.get(one.code.toUpperCase()), one, 'a code belongs to one discount, whatever its case')
  for (const discount of shop.discounts.values()) {
    const ids = discount.codes.map((one) => one.id)
    assert.deepEqual(
      ids,
      ids.toSorted((left, right) => left - right),
      'ids rise in the order of submission',
    )
  }
  for (const creation of shop.creations.values()) {
    const decided = creation.outcomes.filter((outcome) => outcome !== null).length
    assert.equal(decided, creation.importedCount + creation.failedCount, 'each imported or failed code has its outcome')
    assert.equal(creation.done, decided === creation.codes.length, 'a creation is done when every code is decided')
  }
}

test('after any history each code of the store belongs to exactly one discount, and every creation adds up', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
      const clock = createClock(1_800_000_000_000)
      clock.freeze(true)
      const shop = createShop({
        clock,
        random: createRandom(1),
        domain: 'x.myshopify.com',
        name: 'X',
        adminToken: 't',
        settings: { codesPerSecond: 20 },
      })
      const worker = new ImportWorker(shop)
      for (const step of moves) {
        play(shop, worker, step)
        check(shop)
      }
      worker.finish()
      check(shop)
      assert.ok([...shop.creations.values()].every((creation) => creation.done))
      clock.stop()
    }),
    { numRuns: 300 },
  )
})
