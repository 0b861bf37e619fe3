import { sql } from 'kysely'
import { createCampaign } from '../src/campaigns/campaigns.ts'
import type { Db } from '../src/db/database.ts'
import { createTemplate } from '../src/messages/templates.ts'
import { addMembers, createList } from '../src/profiles/lists.ts'
import { START, seedAccount, seedCoupon, seedProfiles } from './seed.ts'
import { onList, type SeededCampaign, start } from './seed-campaign.ts'

const TEXT = "Your code {% coupon_code 'WELCOME20' %}: {% coupon_link 'WELCOME20' '/sale' %}"

/** `campaign`: starts another campaign to the same people. */
export type SeededTexts = SeededCampaign & { campaign: () => Promise<SeededCampaign> }

/** A started campaign of texts to people in Berlin, where START is 10:00. */
export async function seedTexts(db: Db, people: number, text = TEXT): Promise<SeededTexts> {
  const account = await seedAccount(db)
  const { accountId } = account
  const coupon = await seedCoupon(db, account, { codes: people * 2 })
  await sql`update stores set url = 'https://store.example' where account_id = ${accountId}`.execute(db)
  const profileIds = await seedProfiles(db, accountId, people)
  await sql`
    update profiles p set phone = '+4930' || (1000000 + g.n), sms_consent = 'subscribed', email_consent = 'unsubscribed'
    from (select id, row_number() over (order by id) as n from profiles where account_id = ${accountId}) g
    where p.account_id = ${accountId} and p.id = g.id`.execute(db)
  const list = await createList(db, { accountId, name: 'Everybody', now: START })
  await addMembers(db, { accountId, listId: list.id, profileIds, now: START })
  const written = { channel: 'sms' as const, subject: '', previewText: '', html: '', text }
  const template = await createTemplate(db, { accountId, name: 'Text', ...written, now: START })
  const ids = { listId: list.id, templateId: template.id }
  const campaign = async (): Promise<SeededCampaign> => {
    const made = await createCampaign(db, {
      accountId,
      name: 'Text',
      audience: onList(list.id),
      templateId: template.id,
      now: START,
    })
    const seeded = { ...account, ...ids, campaignId: made.id, coupon, profileIds }
    await start(db, seeded)
    return seeded
  }
  return { ...(await campaign()), campaign }
}
