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

-- Text messages. medium: what a message is, whatever provider carries it. short_key: names a text message in its short links; it
-- cannot be guessed (62 random bits). Quiet hours are hours of the recipient's clock.

alter table templates add column channel text not null default 'email' check (channel in ('email', 'sms'));

alter table campaigns drop constraint if exists campaigns_channel_check;

alter table campaigns add constraint campaigns_channel_check check (channel in ('email', 'sms')) not valid;

alter table campaigns validate constraint campaigns_channel_check;

alter table campaigns add column smart_sending boolean not null default true;

alter table messages drop constraint if exists messages_channel_check;

alter table messages add column medium text not null default 'email', add column short_key text;

alter table messages add constraint messages_medium_check check (medium in ('email', 'sms')) not valid;

alter table messages validate constraint messages_medium_check;

create index messages_short on messages (short_key) where short_key is not null;

-- The latest marketing message to a person by each medium. Of several that want to write to a person at once, the row lets one
-- pass: it is changed only where the one before is old enough.

create table latest_messages (
  account_id uuid not null references accounts ("id") on delete cascade,
  profile_id uuid not null,
  medium text not null,
  message_id uuid not null,
  at timestamptz not null,
  primary key (account_id, profile_id, medium)
) with (fillfactor=80);

alter table latest_messages alter column account_id set statistics 0;

alter table accounts add column sms_opt_out text not null default 'Reply STOP to opt out.', add column sms_help text,
  add column quiet_from integer not null default 9 check (quiet_from between 8 and 21),
  add column quiet_until integer not null default 20 check (quiet_until between 8 and 21),
  add column smart_email_hours integer not null default 16 check (smart_email_hours between 0 and 720),
  add column smart_sms_hours integer not null default 24 check (smart_sms_hours between 0 and 720),
  add constraint accounts_quiet_hours check (quiet_until > quiet_from);
