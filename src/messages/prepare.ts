import { type AssignOutcome, assignCodes } from '../codes/assign.ts'
import type { CouponRow } from '../coupons/coupon.ts'
import { listCouponsByName } from '../coupons/find-coupon.ts'
import type { Db } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { type RenderContext, TemplateError } from '../templates/template.ts'
import { type CompiledMail, couponsShownTo } from './mail.ts'
import {
  insertMessageCodes,
  type MessageCode,
  type PlannedMessage,
  type Prepared,
  selectPlannedForUpdate,
  updatePrepared,
} from './messages.sql.ts'
import { contextOf, keptContext } from './person.ts'
import type { Sender } from './sender.ts'

/** Messages of one transaction: codes are bound to them in it, so the coupon is held no longer than it takes. */
const BATCH = 1000

export type PrepareInput = {
  accountId: string
  campaignId: string
  /** Messages of this version of a template, and its compiled mail. */
  templateVersionId: string
  mail: CompiledMail
  sender: Sender
  holdWithoutCode: boolean
  now: Date
}

/**
 * Makes the next planned messages of a campaign ready: each gets the codes that its person will see, in the transaction that
 * makes it ready. So a message is never ready without its code, and no crash costs a second one.
 *
 * Who cannot get it is skipped with the reason: `no_code`, `already_had` where a coupon gives this person no other code, or what the template cannot do with this person's data. With
 * `holdWithoutCode` who finds no code waits instead (`releaseWaiting`). Returns how many messages were looked at. Throws `coupon_archived` and `coupon_expired`: nothing has changed then.
 */
export async function prepareMessages(db: Db, input: PrepareInput): Promise<number> {
  return await db.transaction().execute(async (trx) => {
    const planned = await selectPlannedForUpdate(
      trx,
      input.accountId,
      input.campaignId,
      input.templateVersionId,
      BATCH,
      input.now,
    )
    if (planned.length === 0) return 0
    const needs = planned.map((message) => needOf(message, input))
    const coupons = await listCouponsByName(trx, { accountId: input.accountId, names: input.mail.coupons })
    requireAll(needs, coupons)
    const drawn = await drawCodes(trx, input, needs, coupons)
    const prepared = needs.map((need) => conclude(need, drawn, input.holdWithoutCode))
    await updatePrepared(trx, input.accountId, prepared)
    const codes = prepared.flatMap((message, i) => (message.state === 'ready' ? codesOf(needs[i] as Need, drawn) : []))
    if (codes.length > 0) await insertMessageCodes(trx, input.accountId, codes)
    return planned.length
  })
}

type Need = { message: PlannedMessage; coupons: string[]; context: RenderContext; problem: string | null }
/** Coupon name → profile → what the draw gave. */
type Drawn = Map<string, { couponId: string; byProfile: Map<string, AssignOutcome> }>

function needOf(message: PlannedMessage, input: { mail: CompiledMail; sender: Sender; now: Date }): Need {
  const { mail, sender, now } = input
  const context = keptContext(contextOf(message, sender.account), mail.variables)
  try {
    const coupons = couponsShownTo(mail, context, { now, timeZone: sender.account.timeZone })
    return { message, coupons, context, problem: null }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    return { message, coupons: [], context, problem: `render_failed: ${error.message}` }
  }
}

/** A coupon that was there at the start and is not any more concerns everybody: no person is skipped for it. */
function requireAll(needs: Need[], coupons: CouponRow[]): void {
  const known = new Set(coupons.map((coupon) => coupon.name))
  const gone = needs.flatMap((need) => need.coupons).find((name) => !known.has(name))
  if (gone === undefined) return
  throw new AppError(
    'coupon_archived',
    `The coupon ${gone} was archived. Create one of the same name, then resume; or cancel the campaign.`,
    { coupon: gone },
  )
}

/** One call for each coupon, in the order of their ids: two batches that hold several coupons cannot wait for each other. */
async function drawCodes(
  trx: Db,
  input: { accountId: string; campaignId: string; now: Date },
  needs: Need[],
  coupons: CouponRow[],
): Promise<Drawn> {
  const drawn: Drawn = new Map()
  for (const coupon of coupons.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const profileIds = needs.filter((need) => need.coupons.includes(coupon.name)).map((need) => need.message.profileId)
    if (profileIds.length === 0) continue
    const outcomes = await assignCodes(trx, {
      accountId: input.accountId,
      couponId: coupon.id,
      profileIds,
      campaignId: input.campaignId,
      now: input.now,
    })
    drawn.set(coupon.name, {
      couponId: coupon.id,
      byProfile: new Map(outcomes.map((outcome) => [outcome.profileId, outcome])),
    })
  }
  return drawn
}

function conclude({ message, coupons, context, problem }: Need, drawn: Drawn, holdWithoutCode: boolean): Prepared {
  const { id } = message
  if (problem !== null) return { id, state: 'skipped', reason: problem, waitsForCoupon: null, context: null }
  const outcomeOf = (name: string): AssignOutcome | undefined => drawn.get(name)?.byProfile.get(message.profileId)
  if (coupons.some((name) => outcomeOf(name)?.status === 'already_had'))
    return { id, state: 'skipped', reason: 'already_had', waitsForCoupon: null, context: null }
  const lacking = coupons.find((name) => !hasCode(outcomeOf(name)))
  if (lacking === undefined) return { id, state: 'ready', reason: null, waitsForCoupon: null, context }
  const waitsForCoupon = holdWithoutCode ? (drawn.get(lacking)?.couponId ?? null) : null
  const state = waitsForCoupon === null ? 'skipped' : 'planned'
  return { id, state, reason: 'no_code', waitsForCoupon, context: null }
}

function hasCode(outcome: AssignOutcome | undefined): outcome is Extract<AssignOutcome, { codeId: string }> {
  return outcome?.status === 'assigned' || outcome?.status === 'kept'
}

function codesOf({ message, coupons }: Need, drawn: Drawn): MessageCode[] {
  return coupons.flatMap((couponName) => {
    const coupon = drawn.get(couponName)
    const outcome = coupon?.byProfile.get(message.profileId)
    return coupon && hasCode(outcome)
      ? [{ messageId: message.id, couponId: coupon.couponId, couponName, codeId: outcome.codeId }]
      : []
  })
}
