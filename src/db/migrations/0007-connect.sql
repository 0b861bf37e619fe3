-- Connecting a Shopify shop. The new columns have no default and lock shopify_shops (a row a store) for an instant.

-- A process that renews a token says so until this moment, so that only one does.
alter table shopify_shops add column renewing_until timestamptz;

-- Installations that began at /v1/stores/shopify/oauth and wait for the shop's answer. A row is used once. It stands in the
-- way of nothing, so old ones are deleted when the next begins.
create table shopify_installations (
  account_id uuid not null references accounts (id) on delete cascade,
  id uuid not null,
  state_hash text not null,
  session_id text not null,
  actor text not null,
  domain text not null,
  name text,
  client_id text not null,
  client_secret text not null,
  expires_at timestamptz not null,
  primary key (account_id, id)
);
