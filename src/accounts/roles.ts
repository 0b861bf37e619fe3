import { type Role, type Scope, scope } from '../../contract/account.ts'

const ALL = scope.options
const NOT_FOR_MARKETERS: readonly Scope[] = ['account:write']
const NOT_FOR_VIEWERS: readonly Scope[] = ['codes:read']

const SCOPES: Record<Role, ReadonlySet<Scope>> = {
  owner: new Set(ALL),
  admin: new Set(ALL),
  marketer: new Set(ALL.filter((name) => !NOT_FOR_MARKETERS.includes(name))),
  support: new Set<Scope>([
    'coupons:read',
    'codes:read',
    'assignments:write',
    'profiles:read',
    'profiles:write',
    'messages:read',
    'reports:read',
  ]),
  viewer: new Set(ALL.filter((name) => name.endsWith(':read') && !NOT_FOR_VIEWERS.includes(name))),
}

/** What a person of this role may do. */
export function scopesOf(role: Role): ReadonlySet<Scope> {
  return SCOPES[role]
}
