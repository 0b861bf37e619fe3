-- Orders of shops: webhooks as they came, which order used which code, and what a reconciliation has seen.
-- Locks: short exclusive ones on redemptions, coupons and profiles for columns with constant defaults (no rewrite); the new
-- indexes on redemptions are built under a lock that stops its writers (seconds per million rows).

-- What to do for the person when the order that redeemed a code is cancelled.

alter table coupons add column on_cancel text not null default 'stay_used' check (on_cancel in ('stay_used', 'new_code'));

-- source: checkout (redeemed by our checkout API) or shop (an order that a shop told of).
-- repeated: a later order with a code that another order had redeemed; a fact without effect on the code.
-- order_id null: the shop counts a use of the code and its order could not be found.
-- subtotal_minor: the goods before this code's discount, after all others. order_updated_at: the shop's clock.
-- new_code: owed to the person since the order was cancelled, given, or void (coupon archived or over).

alter table redemptions
  alter column order_id drop not null,
  add column source text not null default 'checkout' check (source in ('checkout', 'shop')),
  add column order_name text,
  add column customer_id text,
  add column order_updated_at timestamptz,
  add column cancelled_at timestamptz,
  add column refunded_minor bigint not null default 0,
  add column is_renewal boolean not null default false,
  add column is_test boolean not null default false,
  add column new_code text check (new_code in ('owed', 'given', 'void')),
  drop constraint redemptions_state_check,
  add constraint redemptions_state_check check (state in ('accepted', 'rolled_back', 'repeated'));

-- One row for an order and a code, however often the shop tells of it.

create unique index redemptions_order on redemptions (account_id, code_id, order_id) where source = 'shop';

create index redemptions_order_of_store on redemptions (account_id, store_id, order_id) where source = 'shop';

create index redemptions_customer_of_store on redemptions (account_id, store_id, customer_id) where customer_id is not null;

create index redemptions_owed on redemptions (account_id, id) where new_code = 'owed';

-- Flags of a coupon's report and of the list: few rows of many.

create index redemptions_repeated on redemptions (account_id, coupon_id) where state = 'repeated';

-- Erased people keep their row, because what happened to their codes stays; nothing on it says who they were.

alter table profiles add column erased_at timestamptz, drop constraint profiles_check,
  add constraint profiles_check check (email is not null or phone is not null or erased_at is not null);

-- A person of ours and a customer of a shop. is_origin: the profile was made from what the shop told.

create table shop_customers (
  account_id uuid not null,
  store_id uuid not null,
  customer_id text not null,
  profile_id uuid not null,
  is_origin boolean not null,
  told_at timestamptz not null,
  primary key (account_id, store_id, customer_id),
  foreign key (account_id, store_id) references stores (account_id, id) on delete cascade
);

create index shop_customers_profile on shop_customers (account_id, profile_id);

-- Webhooks of Shopify. The row comes before the answer 200; the work follows. body goes when it was applied, the row stays for
-- 90 days, so that a replayed delivery is known.

create table shopify_webhooks (
  account_id uuid not null,
  store_id uuid not null,
  webhook_id text not null,
  id uuid not null,
  topic text not null,
  body text,
  state text not null check (state in ('waiting', 'applied', 'failed')),
  attempts integer not null default 0,
  due_at timestamptz not null,
  error text,
  triggered_at timestamptz,
  received_at timestamptz not null,
  done_at timestamptz,
  primary key (account_id, store_id, webhook_id),
  foreign key (account_id, store_id) references stores (account_id, id) on delete cascade
);

create index shopify_webhooks_waiting on shopify_webhooks (account_id, store_id, due_at) where state = 'waiting';

create index shopify_webhooks_failed on shopify_webhooks (account_id, store_id, id) where state = 'failed';

create index shopify_webhooks_newest on shopify_webhooks (account_id, store_id, id);

create index shopify_webhooks_old on shopify_webhooks (received_at);

-- How far a shop was read. orders_until: newest order that was read and applied, by the shop's clock.
-- gap_from, gap_until: orders of this time can no longer be read.

create table shopify_reconciles (
  account_id uuid not null,
  store_id uuid not null,
  orders_until timestamptz,
  complete_at timestamptz,
  due_at timestamptz not null,
  started_at timestamptz,
  orders_read bigint not null default 0,
  orders_found bigint not null default 0,
  error text,
  gap_from timestamptz,
  gap_until timestamptz,
  webhooks_checked_at timestamptz,
  webhooks_missing text[] not null default '{}',
  webhooks_error text,
  primary key (account_id, store_id),
  foreign key (account_id, store_id) references stores (account_id, id) on delete cascade
);

create index shopify_reconciles_due on shopify_reconciles (due_at);

-- What was last seen of a discount: shop_updated_at says whether its terms must be read again, usage whether codes must be.
-- usage: uses that are all known. unexplained_since: since when the shop counts more than we know.

create table shopify_discount_checks (
  account_id uuid not null,
  store_id uuid not null,
  pool_id uuid not null,
  shop_updated_at timestamptz,
  usage bigint not null default 0,
  unexplained_since timestamptz,
  checked_at timestamptz not null,
  primary key (account_id, store_id, pool_id),
  foreign key (account_id, store_id) references stores (account_id, id) on delete cascade
);

-- What the merchant changed in the shop's own admin: a row for each field that differs, gone when it agrees again.

create table shopify_drift (
  account_id uuid not null,
  store_id uuid not null,
  pool_id uuid not null,
  field text not null,
  coupon_id uuid not null,
  expected text not null,
  found text not null,
  since timestamptz not null,
  primary key (account_id, store_id, pool_id, field),
  foreign key (account_id, store_id) references stores (account_id, id) on delete cascade
);

create index shopify_drift_coupon on shopify_drift (account_id, coupon_id);

-- A customer asks the merchant what is known of them. Answered with a file that is made when it is fetched.

create table data_requests (
  account_id uuid not null,
  id uuid not null,
  store_id uuid not null,
  customer_id text,
  email text,
  phone text,
  order_ids text[] not null default '{}',
  requested_at timestamptz not null,
  fetched_at timestamptz,
  primary key (account_id, id),
  foreign key (account_id, store_id) references stores (account_id, id) on delete cascade
);

create index data_requests_store on data_requests (account_id, store_id, id);
