-- Senders, suppression, what providers report, pace. Locks: new tables take none; the new columns of messages are null or have
-- a constant default, so the table is not rewritten; its new checks are not valid for old rows until validated, which reads only.

create table senders (
  account_id uuid not null references accounts (id) on delete cascade,
  id uuid not null,
  channel text not null check (channel in ('email', 'sms')),
  provider text not null,
  name text not null,
  from_name text,
  from_address text,
  reply_to text,
  settings jsonb not null,
  sealed text not null,
  secret_names text[] not null,
  revision integer not null default 1,
  per_second integer check (per_second > 0),
  per_day integer check (per_day > 0),
  warm_up_from date,
  created_at timestamptz not null,
  removed_at timestamptz,
  primary key (account_id, id)
);

create unique index senders_name on senders (account_id, lower(name)) where removed_at is null;

-- A provider's webhook names the sender alone.
create index senders_id on senders (id);

-- One sender at a time for each kind of message: the primary key says so.
create table active_senders (
  account_id uuid not null references accounts (id) on delete cascade,
  channel text not null check (channel in ('email', 'sms')),
  sender_id uuid not null,
  primary key (account_id, channel),
  foreign key (account_id, sender_id) references senders (account_id, id)
);

-- How fast a sender may go and whether it is well. The sender of the installation has the id 00000000-….
create table sender_pace (
  account_id uuid not null references accounts (id) on delete cascade,
  sender_id uuid not null,
  tokens double precision not null,
  filled_at timestamptz not null,
  day date not null,
  sent_today integer not null default 0,
  slow_until timestamptz,
  failures integer not null default 0,
  openings integer not null default 0,
  open_until timestamptz,
  reason text,
  primary key (account_id, sender_id)
);

-- Addresses that get nothing, whoever's they are.
create table suppressions (
  account_id uuid not null references accounts (id) on delete cascade,
  id uuid not null,
  channel text not null check (channel in ('email', 'sms')),
  address text not null,
  reason text not null check (reason in ('unsubscribed', 'bounced', 'complained', 'manual')),
  detail text,
  at timestamptz not null,
  primary key (account_id, channel, address)
);

alter table suppressions alter column account_id set statistics 0;

create unique index suppressions_newest on suppressions (account_id, id);

-- What providers told, until it is applied and for as long after as they may tell it again.
create table provider_events (
  account_id uuid not null references accounts (id) on delete cascade,
  sender_id uuid not null,
  event_key text not null,
  event jsonb not null,
  received_at timestamptz not null,
  applied_at timestamptz,
  primary key (account_id, sender_id, event_key)
);

create index provider_events_waiting on provider_events (received_at) where applied_at is null;

-- What a person said last counts, in whichever order it arrives.
create index provider_events_choices on provider_events (account_id, (event ->> 'address'))
  where event ->> 'kind' in ('opted_out', 'opted_in');

create index provider_events_applied on provider_events (applied_at) where applied_at is not null;

alter table messages add column sender_id uuid,
  add column delivered_at timestamptz, add column bounced_at timestamptz,
  add column bounce text check (bounce in ('hard', 'soft')), add column complained_at timestamptz,
  add column is_uncertain boolean not null default false, add column repeat_until timestamptz;

alter table messages drop constraint messages_channel_check;

create index messages_provider on messages (account_id, provider_id) where provider_id is not null and sender_id is not null;

create index messages_troubled on messages (account_id, campaign_id)
  where state = 'rejected' or bounced_at is not null or complained_at is not null;

-- Shares of a campaign's messages, in basis points, above which it pauses by itself.
alter table accounts add column bounce_limit integer not null default 500 check (bounce_limit between 1 and 10000),
  add column complaint_limit integer not null default 30 check (complaint_limit between 1 and 10000);

-- What had been counted when the campaign paused by itself the last time: after that, counting begins anew.
alter table campaigns add column watched_settled integer not null default 0, add column watched_failed integer not null default 0,
  add column watched_complained integer not null default 0;

-- Domains that mails come from, with the key that signs them.
create table sending_domains (
  account_id uuid not null references accounts (id) on delete cascade,
  domain text not null,
  selector text not null,
  public_key text not null,
  sealed text not null,
  created_at timestamptz not null,
  checked_at timestamptz,
  checks jsonb,
  verified_at timestamptz,
  primary key (account_id, domain)
);
