-- Test sends, opens and clicks, web view. Locks: new tables take none; new columns are null or have a constant default, so no
-- table is rewritten; checks are added without looking at old rows and then validated, which lets others write.

-- A code that testers see. It left its line without a profile (an assignment in state out), so that nobody else is given it.
-- closed_at: when testers got another one, because it had been used, was over, or had older terms.

create table test_codes (
  account_id uuid not null references accounts ("id") on delete cascade,
  code_id uuid not null,
  pool_id uuid not null,
  coupon_id uuid not null,
  drawn_at timestamptz not null,
  expires_at timestamptz,
  closed_at timestamptz,
  primary key (account_id, code_id)
);

create unique index test_codes_open on test_codes (account_id, coupon_id) where closed_at is null;

alter table test_codes alter column account_id set statistics 0, alter column coupon_id set statistics 0;

-- kind: of a campaign, or a test to an address that is nobody's profile. context: what the template reads of the person, as it
-- was when the message was made ready. rendered_at: the moment of its last render. Both make the same mail again, years later.

alter table messages alter column profile_id drop not null;

alter table messages add column kind text not null default 'campaign', add column context jsonb, add column rendered_at timestamptz,
  add column test_request text;

alter table messages add constraint messages_kind_check check (kind in ('campaign', 'test')) not valid;

alter table messages add constraint messages_test_check check ((kind = 'test') = (profile_id is null) and (kind = 'test') = (test_request is not null)) not valid;

alter table messages validate constraint messages_kind_check;

alter table messages validate constraint messages_test_check;

-- A test that is asked for twice under one key is one mail to each address.

create unique index messages_test on messages (account_id, test_request, address) where kind = 'test';

create index messages_tests_at_work on messages (account_id, state) where kind = 'test' and state in ('ready', 'sending');

-- opens, clicks: how often, machines left out. opened_at, clicked_at: the first time; its event is written with it, once.

alter table messages add column opens integer not null default 0, add column clicks integer not null default 0,
  add column opened_at timestamptz, add column clicked_at timestamptz;

create index messages_template on messages (account_id, template_version_id) where state = 'sent';

-- Calls of the pixel (link 0) and of links (counted from 1), one row for each, until a worker has judged and counted them.
-- links: how many the mail has.

create table message_hits (
  account_id uuid not null references accounts ("id") on delete cascade,
  message_id uuid not null,
  link integer not null,
  links integer not null,
  hits integer not null,
  first_at timestamptz not null,
  primary key (account_id, message_id, link)
);

create index message_hits_first on message_hits (first_at);

alter table accounts add column track_opens boolean not null default true, add column track_clicks boolean not null default true;

-- The first open of a message and the first click: one event each, whoever counts.

create unique index events_first on events (account_id, message_id, metric) where metric in ('message_opened', 'message_clicked');
