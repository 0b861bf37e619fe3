-- The first schema. Statements are separated by an empty line. Locks: none, every table is new.
-- Every table of an account has account_id first in its primary key and in every unique index.

create function uuid_v7(at timestamptz) returns uuid language sql volatile parallel safe as $$
  select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    placing substring(int8send((extract(epoch from at) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
$$;

-- People who log in (better-auth). They may belong to several accounts, so these four have no account_id.

create table auth_users (
  "id" uuid primary key,
  "name" text not null,
  "email" text not null unique,
  "emailVerified" boolean not null default false,
  "image" text,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now()
);

create table auth_sessions (
  "id" uuid primary key,
  "userId" uuid not null references auth_users ("id") on delete cascade,
  "token" text not null unique,
  "expiresAt" timestamptz not null,
  "ipAddress" text,
  "userAgent" text,
  "activeOrganizationId" uuid,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now()
);

create index auth_sessions_user on auth_sessions ("userId");

create table auth_credentials (
  "id" uuid primary key,
  "accountId" text not null,
  "providerId" text not null,
  "userId" uuid not null references auth_users ("id") on delete cascade,
  "accessToken" text,
  "refreshToken" text,
  "idToken" text,
  "accessTokenExpiresAt" timestamptz,
  "refreshTokenExpiresAt" timestamptz,
  "scope" text,
  "password" text,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now()
);

create index auth_credentials_user on auth_credentials ("userId");

create table auth_verifications (
  "id" uuid primary key,
  "identifier" text not null,
  "value" text not null,
  "expiresAt" timestamptz not null,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now()
);

create index auth_verifications_identifier on auth_verifications ("identifier");

-- An account is better-auth's organisation; the columns in quotes are its own.

create table accounts (
  "id" uuid primary key,
  "name" text not null,
  "slug" text not null unique,
  "logo" text,
  "metadata" text,
  "createdAt" timestamptz not null default now(),
  time_zone text not null default 'UTC',
  sender_name text,
  sender_email text,
  postal_address text
);

create table account_members (
  "id" uuid not null,
  account_id uuid not null references accounts ("id") on delete cascade,
  "userId" uuid not null references auth_users ("id") on delete cascade,
  "role" text not null default 'viewer',
  "createdAt" timestamptz not null default now(),
  primary key (account_id, "id"),
  unique (account_id, "userId")
);

create index account_members_user on account_members ("userId");

create table account_invitations (
  "id" uuid not null,
  account_id uuid not null references accounts ("id") on delete cascade,
  "email" text not null,
  "role" text,
  "status" text not null default 'pending',
  "expiresAt" timestamptz not null,
  "createdAt" timestamptz not null default now(),
  "inviterId" uuid not null references auth_users ("id") on delete cascade,
  primary key (account_id, "id")
);

-- Looked up by prefix before the account is known, therefore a plain index; the hash decides.

create table api_keys (
  account_id uuid not null references accounts ("id") on delete cascade,
  id uuid not null,
  name text not null,
  prefix text not null,
  hash text not null,
  scopes text[] not null,
  created_by uuid,
  created_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (account_id, id)
);

create index api_keys_prefix on api_keys (prefix);

create table audit_log (
  account_id uuid not null references accounts ("id") on delete cascade,
  id uuid not null,
  at timestamptz not null,
  actor text not null,
  action text not null,
  subject text not null,
  data jsonb not null default '{}',
  primary key (account_id, id)
);

-- status is null while the first request with this key is at work.

create table idempotency_keys (
  account_id uuid not null references accounts ("id") on delete cascade,
  key text not null,
  request_hash text not null,
  status integer,
  reply text,
  created_at timestamptz not null,
  primary key (account_id, key)
);

create index idempotency_keys_created on idempotency_keys (created_at);

create table profiles (
  account_id uuid not null references accounts ("id") on delete cascade,
  id uuid not null,
  email text,
  phone text,
  first_name text,
  last_name text,
  email_consent text not null default 'never_subscribed' check (email_consent in ('subscribed', 'unsubscribed', 'never_subscribed')),
  sms_consent text not null default 'never_subscribed' check (sms_consent in ('subscribed', 'unsubscribed', 'never_subscribed')),
  properties jsonb not null default '{}',
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (account_id, id),
  check (email is not null or phone is not null)
);

create unique index profiles_email on profiles (account_id, lower(email));

create unique index profiles_phone on profiles (account_id, phone);

create table lists (
  account_id uuid not null references accounts ("id") on delete cascade,
  id uuid not null,
  name text not null,
  created_at timestamptz not null,
  primary key (account_id, id)
);

create unique index lists_name on lists (account_id, lower(name));

create table list_members (
  account_id uuid not null,
  list_id uuid not null,
  profile_id uuid not null,
  joined_at timestamptz not null,
  primary key (account_id, list_id, profile_id),
  foreign key (account_id, list_id) references lists (account_id, id) on delete cascade,
  foreign key (account_id, profile_id) references profiles (account_id, id) on delete cascade
);

create index list_members_profile on list_members (account_id, profile_id);

-- progressed_at: the database's clock at the last batch; a running import that stands still was abandoned.

create table imports (
  account_id uuid not null,
  id uuid not null,
  list_id uuid not null,
  file_name text not null,
  state text not null check (state in ('running', 'done', 'failed')),
  read integer not null default 0,
  added integer not null default 0,
  updated integer not null default 0,
  unchanged integer not null default 0,
  repeated integer not null default 0,
  joined integer not null default 0,
  bad integer not null default 0,
  error text,
  created_at timestamptz not null,
  progressed_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  primary key (account_id, id),
  foreign key (account_id, list_id) references lists (account_id, id) on delete cascade
);

create table import_errors (
  account_id uuid not null,
  import_id uuid not null,
  line integer not null,
  reason text not null,
  value text not null,
  primary key (account_id, import_id, line),
  foreign key (account_id, import_id) references imports (account_id, id) on delete cascade
);

-- Whom a running import has named so far, so that a second row of the same person is known. Emptied when it ends.

create table import_people (
  account_id uuid not null,
  import_id uuid not null,
  profile_id uuid not null,
  primary key (account_id, import_id, profile_id)
);

create index imports_running on imports (progressed_at) where state = 'running';

create table stores (
  account_id uuid not null references accounts ("id") on delete cascade,
  id uuid not null,
  name text not null,
  kind text not null check (kind in ('custom')),
  url text,
  currency text not null,
  time_zone text not null,
  sells_subscriptions boolean not null default false,
  created_at timestamptz not null,
  primary key (account_id, id)
);

create unique index stores_name on stores (account_id, lower(name));

create table coupons (
  account_id uuid not null,
  id uuid not null,
  store_id uuid not null,
  name text not null,
  type text not null check (type in ('unique', 'uploaded')),
  description text not null,
  purpose text check (purpose in ('campaign', 'flow', 'form')),
  prefix text not null,
  code_length integer not null,
  reuse_policy text not null default 'until_used_or_expired' check (reuse_policy in ('until_used_or_expired')),
  low_stock_threshold integer not null,
  fallback text,
  version integer not null,
  created_at timestamptz not null,
  archived_at timestamptz,
  primary key (account_id, id),
  foreign key (account_id, store_id) references stores (account_id, id)
);

-- A name belongs to one coupon at a time; an archived coupon gives it back.

create unique index coupons_name on coupons (account_id, name) where archived_at is null;

create index coupons_store on coupons (account_id, store_id);

-- Terms versions never change: rows are inserted and read, a trigger refuses the rest.
-- expires_at and expires_after_seconds repeat terms->'expires' so that statements can compute with them.

create table terms_versions (
  account_id uuid not null,
  id uuid not null,
  coupon_id uuid not null,
  version integer not null,
  terms jsonb not null,
  expires_at timestamptz,
  expires_after_seconds integer,
  created_at timestamptz not null,
  primary key (account_id, id),
  unique (account_id, coupon_id, version),
  foreign key (account_id, coupon_id) references coupons (account_id, id)
);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % never change', tg_table_name;
end
$$;

create trigger terms_versions_never_change before update on terms_versions for each row execute function refuse_change();

-- A pool: the codes of one terms version and one expiry bucket (bucket_ends_at null: no bucket).
-- tail is the position of the last live code. Written by those who add codes.

create table pools (
  account_id uuid not null,
  id uuid not null,
  coupon_id uuid not null,
  version_id uuid not null,
  store_id uuid not null,
  bucket_ends_at timestamptz,
  tail bigint not null default 0,
  created_at timestamptz not null,
  primary key (account_id, id),
  foreign key (account_id, coupon_id) references coupons (account_id, id),
  foreign key (account_id, version_id) references terms_versions (account_id, id)
);

create unique index pools_bucket on pools (account_id, version_id, bucket_ends_at) nulls not distinct;

create index pools_coupon on pools (account_id, coupon_id);

-- Where drawing stands in the line of a pool. Apart from pools, so that adding codes and drawing codes never wait for each
-- other. head: position of the last code drawn. drawn: how many positions the last draw took (it began at head - drawn).
-- closed_at: the terms were edited or the coupon archived; what stands behind the head is withdrawn.

create table pool_heads (
  account_id uuid not null,
  pool_id uuid not null,
  head bigint not null default 0,
  drawn integer not null default 0,
  closed_at timestamptz,
  primary key (account_id, pool_id),
  foreign key (account_id, pool_id) references pools (account_id, id)
) with (fillfactor = 50);

-- position: place in the line of its pool, null until live. held_by: the order that reserved the code, until held_until.
-- fillfactor leaves room for the in-place update of a redemption.

create table codes (
  account_id uuid not null,
  id uuid not null,
  pool_id uuid not null,
  store_id uuid not null,
  position bigint,
  code text not null,
  state text not null check (state in ('made', 'live', 'redeemed', 'withdrawn', 'failed')),
  held_by text,
  held_until timestamptz,
  primary key (account_id, id)
) with (fillfactor = 90);

create unique index codes_code on codes (account_id, store_id, upper(code));

create unique index codes_position on codes (account_id, pool_id, position);

-- A code that left its line: for a profile, once and for ever (the primary key); or without one (state out: redeemed unassigned).
-- position repeats the code's place for rows in state out, so that available = tail - head - (out rows behind the head).
-- No foreign keys on the tables that grow with every code: each row comes from a statement that reads its parent, and a
-- check per row costs more than the row (docs/decisions/0003).

create table assignments (
  account_id uuid not null,
  code_id uuid not null,
  pool_id uuid not null,
  coupon_id uuid not null,
  profile_id uuid,
  state text not null check (state in ('open', 'redeemed', 'expired', 'revoked', 'out')),
  position bigint,
  assigned_at timestamptz not null,
  expires_at timestamptz,
  primary key (account_id, code_id),
  check ((profile_id is null) = (state = 'out'))
);

-- One open code per profile and coupon.

create unique index assignments_open on assignments (account_id, profile_id, coupon_id) where state = 'open';

-- With assignments_open this finds all codes of a profile, and costs nothing while codes are handed out.

create index assignments_past on assignments (account_id, profile_id) where state in ('redeemed', 'expired', 'revoked');

create index assignments_due on assignments (expires_at) where state = 'open' and expires_at is not null;

create index assignments_out on assignments (account_id, pool_id, position) where state = 'out';

create index assignments_ended on assignments (account_id, pool_id, state) where state in ('expired', 'revoked');

create index assignments_coupon_day on assignments (account_id, coupon_id, assigned_at);

create table code_jobs (
  account_id uuid not null,
  id uuid not null,
  coupon_id uuid not null,
  pool_id uuid not null,
  kind text not null check (kind in ('generate', 'upload')),
  state text not null check (state in ('queued', 'running', 'done', 'cancelled', 'failed')),
  wanted bigint not null,
  done bigint not null default 0,
  skipped bigint not null default 0,
  error text,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (account_id, id),
  foreign key (account_id, pool_id) references pools (account_id, id)
);

create index code_jobs_coupon on code_jobs (account_id, coupon_id, id);

create index code_jobs_unfinished on code_jobs (created_at) where state in ('queued', 'running');

create table code_job_errors (
  account_id uuid not null,
  job_id uuid not null,
  line integer not null,
  reason text not null,
  value text not null,
  primary key (account_id, job_id, line),
  foreign key (account_id, job_id) references code_jobs (account_id, id) on delete cascade
);

-- One row per order that redeemed a code. The ledger below says how it came to its state.
-- customer_key: the order's email in lower case where the terms say once per customer, else null.

create table redemptions (
  account_id uuid not null,
  id uuid not null,
  store_id uuid not null,
  coupon_id uuid not null,
  pool_id uuid not null,
  code_id uuid not null,
  profile_id uuid,
  order_id text not null,
  order_email text,
  customer_key text,
  currency text not null,
  subtotal_minor bigint not null,
  discount_minor bigint not null,
  state text not null check (state in ('accepted', 'rolled_back')),
  recipient_matches boolean,
  assigned_at timestamptz,
  redeemed_at timestamptz not null,
  primary key (account_id, id)
);

create unique index redemptions_accepted on redemptions (account_id, code_id) where state = 'accepted';

create unique index redemptions_customer on redemptions (account_id, coupon_id, customer_key) where state = 'accepted' and customer_key is not null;

create index redemptions_coupon on redemptions (account_id, coupon_id, id);

create index redemptions_profile on redemptions (account_id, profile_id);

create table redemption_ledger (
  account_id uuid not null,
  redemption_id uuid not null,
  delta smallint not null check (delta in (1, -1)),
  code_id uuid not null,
  at timestamptz not null,
  primary key (account_id, redemption_id, delta)
);

create index redemption_ledger_code on redemption_ledger (account_id, code_id);

create trigger redemption_ledger_never_changes before update on redemption_ledger for each row execute function refuse_change();

create table templates (
  account_id uuid not null references accounts ("id") on delete cascade,
  id uuid not null,
  name text not null,
  version integer not null,
  created_at timestamptz not null,
  archived_at timestamptz,
  primary key (account_id, id)
);

create unique index templates_name on templates (account_id, lower(name)) where archived_at is null;

create table template_versions (
  account_id uuid not null,
  id uuid not null,
  template_id uuid not null,
  version integer not null,
  subject text not null,
  preview_text text not null,
  html text not null,
  text text,
  created_at timestamptz not null,
  primary key (account_id, id),
  unique (account_id, template_id, version),
  foreign key (account_id, template_id) references templates (account_id, id)
);

create trigger template_versions_never_change before update on template_versions for each row execute function refuse_change();

create table campaigns (
  account_id uuid not null references accounts ("id") on delete cascade,
  id uuid not null,
  name text not null,
  channel text not null check (channel in ('email')),
  state text not null check (state in ('draft', 'preparing', 'sending', 'paused', 'sent', 'cancelled')),
  list_id uuid not null,
  template_id uuid not null,
  template_version_id uuid,
  sender text,
  paused_reason text,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (account_id, id),
  foreign key (account_id, list_id) references lists (account_id, id),
  foreign key (account_id, template_id) references templates (account_id, id),
  foreign key (account_id, template_version_id) references template_versions (account_id, id)
);

create index campaigns_at_work on campaigns (created_at) where state in ('preparing', 'sending');

-- One message to one profile. lease_until: until when the process that claimed it (state sending) may be at work.

create table messages (
  account_id uuid not null,
  id uuid not null,
  campaign_id uuid,
  template_version_id uuid not null,
  profile_id uuid not null,
  channel text not null check (channel in ('outbox', 'smtp')),
  state text not null check (state in ('planned', 'ready', 'sending', 'sent', 'rejected', 'unknown', 'skipped', 'cancelled')),
  reason text,
  address text not null,
  attempt integer not null default 0,
  lease_until timestamptz,
  provider_id text,
  subject text,
  created_at timestamptz not null,
  sent_at timestamptz,
  primary key (account_id, id),
  foreign key (account_id, campaign_id) references campaigns (account_id, id),
  foreign key (account_id, template_version_id) references template_versions (account_id, id),
  foreign key (account_id, profile_id) references profiles (account_id, id)
);

create unique index messages_recipient on messages (account_id, campaign_id, profile_id);

create index messages_at_work on messages (account_id, campaign_id, state, id) where state in ('planned', 'ready', 'sending');

create index messages_profile on messages (account_id, profile_id);

-- Which code stands in which message.

create table message_codes (
  account_id uuid not null,
  message_id uuid not null,
  coupon_id uuid not null,
  coupon_name text not null,
  code_id uuid not null,
  primary key (account_id, message_id, coupon_id)
);

create index message_codes_code on message_codes (account_id, code_id);

-- What happened to a profile, in its own words (metric). Appended by the statement that does the thing.

create table events (
  account_id uuid not null,
  id uuid not null,
  profile_id uuid not null,
  metric text not null,
  at timestamptz not null,
  coupon_id uuid,
  code_id uuid,
  message_id uuid,
  redemption_id uuid,
  properties jsonb not null default '{}',
  primary key (account_id, id)
);

create index events_profile on events (account_id, profile_id, id);

-- The planner shall guess alike for every account, coupon and pool: a two-hundredth of the table. With statistics it believes
-- that a value which came after the last ANALYZE has one row, any index that begins with it then looks as good as the right
-- one, and a batch for a new account or coupon takes a minute instead of 0.2 s (docs/decisions/0002).

alter table profiles alter column account_id set statistics 0;

alter table list_members alter column account_id set statistics 0, alter column list_id set statistics 0;

alter table codes alter column account_id set statistics 0, alter column pool_id set statistics 0, alter column store_id set statistics 0;

alter table assignments alter column account_id set statistics 0, alter column pool_id set statistics 0, alter column coupon_id set statistics 0;

alter table messages alter column account_id set statistics 0, alter column campaign_id set statistics 0;

alter table message_codes alter column account_id set statistics 0, alter column coupon_id set statistics 0;

alter table events alter column account_id set statistics 0, alter column coupon_id set statistics 0;

alter table redemptions alter column account_id set statistics 0, alter column coupon_id set statistics 0, alter column pool_id set statistics 0, alter column store_id set statistics 0;

alter table redemption_ledger alter column account_id set statistics 0;
