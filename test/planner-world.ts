import { sql } from 'kysely'
import { assignCodes } from '../src/codes/assign.ts'
import type { CouponRow } from '../src/coupons/coupon.ts'
import type { Db } from '../src/db/database.ts'
import { newId } from '../src/lib/ids.ts'
import { createTemplate } from '../src/messages/templates.ts'
import { addMembers, createList } from '../src/profiles/lists.ts'
import { redeemCode } from '../src/redemptions/redeem.ts'
import { START, seedAccount, seedCoupon, seedProfiles } from './seed.ts'
import { MAIL } from './seed-campaign.ts'

/** An account with enough in every table that a statement which reads all of them is seen. */
export type World = {
  accountId: string
  storeId: string
  coupon: CouponRow
  listId: string
  senderId: string
  templateId: string
  /** People who have no code. */
  without: string[]
  /** People who have one, with it. */
  holders: { profileId: string; codeId: string; code: string }[]
}

/** Fills an account of its own: `size` people, half of them with a code and a message that told it, and a few orders. */
export async function seedWorld(db: Db, size: number): Promise<World> {
  const account = await seedAccount(db)
  const { accountId, storeId } = account
  const coupon = await seedCoupon(db, account, { codes: size * 2 })
  const profileIds = await seedProfiles(db, accountId, size)
  const list = await createList(db, { accountId, name: 'Everybody', now: START })
  await addMembers(db, { accountId, listId: list.id, profileIds, now: START })
  const half = profileIds.slice(0, size / 2)
  const outcomes = await assignCodes(db, { accountId, couponId: coupon.id, profileIds: half, now: START })
  const holders = outcomes.flatMap((outcome) => ('code' in outcome ? [outcome] : []))
  const template = await createTemplate(db, { accountId, name: 'Welcome', ...MAIL, now: START })
  const senderId = newId()
  const world = { ...account, coupon, listId: list.id, senderId, templateId: template.id }
  await seedMessages(db, world)
  await seedOrders(db, world)
  for (const { code } of holders.splice(0, 5))
    await redeemCode(db, {
      accountId,
      storeId,
      code,
      orderId: newId(),
      subtotalMinor: 5000,
      currency: 'EUR',
      now: START,
    })
  return { ...world, holders, without: profileIds.slice(size / 2) }
}

/** A sent message for everybody who has a code, with the code; every fourth is lost, every fourth was refused for now. */
async function seedMessages(db: Db, world: Omit<World, 'holders' | 'without'>): Promise<void> {
  const { accountId, coupon, senderId, templateId } = world
  await sql`
    insert into senders (account_id, id, channel, provider, name, settings, sealed, secret_names, created_at)
    values (${accountId}, ${senderId}, 'email', 'postmark', 'Postmark', '{}', '', '{}', ${START})`.execute(db)
  await sql`
    with told as (
      insert into messages (account_id, id, kind, template_version_id, profile_id, channel, state, address, attempt, sender_id, provider_id, ask_at,
        bounced_at, bounce, context, rendered_at, sent_at, created_at)
      select a.account_id, uuid_v7(${START}), 'campaign', (select id from template_versions where template_id = ${templateId}), a.profile_id, 'postmark',
        case when n % 4 = 0 then 'unknown' else 'sent' end, p.email, 1, ${senderId}::uuid, 'provider-' || p.id,
        case when n % 4 = 0 then ${START}::timestamptz end, case when n % 4 = 1 then ${START}::timestamptz end,
        case when n % 4 = 1 then 'soft' end, '{}', ${START}, ${START}, ${START}
      from (select *, row_number() over () as n from assignments) a
        join profiles p on p.account_id = a.account_id and p.id = a.profile_id
      where a.account_id = ${accountId}
      returning account_id, id, profile_id
    ), again as (
      insert into messages (account_id, id, kind, template_version_id, profile_id, channel, state, address, created_at, resend_of, resend_request)
      select account_id, uuid_v7(${START}), 'resend', (select id from template_versions where template_id = ${templateId}), profile_id, 'postmark', 'sent', '', ${START}::timestamptz - interval '1 week',
        id, id::text from told
    )
    insert into message_codes (account_id, message_id, coupon_id, coupon_name, code_id)
    select t.account_id, t.id, a.coupon_id, ${coupon.name}::text, a.code_id
    from told t join assignments a on a.account_id = t.account_id and a.profile_id = t.profile_id and a.state = 'open'`.execute(
    db,
  )
}

/** Orders that used codes of the end of the line, every fifth a second one with the same code. */
async function seedOrders(db: Db, { accountId }: { accountId: string }): Promise<void> {
  await sql`
    with used as (
      update codes set state = 'redeemed' where account_id = ${accountId} and position % 2 = 0
        and position > (select greatest(h.head, p.tail - 1000) from pools p join pool_heads h on h.pool_id = p.id where p.account_id = ${accountId})
      returning *
    ), out as (
      insert into assignments (account_id, code_id, pool_id, coupon_id, state, position, assigned_at)
      select u.account_id, u.id, u.pool_id, p.coupon_id, 'out', u.position, ${START}
      from used u join pools p on p.account_id = u.account_id and p.id = u.pool_id
    )
    insert into redemptions (account_id, id, store_id, coupon_id, pool_id, code_id, source, state, order_id, customer_id, currency, subtotal_minor,
      discount_minor, redeemed_at, order_updated_at)
    select u.account_id, uuid_v7(${START}), u.store_id, p.coupon_id, u.pool_id, u.id, 'shop', o.state, gen_random_uuid()::text,
      gen_random_uuid()::text, 'EUR', 4000, 1000, ${START}, ${START}
    from used u join pools p on p.account_id = u.account_id and p.id = u.pool_id
      cross join lateral (values ('accepted'), (case when u.position % 5 = 0 then 'repeated' end)) o (state)
    where o.state is not null`.execute(db)
}

/** A Shopify store of its own with a coupon, of which 3,000 codes of other batches wait for the shop's word. */
export async function seedShopCoupon(
  db: Db,
  { accountId }: Pick<World, 'accountId'>,
  name: string,
): Promise<{ coupon: CouponRow; storeId: string }> {
  const storeId = newId()
  await sql`
    insert into stores (account_id, id, name, kind, currency, time_zone, created_at)
    values (${accountId}, ${storeId}, ${name}, 'shopify', 'EUR', 'UTC', ${START})`.execute(db)
  const coupon = await seedCoupon(
    db,
    { accountId, storeId },
    { name, terms: { discount: { kind: 'percentage', basisPoints: 1000 } } },
  )
  await sql`
    with counted as (
      update pools set pending = 3000 where account_id = ${accountId} and coupon_id = ${coupon.id} returning account_id, id, store_id
    )
    insert into codes (account_id, id, pool_id, store_id, batch_id, code, state)
    select account_id, uuid_v7(${START}), id, store_id, md5((n / 100)::text)::uuid, 'WAITS-' || n, 'made' from counted, generate_series(1, 3000) n`.execute(
    db,
  )
  return { coupon, storeId }
}
