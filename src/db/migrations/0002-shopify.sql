-- Shopify stores: how a shop is reached, and at which pace. Tables are new or small; the check on stores is replaced under a
-- short exclusive lock.

alter table stores drop constraint stores_kind_check, add constraint stores_kind_check check (kind in ('custom', 'shopify'));

-- How a shop is reached. Tokens and secrets are sealed (lib/seal.ts).
create table shopify_shops (
  account_id uuid not null,
  store_id uuid not null,
  domain text not null,
  base_url text not null,
  state text not null check (state in ('connected', 'unauthorized', 'uninstalled', 'disconnected')),
  state_reason text,
  auth text not null check (auth in ('oauth', 'client_credentials', 'token')),
  client_id text,
  client_secret text,
  access_token text,
  refresh_token text,
  token_expires_at timestamptz,
  scopes text[] not null default '{}',
  plan text,
  sees_customers boolean not null default false,
  connected_at timestamptz not null,
  facts_read_at timestamptz,
  primary key (account_id, store_id),
  foreign key (account_id, store_id) references stores (account_id, id) on delete cascade
);

create unique index shopify_shops_of_account on shopify_shops (account_id, domain);

-- Webhooks name the shop, not the account.
create index shopify_shops_domain on shopify_shops (domain);

-- What every process that calls a shop shares: points of the rate limit, and how many bulk creations may be under way.
-- A row of its own, since every call writes it.
create table shopify_paces (
  account_id uuid not null,
  store_id uuid not null,
  points_max double precision not null default 2000,
  points_rate double precision not null default 100,
  points double precision not null default 1000,
  points_at timestamptz not null default clock_timestamp(),
  is_measured boolean not null default false,
  creations double precision not null default 1,
  best_ms double precision,
  last_ms double precision,
  primary key (account_id, store_id),
  foreign key (account_id, store_id) references stores (account_id, id) on delete cascade
) with (fillfactor = 50);
