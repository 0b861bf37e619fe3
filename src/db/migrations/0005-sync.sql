-- Codes of a Shopify store: made, sent in batches, live once the shop has confirmed them. New columns have constant defaults, so no
-- table is rewritten; the index on codes is built under a lock that holds writers back (about a second per million codes).

-- batch_id: the batch in which a code goes to a Shopify store; null in a custom store.
alter table codes add column batch_id uuid;

-- Only codes that wait for their store stand in it: a few thousand at any time.
create index codes_made on codes (account_id, batch_id) where state = 'made';

-- pending: written and not confirmed. failed: refused by the store. unsent: withdrawn before the store heard of them.
-- lost: in the line, with nobody, and not in the store any more. removed: brought out of the store by us.
-- made = tail + pending + failed + unsent.
alter table pools add column pending bigint not null default 0, add column failed bigint not null default 0,
  add column unsent bigint not null default 0, add column lost bigint not null default 0,
  add column removed bigint not null default 0;

create index pools_store on pools (account_id, store_id);

-- What can still be drawn of buckets, across accounts: housekeeping looks at it every minute.
create index pools_buckets on pools (bucket_ends_at) where bucket_ends_at is not null;

-- made: codes written for the job that are live or may become it; done counts the live ones. Kind ahead: the stock of the next bucket,
-- for one pool (bucket_ends_at), begun by Onecode itself.
alter table code_jobs add column made bigint not null default 0, add column store_id uuid, add column bucket_ends_at timestamptz,
  drop constraint code_jobs_kind_check, add constraint code_jobs_kind_check check (kind in ('generate', 'upload', 'ahead'));

update code_jobs j set store_id = p.store_id from pools p where p.account_id = j.account_id and p.id = j.pool_id;

alter table code_jobs alter column store_id set not null;

create unique index code_jobs_ahead on code_jobs (account_id, pool_id) where kind = 'ahead' and state in ('queued', 'running');

create index code_jobs_store on code_jobs (account_id, store_id) where state in ('queued', 'running');

-- retention_days: how long after their end unused codes stay in a Shopify store. shop_codes: how many codes the shop said it has.
alter table stores add column retention_days integer not null default 30 check (retention_days between 1 and 3650),
  add column shop_codes bigint, add column shop_codes_at timestamptz;

-- The discount of a pool in the shop. Written down with its seed code before it is created; nobody is ever given the seed code, and it
-- finds the discount again when the reply was lost. withdrawn: codes that nobody has are out of the shop. removed: what was unused
-- too, or the whole discount. gone: the merchant deleted it.
create table shopify_discounts (
  account_id uuid not null,
  pool_id uuid not null,
  store_id uuid not null,
  state text not null check (state in ('written', 'live', 'withdrawn', 'removed', 'gone')),
  seed_code text not null,
  title text not null,
  discount_id text,
  ends_at timestamptz,
  attempt integer not null default 0,
  lease_until timestamptz,
  created_at timestamptz not null,
  primary key (account_id, pool_id),
  foreign key (account_id, pool_id) references pools (account_id, id)
);

create index shopify_discounts_store on shopify_discounts (account_id, store_id, state);

-- One call that adds codes. attempt counts the calls that may have reached the shop: 0 means that it certainly knows none of the codes.
-- look_at: written: not to be sent before; importing: when to ask whether it is done. Times are the database's clock, which all
-- processes share. delivered: how many batches the store had done when this one was sent.
create table shopify_batches (
  account_id uuid not null,
  id uuid not null,
  store_id uuid not null,
  pool_id uuid not null,
  job_id uuid not null,
  state text not null check (state in ('written', 'sending', 'importing', 'done', 'dropped')),
  rank integer not null,
  size integer not null,
  failed integer not null default 0,
  attempt integer not null default 0,
  creation_id text,
  delivered bigint not null default 0,
  lease_until timestamptz,
  sent_at timestamptz,
  look_at timestamptz not null default clock_timestamp(),
  done_at timestamptz,
  primary key (account_id, id),
  foreign key (account_id, pool_id) references pools (account_id, id),
  foreign key (account_id, job_id) references code_jobs (account_id, id)
);

create index shopify_batches_open on shopify_batches (account_id, store_id, state, rank, id) where state in ('written', 'sending', 'importing');

create index shopify_batches_done on shopify_batches (account_id, store_id, done_at) where state = 'done';

-- How the sync of a store goes, shared by all processes: how many creations may be under way and what that follows from; until when
-- nothing is tried, and why.
create table shopify_syncs (
  account_id uuid not null,
  store_id uuid not null,
  creations double precision not null default 1,
  best_ms double precision,
  best_at timestamptz,
  batches_per_second double precision not null default 0,
  delivered bigint not null default 0,
  blocked_until timestamptz,
  blocked_count integer not null default 0,
  problem text,
  problem_at timestamptz,
  primary key (account_id, store_id),
  foreign key (account_id, store_id) references stores (account_id, id) on delete cascade
) with (fillfactor = 50);

alter table shopify_paces drop column creations, drop column best_ms, drop column last_ms;

alter table shopify_batches alter column account_id set statistics 0, alter column store_id set statistics 0, alter column pool_id set statistics 0;
