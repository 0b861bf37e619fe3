import type { z } from 'zod'
import { assignBody, type assignment, assignReply } from '../../../contract/codes.ts'
import { type AssignOutcome, assignCodes } from '../../codes/assign.ts'
import { type AssignOne, createAssignQueue } from '../../codes/assign-queue.ts'
import { requireCoupon } from '../../coupons/find-coupon.ts'
import { findIdsByEmail } from '../../profiles/profiles.ts'
import { audited } from '../audited.ts'
import type { ApiApp, ApiDeps, Caller } from '../route.ts'

/** Most profiles that one entry of the audit log names. */
const MOST_NAMED = 100

type Given = z.infer<typeof assignBody>['profiles'][number]
type Result = z.infer<typeof assignment>

export function registerAssignmentRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps
  const assignOne = createAssignQueue(db)
  app.route({
    method: 'POST',
    url: '/v1/assignments',
    config: { scope: 'assignments:write', idempotent: true },
    schema: {
      summary: 'Give 1 to 10,000 profiles their own code of a coupon; who has one keeps it',
      description:
        'One result for each profile, in the order given. The second time that a call names somebody, the result is `kept`. The coupon’s reuse policy says what repeats: with `until_used_or_expired` a person keeps their code until it is used or expired and then gets another, with `once` never another (`already_had`), and with `new_each_entry` they get one for each `entry`, which the call then must name (`entry_required`).',
      tags: ['assignments'],
      body: assignBody,
      response: { 200: assignReply },
    },
    handler: async ({ body, caller }) => {
      const { accountId } = caller
      const coupon = await requireCoupon(db, { accountId, coupon: body.coupon })
      const emails = body.profiles.flatMap((given) => ('email' in given ? [given.email] : []))
      const ids = await findIdsByEmail(db, { accountId, emails })
      const profileIds = body.profiles.flatMap((given) => idOf(given, ids) ?? [])
      const entry = body.entry === undefined ? {} : { entry: body.entry }
      const outcomes = await assign(deps, assignOne, caller, { couponId: coupon.id, profileIds, ...entry })
      return toReply(coupon.id, body.profiles, ids, outcomes)
    },
  })
}

/** One profile goes with others that ask at the same time. What a person does by hand is written into the audit log. */
async function assign(
  deps: ApiDeps,
  assignOne: AssignOne,
  caller: Caller,
  wanted: { couponId: string; profileIds: string[]; entry?: string },
): Promise<AssignOutcome[]> {
  const { couponId, profileIds } = wanted
  const input = { ...wanted, accountId: caller.accountId, now: deps.now() }
  if (caller.role !== null) {
    return await audited(
      deps,
      caller,
      (trx) => assignCodes(trx, input),
      (outcomes) => {
        const assigned = outcomes.flatMap((one) => (one.status === 'assigned' ? [one.profileId] : []))
        const data = { assigned: assigned.length, profileIds: assigned.slice(0, MOST_NAMED) }
        return { action: 'codes.assigned', subject: `coupon:${couponId}`, data }
      },
    )
  }
  const [profileId] = profileIds
  return profileIds.length === 1 && profileId !== undefined
    ? [await assignOne({ ...input, profileId })]
    : await assignCodes(deps.db, input)
}

function idOf(given: Given, ids: ReadonlyMap<string, string>): string | undefined {
  return 'email' in given ? ids.get(given.email) : given.profileId.toLowerCase()
}

function toReply(
  couponId: string,
  profiles: readonly Given[],
  ids: ReadonlyMap<string, string>,
  outcomes: readonly AssignOutcome[],
): z.infer<typeof assignReply> {
  const byProfile = new Map(outcomes.map((outcome) => [outcome.profileId, outcome]))
  const named = new Set<string>()
  const results = profiles.map((given): Result => {
    const profileId = idOf(given, ids)
    const outcome = profileId === undefined ? undefined : byProfile.get(profileId)
    const isAgain = profileId !== undefined && named.has(profileId)
    if (profileId !== undefined) named.add(profileId)
    const person = { profileId: profileId ?? null, email: 'email' in given ? given.email : null }
    if (outcome?.status === 'assigned' || outcome?.status === 'kept') {
      const status = isAgain ? 'kept' : outcome.status
      return { ...person, status, code: outcome.code, expiresAt: outcome.expiresAt?.toISOString() ?? null }
    }
    return { ...person, status: outcome?.status ?? 'unknown_profile', code: null, expiresAt: null }
  })
  const count = (status: Result['status']): number => results.filter((result) => result.status === status).length
  return {
    couponId,
    assigned: count('assigned'),
    kept: count('kept'),
    alreadyHad: count('already_had'),
    exhausted: count('exhausted'),
    results,
  }
}
