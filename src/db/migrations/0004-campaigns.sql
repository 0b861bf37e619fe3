-- Campaigns to several lists, at a time, with codes reserved. Locks: campaigns and messages are held for as long as their own
-- statement runs; the index on messages reads the rows of campaigns that are under way.

-- Who gets a campaign: members of any source that is not excluded, less members of those that are.
-- list_id repeats source_id where the source is a list, so that a list in use cannot be deleted.

create table campaign_audiences (
  account_id uuid not null,
  campaign_id uuid not null,
  kind text not null check (kind in ('list')),
  source_id uuid not null,
  is_excluded boolean not null,
  list_id uuid generated always as (case when kind = 'list' then source_id end) stored,
  primary key (account_id, campaign_id, kind, source_id),
  foreign key (account_id, campaign_id) references campaigns (account_id, id) on delete cascade,
  foreign key (account_id, list_id) references lists (account_id, id)
);

create index campaign_audiences_list on campaign_audiences (account_id, list_id);

insert into campaign_audiences (account_id, campaign_id, kind, source_id, is_excluded)
select account_id, id, 'list', list_id, false from campaigns;

alter table campaigns drop column list_id;

-- send_at: of when_kind at. send_at_local: what the clocks of a recipient show, of when_kind local.
-- look_at: when a worker has to look at the campaign next; null: at once.

alter table campaigns
  add column when_kind text not null default 'now' check (when_kind in ('now', 'at', 'local')),
  add column send_at timestamptz,
  add column send_at_local timestamp,
  add column spread_hours integer not null default 0,
  add column holds_without_code boolean not null default false,
  add column scheduled_at timestamptz,
  add column look_at timestamptz,
  add check ((when_kind = 'at') = (send_at is not null)),
  add check ((when_kind = 'local') = (send_at_local is not null)),
  drop constraint campaigns_state_check,
  add constraint campaigns_state_check check (state in ('draft', 'scheduled', 'preparing', 'sending', 'paused', 'sent', 'cancelled'));

drop index campaigns_at_work;

create index campaigns_at_work on campaigns (created_at) where state in ('scheduled', 'preparing', 'sending');

-- due_at: not made ready before. waits_for_coupon: planned, and held until a code of this coupon can be drawn.

alter table messages
  add column due_at timestamptz not null default '-infinity',
  add column waits_for_coupon uuid;

drop index messages_at_work;

create index messages_due on messages (account_id, campaign_id, state, due_at, id)
  where state in ('planned', 'ready', 'sending') and waits_for_coupon is null;

create index messages_waiting on messages (account_id, campaign_id, waits_for_coupon, id) where waits_for_coupon is not null;

-- How many codes of a coupon only one campaign may draw, from whatever pool draws are made of then. Written with the coupon's
-- row held, as draws are. A draw for the campaign lowers count by what it drew; the older reservation is served first.

create table code_reservations (
  account_id uuid not null,
  coupon_id uuid not null,
  campaign_id uuid not null,
  count bigint not null check (count >= 0),
  reserved_at timestamptz not null,
  primary key (account_id, coupon_id, campaign_id),
  foreign key (account_id, coupon_id) references coupons (account_id, id),
  foreign key (account_id, campaign_id) references campaigns (account_id, id)
) with (fillfactor = 50);

create index code_reservations_campaign on code_reservations (account_id, campaign_id);
