import type { Campaign } from '../../../contract/campaigns.ts'
import type { Coupon, Store } from '../../../contract/coupons.ts'
import type { Template } from '../../../contract/messages.ts'
import type { List, Profile } from '../../../contract/people.ts'
import type { Client } from './client.ts'
import { CliError } from './failure.ts'

/** The list of this name, whatever its case; undefined without one. */
export async function findList(client: Client, name: string): Promise<List | undefined> {
  return await findByName(client.walk<List>('/v1/lists'), name)
}

export async function requireList(client: Client, name: string): Promise<List> {
  return (await findList(client, name)) ?? fail('list', name, '`onecode lists list` shows them.')
}

/** The coupon of exactly this name; one that is archived only when none in use has the name. */
export async function requireCoupon(client: Client, name: string): Promise<Coupon> {
  for (const archived of ['false', 'true']) {
    for await (const coupon of client.walk<Coupon>('/v1/coupons', { archived, search: name })) {
      if (coupon.name === name) return coupon
    }
  }
  return fail('coupon', name, '`onecode coupons list` shows them; the case matters.')
}

export async function requireTemplate(client: Client, name: string): Promise<Template> {
  const found = await findByName(client.walk<Pick<Template, 'id' | 'name'>>('/v1/templates'), name)
  if (!found) return fail('template', name, '`onecode templates list` shows them.')
  return await client.get(`/v1/templates/${found.id}`)
}

/** The newest campaign of this name: names of campaigns may repeat. */
export async function requireCampaign(client: Client, name: string): Promise<Campaign> {
  const found = await findByName(client.walk<Campaign>('/v1/campaigns'), name)
  return found ?? fail('campaign', name, '`onecode campaigns list` shows them.')
}

export async function requireProfile(client: Client, email: string): Promise<Profile> {
  const wanted = email.trim().toLowerCase()
  for await (const profile of client.walk<Profile>('/v1/profiles', { search: wanted })) {
    if (profile.email?.toLowerCase() === wanted) return profile
  }
  return fail('person', email, 'Write the whole email address.')
}

/** The store of this name, or the only one when no name is given. */
export async function requireStore(client: Client, name: string | undefined): Promise<Store> {
  const stores = await client.listAll<Store>('/v1/stores')
  const [only, ...others] = name === undefined ? stores : stores.filter((store) => isSame(store.name, name))
  if (only && others.length === 0) return only
  if (name !== undefined) return fail('store', name, `There are: ${namesOf(stores)}.`)
  throw new CliError(`Name the store with --store. There are: ${namesOf(stores) || 'none yet'}.`)
}

async function findByName<Item extends { name: string }>(
  items: AsyncGenerator<Item>,
  name: string,
): Promise<Item | undefined> {
  for await (const item of items) if (isSame(item.name, name)) return item
  return undefined
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.trim().toLowerCase()
}

function namesOf(stores: readonly Store[]): string {
  return stores.map((store) => store.name).join(', ')
}

function fail(what: string, name: string, how: string): never {
  throw new CliError(`There is no ${what} "${name}". ${how}`)
}
