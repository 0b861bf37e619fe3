create table account_invitations (
  id uuid not null,
  account_id uuid not null,
  email text not null,
  role text,
  status text not null default 'pending'::text,
  "expiresAt" timestamp with time zone not null,
  "createdAt" timestamp with time zone not null default now(),
  "inviterId" uuid not null,
  constraint account_invitations_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint account_invitations_inviterId_fkey FOREIGN KEY ("inviterId") REFERENCES auth_users(id) ON DELETE CASCADE,
  constraint account_invitations_pkey PRIMARY KEY (account_id, id)
);

create table account_members (
  id uuid not null,
  account_id uuid not null,
  "userId" uuid not null,
  role text not null default 'viewer'::text,
  "createdAt" timestamp with time zone not null default now(),
  constraint account_members_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint account_members_account_id_userId_key UNIQUE (account_id, "userId"),
  constraint account_members_pkey PRIMARY KEY (account_id, id),
  constraint account_members_userId_fkey FOREIGN KEY ("userId") REFERENCES auth_users(id) ON DELETE CASCADE
);

create table accounts (
  id uuid not null,
  name text not null,
  slug text not null,
  logo text,
  metadata text,
  "createdAt" timestamp with time zone not null default now(),
  time_zone text not null default 'UTC'::text,
  sender_name text,
  sender_email text,
  postal_address text,
  bounce_limit integer not null default 500,
  complaint_limit integer not null default 30,
  track_opens boolean not null default true,
  track_clicks boolean not null default true,
  sms_opt_out text not null default 'Reply STOP to opt out.'::text,
  sms_help text,
  quiet_from integer not null default 9,
  quiet_until integer not null default 20,
  smart_email_hours integer not null default 16,
  smart_sms_hours integer not null default 24,
  constraint accounts_bounce_limit_check CHECK (((bounce_limit >= 1) AND (bounce_limit <= 10000))),
  constraint accounts_complaint_limit_check CHECK (((complaint_limit >= 1) AND (complaint_limit <= 10000))),
  constraint accounts_pkey PRIMARY KEY (id),
  constraint accounts_quiet_from_check CHECK (((quiet_from >= 8) AND (quiet_from <= 21))),
  constraint accounts_quiet_hours CHECK ((quiet_until > quiet_from)),
  constraint accounts_quiet_until_check CHECK (((quiet_until >= 8) AND (quiet_until <= 21))),
  constraint accounts_slug_key UNIQUE (slug),
  constraint accounts_smart_email_hours_check CHECK (((smart_email_hours >= 0) AND (smart_email_hours <= 720))),
  constraint accounts_smart_sms_hours_check CHECK (((smart_sms_hours >= 0) AND (smart_sms_hours <= 720)))
);

create table active_senders (
  account_id uuid not null,
  channel text not null,
  sender_id uuid not null,
  constraint active_senders_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint active_senders_account_id_sender_id_fkey FOREIGN KEY (account_id, sender_id) REFERENCES senders(account_id, id),
  constraint active_senders_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text]))),
  constraint active_senders_pkey PRIMARY KEY (account_id, channel)
);

create table api_keys (
  account_id uuid not null,
  id uuid not null,
  name text not null,
  prefix text not null,
  hash text not null,
  scopes text[] not null,
  created_by uuid,
  created_at timestamp with time zone not null,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint api_keys_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint api_keys_pkey PRIMARY KEY (account_id, id)
);

create table assignments (
  account_id uuid not null statistics 0,
  code_id uuid not null,
  pool_id uuid not null statistics 0,
  coupon_id uuid not null statistics 0,
  profile_id uuid,
  state text not null,
  "position" bigint,
  assigned_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  scope text not null default ''::text,
  constraint assignments_check CHECK (((profile_id IS NULL) = (state = 'out'::text))),
  constraint assignments_pkey PRIMARY KEY (account_id, code_id),
  constraint assignments_state_check CHECK ((state = ANY (ARRAY['open'::text, 'redeemed'::text, 'expired'::text, 'revoked'::text, 'out'::text])))
);

create table audit_log (
  account_id uuid not null,
  id uuid not null,
  at timestamp with time zone not null,
  actor text not null,
  action text not null,
  subject text not null,
  data jsonb not null default '{}'::jsonb,
  constraint audit_log_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint audit_log_pkey PRIMARY KEY (account_id, id)
);

create table auth_credentials (
  id uuid not null,
  "accountId" text not null,
  "providerId" text not null,
  "userId" uuid not null,
  "accessToken" text,
  "refreshToken" text,
  "idToken" text,
  "accessTokenExpiresAt" timestamp with time zone,
  "refreshTokenExpiresAt" timestamp with time zone,
  scope text,
  password text,
  "createdAt" timestamp with time zone not null default now(),
  "updatedAt" timestamp with time zone not null default now(),
  constraint auth_credentials_pkey PRIMARY KEY (id),
  constraint auth_credentials_userId_fkey FOREIGN KEY ("userId") REFERENCES auth_users(id) ON DELETE CASCADE
);

create table auth_sessions (
  id uuid not null,
  "userId" uuid not null,
  token text not null,
  "expiresAt" timestamp with time zone not null,
  "ipAddress" text,
  "userAgent" text,
  "activeOrganizationId" uuid,
  "createdAt" timestamp with time zone not null default now(),
  "updatedAt" timestamp with time zone not null default now(),
  constraint auth_sessions_pkey PRIMARY KEY (id),
  constraint auth_sessions_token_key UNIQUE (token),
  constraint auth_sessions_userId_fkey FOREIGN KEY ("userId") REFERENCES auth_users(id) ON DELETE CASCADE
);

create table auth_users (
  id uuid not null,
  name text not null,
  email text not null,
  "emailVerified" boolean not null default false,
  image text,
  "createdAt" timestamp with time zone not null default now(),
  "updatedAt" timestamp with time zone not null default now(),
  constraint auth_users_email_key UNIQUE (email),
  constraint auth_users_pkey PRIMARY KEY (id)
);

create table auth_verifications (
  id uuid not null,
  identifier text not null,
  value text not null,
  "expiresAt" timestamp with time zone not null,
  "createdAt" timestamp with time zone not null default now(),
  "updatedAt" timestamp with time zone not null default now(),
  constraint auth_verifications_pkey PRIMARY KEY (id)
);

create table campaign_audiences (
  account_id uuid not null,
  campaign_id uuid not null,
  kind text not null,
  source_id uuid not null,
  is_excluded boolean not null,
  list_id uuid default 
CASE
    WHEN (kind = 'list'::text) THEN source_id
    ELSE NULL::uuid
END,
  constraint campaign_audiences_account_id_campaign_id_fkey FOREIGN KEY (account_id, campaign_id) REFERENCES campaigns(account_id, id) ON DELETE CASCADE,
  constraint campaign_audiences_account_id_list_id_fkey FOREIGN KEY (account_id, list_id) REFERENCES lists(account_id, id),
  constraint campaign_audiences_kind_check CHECK ((kind = 'list'::text)),
  constraint campaign_audiences_pkey PRIMARY KEY (account_id, campaign_id, kind, source_id)
);

create table campaigns (
  account_id uuid not null,
  id uuid not null,
  name text not null,
  channel text not null,
  state text not null,
  template_id uuid not null,
  template_version_id uuid,
  sender text,
  paused_reason text,
  created_at timestamp with time zone not null,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  watched_settled integer not null default 0,
  watched_failed integer not null default 0,
  watched_complained integer not null default 0,
  when_kind text not null default 'now'::text,
  send_at timestamp with time zone,
  send_at_local timestamp without time zone,
  spread_hours integer not null default 0,
  holds_without_code boolean not null default false,
  scheduled_at timestamp with time zone,
  look_at timestamp with time zone,
  smart_sending boolean not null default true,
  ab_template_id uuid,
  ab_template_version_id uuid,
  ab_share integer,
  ab_metric text,
  ab_hours integer,
  ab_decides_at timestamp with time zone,
  ab_winner text,
  constraint campaigns_ab_metric_check CHECK ((ab_metric = ANY (ARRAY['redeemed'::text, 'clicked'::text, 'opened'::text]))),
  constraint campaigns_ab_share_check CHECK (((ab_share >= 10) AND (ab_share <= 100))),
  constraint campaigns_ab_winner_check CHECK ((ab_winner = ANY (ARRAY['a'::text, 'b'::text]))),
  constraint campaigns_account_id_ab_template_id_fkey FOREIGN KEY (account_id, ab_template_id) REFERENCES templates(account_id, id),
  constraint campaigns_account_id_ab_template_version_id_fkey FOREIGN KEY (account_id, ab_template_version_id) REFERENCES template_versions(account_id, id),
  constraint campaigns_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint campaigns_account_id_template_id_fkey FOREIGN KEY (account_id, template_id) REFERENCES templates(account_id, id),
  constraint campaigns_account_id_template_version_id_fkey FOREIGN KEY (account_id, template_version_id) REFERENCES template_versions(account_id, id),
  constraint campaigns_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text]))),
  constraint campaigns_check CHECK (((when_kind = 'at'::text) = (send_at IS NOT NULL))),
  constraint campaigns_check1 CHECK (((when_kind = 'local'::text) = (send_at_local IS NOT NULL))),
  constraint campaigns_check2 CHECK ((((ab_template_id IS NULL) = (ab_share IS NULL)) AND ((ab_template_id IS NULL) = (ab_metric IS NULL)))),
  constraint campaigns_pkey PRIMARY KEY (account_id, id),
  constraint campaigns_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'scheduled'::text, 'preparing'::text, 'sending'::text, 'paused'::text, 'sent'::text, 'cancelled'::text]))),
  constraint campaigns_when_kind_check CHECK ((when_kind = ANY (ARRAY['now'::text, 'at'::text, 'local'::text])))
);

create table code_job_errors (
  account_id uuid not null,
  job_id uuid not null,
  line integer not null,
  reason text not null,
  value text not null,
  constraint code_job_errors_account_id_job_id_fkey FOREIGN KEY (account_id, job_id) REFERENCES code_jobs(account_id, id) ON DELETE CASCADE,
  constraint code_job_errors_pkey PRIMARY KEY (account_id, job_id, line)
);

create table code_jobs (
  account_id uuid not null,
  id uuid not null,
  coupon_id uuid not null,
  pool_id uuid not null,
  kind text not null,
  state text not null,
  wanted bigint not null,
  done bigint not null default 0,
  skipped bigint not null default 0,
  error text,
  created_at timestamp with time zone not null,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  made bigint not null default 0,
  store_id uuid not null,
  bucket_ends_at timestamp with time zone,
  constraint code_jobs_account_id_pool_id_fkey FOREIGN KEY (account_id, pool_id) REFERENCES pools(account_id, id),
  constraint code_jobs_kind_check CHECK ((kind = ANY (ARRAY['generate'::text, 'upload'::text, 'ahead'::text]))),
  constraint code_jobs_pkey PRIMARY KEY (account_id, id),
  constraint code_jobs_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'cancelled'::text, 'failed'::text])))
);

create table code_reservations (
  account_id uuid not null,
  coupon_id uuid not null,
  campaign_id uuid not null,
  count bigint not null,
  reserved_at timestamp with time zone not null,
  constraint code_reservations_account_id_campaign_id_fkey FOREIGN KEY (account_id, campaign_id) REFERENCES campaigns(account_id, id),
  constraint code_reservations_account_id_coupon_id_fkey FOREIGN KEY (account_id, coupon_id) REFERENCES coupons(account_id, id),
  constraint code_reservations_count_check CHECK ((count >= 0)),
  constraint code_reservations_pkey PRIMARY KEY (account_id, coupon_id, campaign_id)
) with (fillfactor=50);

create table codes (
  account_id uuid not null statistics 0,
  id uuid not null,
  pool_id uuid not null statistics 0,
  store_id uuid not null statistics 0,
  "position" bigint,
  code text not null,
  state text not null,
  held_by text,
  held_until timestamp with time zone,
  batch_id uuid,
  constraint codes_pkey PRIMARY KEY (account_id, id),
  constraint codes_state_check CHECK ((state = ANY (ARRAY['made'::text, 'live'::text, 'redeemed'::text, 'withdrawn'::text, 'failed'::text])))
) with (fillfactor=90);

create table coupons (
  account_id uuid not null,
  id uuid not null,
  store_id uuid not null,
  name text not null,
  type text not null,
  description text not null,
  purpose text,
  prefix text not null,
  code_length integer not null,
  reuse_policy text not null default 'until_used_or_expired'::text,
  low_stock_threshold integer not null,
  fallback text,
  version integer not null,
  created_at timestamp with time zone not null,
  archived_at timestamp with time zone,
  on_cancel text not null default 'stay_used'::text,
  constraint coupons_account_id_store_id_fkey FOREIGN KEY (account_id, store_id) REFERENCES stores(account_id, id),
  constraint coupons_on_cancel_check CHECK ((on_cancel = ANY (ARRAY['stay_used'::text, 'new_code'::text]))),
  constraint coupons_pkey PRIMARY KEY (account_id, id),
  constraint coupons_purpose_check CHECK ((purpose = ANY (ARRAY['campaign'::text, 'flow'::text, 'form'::text]))),
  constraint coupons_reuse_policy_check CHECK ((reuse_policy = ANY (ARRAY['until_used_or_expired'::text, 'new_each_entry'::text, 'once'::text]))),
  constraint coupons_type_check CHECK ((type = ANY (ARRAY['unique'::text, 'uploaded'::text])))
);

create table data_requests (
  account_id uuid not null,
  id uuid not null,
  store_id uuid not null,
  customer_id text,
  email text,
  phone text,
  order_ids text[] not null default '{}'::text[],
  requested_at timestamp with time zone not null,
  fetched_at timestamp with time zone,
  constraint data_requests_account_id_store_id_fkey FOREIGN KEY (account_id, store_id) REFERENCES stores(account_id, id) ON DELETE CASCADE,
  constraint data_requests_pkey PRIMARY KEY (account_id, id)
);

create table events (
  account_id uuid not null statistics 0,
  id uuid not null,
  profile_id uuid not null,
  metric text not null,
  at timestamp with time zone not null,
  coupon_id uuid statistics 0,
  code_id uuid,
  message_id uuid,
  redemption_id uuid,
  properties jsonb not null default '{}'::jsonb,
  constraint events_pkey PRIMARY KEY (account_id, id)
);

create table idempotency_keys (
  account_id uuid not null,
  key text not null,
  request_hash text not null,
  status integer,
  reply text,
  created_at timestamp with time zone not null,
  constraint idempotency_keys_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint idempotency_keys_pkey PRIMARY KEY (account_id, key)
);

create table import_errors (
  account_id uuid not null,
  import_id uuid not null,
  line integer not null,
  reason text not null,
  value text not null,
  constraint import_errors_account_id_import_id_fkey FOREIGN KEY (account_id, import_id) REFERENCES imports(account_id, id) ON DELETE CASCADE,
  constraint import_errors_pkey PRIMARY KEY (account_id, import_id, line)
);

create table import_people (
  account_id uuid not null,
  import_id uuid not null,
  profile_id uuid not null,
  constraint import_people_pkey PRIMARY KEY (account_id, import_id, profile_id)
);

create table imports (
  account_id uuid not null,
  id uuid not null,
  list_id uuid not null,
  file_name text not null,
  state text not null,
  read integer not null default 0,
  added integer not null default 0,
  updated integer not null default 0,
  unchanged integer not null default 0,
  repeated integer not null default 0,
  joined integer not null default 0,
  bad integer not null default 0,
  error text,
  created_at timestamp with time zone not null,
  progressed_at timestamp with time zone not null default clock_timestamp(),
  finished_at timestamp with time zone,
  constraint imports_account_id_list_id_fkey FOREIGN KEY (account_id, list_id) REFERENCES lists(account_id, id) ON DELETE CASCADE,
  constraint imports_pkey PRIMARY KEY (account_id, id),
  constraint imports_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'failed'::text])))
);

create table latest_messages (
  account_id uuid not null statistics 0,
  profile_id uuid not null,
  medium text not null,
  message_id uuid not null,
  at timestamp with time zone not null,
  constraint latest_messages_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint latest_messages_pkey PRIMARY KEY (account_id, profile_id, medium)
) with (fillfactor=80);

create table list_members (
  account_id uuid not null statistics 0,
  list_id uuid not null statistics 0,
  profile_id uuid not null,
  joined_at timestamp with time zone not null,
  constraint list_members_account_id_list_id_fkey FOREIGN KEY (account_id, list_id) REFERENCES lists(account_id, id) ON DELETE CASCADE,
  constraint list_members_account_id_profile_id_fkey FOREIGN KEY (account_id, profile_id) REFERENCES profiles(account_id, id) ON DELETE CASCADE,
  constraint list_members_pkey PRIMARY KEY (account_id, list_id, profile_id)
);

create table lists (
  account_id uuid not null,
  id uuid not null,
  name text not null,
  created_at timestamp with time zone not null,
  constraint lists_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint lists_pkey PRIMARY KEY (account_id, id)
);

create table message_codes (
  account_id uuid not null statistics 0,
  message_id uuid not null,
  coupon_id uuid not null statistics 0,
  coupon_name text not null,
  code_id uuid not null,
  constraint message_codes_pkey PRIMARY KEY (account_id, message_id, coupon_id)
);

create table message_hits (
  account_id uuid not null,
  message_id uuid not null,
  link integer not null,
  links integer not null,
  hits integer not null,
  first_at timestamp with time zone not null,
  constraint message_hits_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint message_hits_pkey PRIMARY KEY (account_id, message_id, link)
);

create table messages (
  account_id uuid not null statistics 0,
  id uuid not null,
  campaign_id uuid statistics 0,
  template_version_id uuid not null,
  profile_id uuid,
  channel text not null,
  state text not null,
  reason text,
  address text not null,
  attempt integer not null default 0,
  lease_until timestamp with time zone,
  provider_id text,
  subject text,
  created_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  sender_id uuid,
  delivered_at timestamp with time zone,
  bounced_at timestamp with time zone,
  bounce text,
  complained_at timestamp with time zone,
  is_uncertain boolean not null default false,
  repeat_until timestamp with time zone,
  due_at timestamp with time zone not null default '-infinity'::timestamp with time zone,
  waits_for_coupon uuid,
  kind text not null default 'campaign'::text,
  context jsonb,
  rendered_at timestamp with time zone,
  test_request text,
  opens integer not null default 0,
  clicks integer not null default 0,
  opened_at timestamp with time zone,
  clicked_at timestamp with time zone,
  medium text not null default 'email'::text,
  short_key text,
  variant text,
  repeat_key text,
  ask_at timestamp with time zone,
  asks integer not null default 0,
  absent_at timestamp with time zone,
  shown_as uuid,
  resend_of uuid,
  resend_request text,
  constraint messages_account_id_campaign_id_fkey FOREIGN KEY (account_id, campaign_id) REFERENCES campaigns(account_id, id),
  constraint messages_account_id_profile_id_fkey FOREIGN KEY (account_id, profile_id) REFERENCES profiles(account_id, id),
  constraint messages_account_id_template_version_id_fkey FOREIGN KEY (account_id, template_version_id) REFERENCES template_versions(account_id, id),
  constraint messages_bounce_check CHECK ((bounce = ANY (ARRAY['hard'::text, 'soft'::text]))),
  constraint messages_kind_check CHECK ((kind = ANY (ARRAY['campaign'::text, 'test'::text, 'resend'::text]))),
  constraint messages_medium_check CHECK ((medium = ANY (ARRAY['email'::text, 'sms'::text]))),
  constraint messages_pkey PRIMARY KEY (account_id, id),
  constraint messages_resend_check CHECK ((((kind = 'resend'::text) = (resend_of IS NOT NULL)) AND ((kind = 'resend'::text) = (resend_request IS NOT NULL)))),
  constraint messages_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'ready'::text, 'sending'::text, 'sent'::text, 'rejected'::text, 'unknown'::text, 'skipped'::text, 'cancelled'::text]))),
  constraint messages_test_check CHECK ((((kind = 'test'::text) = (profile_id IS NULL)) AND ((kind = 'test'::text) = (test_request IS NOT NULL)))),
  constraint messages_variant_check CHECK ((variant = ANY (ARRAY['a'::text, 'b'::text])))
);

create table pool_heads (
  account_id uuid not null,
  pool_id uuid not null,
  head bigint not null default 0,
  drawn integer not null default 0,
  closed_at timestamp with time zone,
  constraint pool_heads_account_id_pool_id_fkey FOREIGN KEY (account_id, pool_id) REFERENCES pools(account_id, id),
  constraint pool_heads_pkey PRIMARY KEY (account_id, pool_id)
) with (fillfactor=50);

create table pools (
  account_id uuid not null,
  id uuid not null,
  coupon_id uuid not null,
  version_id uuid not null,
  store_id uuid not null,
  bucket_ends_at timestamp with time zone,
  tail bigint not null default 0,
  created_at timestamp with time zone not null,
  pending bigint not null default 0,
  failed bigint not null default 0,
  unsent bigint not null default 0,
  lost bigint not null default 0,
  removed bigint not null default 0,
  constraint pools_account_id_coupon_id_fkey FOREIGN KEY (account_id, coupon_id) REFERENCES coupons(account_id, id),
  constraint pools_account_id_version_id_fkey FOREIGN KEY (account_id, version_id) REFERENCES terms_versions(account_id, id),
  constraint pools_pkey PRIMARY KEY (account_id, id)
);

create table profiles (
  account_id uuid not null statistics 0,
  id uuid not null,
  email text,
  phone text,
  first_name text,
  last_name text,
  email_consent text not null default 'never_subscribed'::text,
  sms_consent text not null default 'never_subscribed'::text,
  properties jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  erased_at timestamp with time zone,
  constraint profiles_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint profiles_check CHECK (((email IS NOT NULL) OR (phone IS NOT NULL) OR (erased_at IS NOT NULL))),
  constraint profiles_email_consent_check CHECK ((email_consent = ANY (ARRAY['subscribed'::text, 'unsubscribed'::text, 'never_subscribed'::text]))),
  constraint profiles_pkey PRIMARY KEY (account_id, id),
  constraint profiles_sms_consent_check CHECK ((sms_consent = ANY (ARRAY['subscribed'::text, 'unsubscribed'::text, 'never_subscribed'::text])))
);

create table provider_events (
  account_id uuid not null,
  sender_id uuid not null,
  event_key text not null,
  event jsonb not null,
  received_at timestamp with time zone not null,
  applied_at timestamp with time zone,
  constraint provider_events_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint provider_events_pkey PRIMARY KEY (account_id, sender_id, event_key)
);

create table redemption_ledger (
  account_id uuid not null statistics 0,
  redemption_id uuid not null,
  delta smallint not null,
  code_id uuid not null,
  at timestamp with time zone not null,
  constraint redemption_ledger_delta_check CHECK ((delta = ANY (ARRAY[1, '-1'::integer]))),
  constraint redemption_ledger_pkey PRIMARY KEY (account_id, redemption_id, delta)
);

create table redemptions (
  account_id uuid not null statistics 0,
  id uuid not null,
  store_id uuid not null statistics 0,
  coupon_id uuid not null statistics 0,
  pool_id uuid not null statistics 0,
  code_id uuid not null,
  profile_id uuid,
  order_id text,
  order_email text,
  customer_key text,
  currency text not null,
  subtotal_minor bigint not null,
  discount_minor bigint not null,
  state text not null,
  recipient_matches boolean,
  assigned_at timestamp with time zone,
  redeemed_at timestamp with time zone not null,
  source text not null default 'checkout'::text,
  order_name text,
  customer_id text,
  order_updated_at timestamp with time zone,
  cancelled_at timestamp with time zone,
  refunded_minor bigint not null default 0,
  is_renewal boolean not null default false,
  is_test boolean not null default false,
  new_code text,
  constraint redemptions_new_code_check CHECK ((new_code = ANY (ARRAY['owed'::text, 'given'::text, 'void'::text]))),
  constraint redemptions_pkey PRIMARY KEY (account_id, id),
  constraint redemptions_source_check CHECK ((source = ANY (ARRAY['checkout'::text, 'shop'::text]))),
  constraint redemptions_state_check CHECK ((state = ANY (ARRAY['accepted'::text, 'rolled_back'::text, 'repeated'::text])))
);

create table revocations (
  account_id uuid not null,
  code_id uuid not null,
  store_id uuid not null,
  coupon_id uuid not null,
  pool_id uuid not null,
  profile_id uuid,
  reason text not null,
  revoked_at timestamp with time zone not null,
  replaced_by uuid,
  shop text not null,
  gone_at timestamp with time zone,
  constraint revocations_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint revocations_check CHECK (((shop = 'gone'::text) = (gone_at IS NOT NULL))),
  constraint revocations_pkey PRIMARY KEY (account_id, code_id),
  constraint revocations_shop_check CHECK ((shop = ANY (ARRAY['none'::text, 'waiting'::text, 'gone'::text, 'used'::text])))
);

create table sender_pace (
  account_id uuid not null,
  sender_id uuid not null,
  tokens double precision not null,
  filled_at timestamp with time zone not null,
  day date not null,
  sent_today integer not null default 0,
  slow_until timestamp with time zone,
  failures integer not null default 0,
  openings integer not null default 0,
  open_until timestamp with time zone,
  reason text,
  constraint sender_pace_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint sender_pace_pkey PRIMARY KEY (account_id, sender_id)
);

create table senders (
  account_id uuid not null,
  id uuid not null,
  channel text not null,
  provider text not null,
  name text not null,
  from_name text,
  from_address text,
  reply_to text,
  settings jsonb not null,
  sealed text not null,
  secret_names text[] not null,
  revision integer not null default 1,
  per_second integer,
  per_day integer,
  warm_up_from date,
  created_at timestamp with time zone not null,
  removed_at timestamp with time zone,
  constraint senders_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint senders_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text]))),
  constraint senders_per_day_check CHECK ((per_day > 0)),
  constraint senders_per_second_check CHECK ((per_second > 0)),
  constraint senders_pkey PRIMARY KEY (account_id, id)
);

create table sending_domains (
  account_id uuid not null,
  domain text not null,
  selector text not null,
  public_key text not null,
  sealed text not null,
  created_at timestamp with time zone not null,
  checked_at timestamp with time zone,
  checks jsonb,
  verified_at timestamp with time zone,
  constraint sending_domains_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint sending_domains_pkey PRIMARY KEY (account_id, domain)
);

create table shop_customers (
  account_id uuid not null,
  store_id uuid not null,
  customer_id text not null,
  profile_id uuid not null,
  is_origin boolean not null,
  told_at timestamp with time zone not null,
  email_told text,
  email_told_at timestamp with time zone,
  sms_told text,
  sms_told_at timestamp with time zone,
  email_unsubscribed_at timestamp with time zone,
  sms_unsubscribed_at timestamp with time zone,
  constraint shop_customers_account_id_store_id_fkey FOREIGN KEY (account_id, store_id) REFERENCES stores(account_id, id) ON DELETE CASCADE,
  constraint shop_customers_check CHECK ((((email_told IS NULL) = (email_told_at IS NULL)) AND ((sms_told IS NULL) = (sms_told_at IS NULL)))),
  constraint shop_customers_email_told_check CHECK ((email_told = ANY (ARRAY['subscribed'::text, 'unsubscribed'::text, 'never'::text]))),
  constraint shop_customers_pkey PRIMARY KEY (account_id, store_id, customer_id),
  constraint shop_customers_sms_told_check CHECK ((sms_told = ANY (ARRAY['subscribed'::text, 'unsubscribed'::text, 'never'::text])))
);

create table shopify_batches (
  account_id uuid not null statistics 0,
  id uuid not null,
  store_id uuid not null statistics 0,
  pool_id uuid not null statistics 0,
  job_id uuid not null,
  state text not null,
  rank integer not null,
  size integer not null,
  failed integer not null default 0,
  attempt integer not null default 0,
  creation_id text,
  delivered bigint not null default 0,
  lease_until timestamp with time zone,
  sent_at timestamp with time zone,
  look_at timestamp with time zone not null default clock_timestamp(),
  done_at timestamp with time zone,
  constraint shopify_batches_account_id_job_id_fkey FOREIGN KEY (account_id, job_id) REFERENCES code_jobs(account_id, id),
  constraint shopify_batches_account_id_pool_id_fkey FOREIGN KEY (account_id, pool_id) REFERENCES pools(account_id, id),
  constraint shopify_batches_pkey PRIMARY KEY (account_id, id),
  constraint shopify_batches_state_check CHECK ((state = ANY (ARRAY['written'::text, 'sending'::text, 'importing'::text, 'done'::text, 'dropped'::text])))
);

create table shopify_discount_checks (
  account_id uuid not null,
  store_id uuid not null,
  pool_id uuid not null,
  shop_updated_at timestamp with time zone,
  usage bigint not null default 0,
  unexplained_since timestamp with time zone,
  checked_at timestamp with time zone not null,
  walk_cursor text,
  walk_seen bytea,
  walk_tail bigint,
  walk_read bigint,
  walk_ended boolean,
  walked_at timestamp with time zone,
  constraint shopify_discount_checks_account_id_store_id_fkey FOREIGN KEY (account_id, store_id) REFERENCES stores(account_id, id) ON DELETE CASCADE,
  constraint shopify_discount_checks_pkey PRIMARY KEY (account_id, store_id, pool_id)
);

create table shopify_discounts (
  account_id uuid not null,
  pool_id uuid not null,
  store_id uuid not null,
  state text not null,
  seed_code text not null,
  title text not null,
  discount_id text,
  ends_at timestamp with time zone,
  attempt integer not null default 0,
  lease_until timestamp with time zone,
  created_at timestamp with time zone not null,
  constraint shopify_discounts_account_id_pool_id_fkey FOREIGN KEY (account_id, pool_id) REFERENCES pools(account_id, id),
  constraint shopify_discounts_pkey PRIMARY KEY (account_id, pool_id),
  constraint shopify_discounts_state_check CHECK ((state = ANY (ARRAY['written'::text, 'live'::text, 'withdrawn'::text, 'removed'::text, 'gone'::text])))
);

create table shopify_drift (
  account_id uuid not null,
  store_id uuid not null,
  pool_id uuid not null,
  field text not null,
  coupon_id uuid not null,
  expected text not null,
  found text not null,
  since timestamp with time zone not null,
  constraint shopify_drift_account_id_store_id_fkey FOREIGN KEY (account_id, store_id) REFERENCES stores(account_id, id) ON DELETE CASCADE,
  constraint shopify_drift_pkey PRIMARY KEY (account_id, store_id, pool_id, field)
);

create table shopify_installations (
  account_id uuid not null,
  id uuid not null,
  state_hash text not null,
  session_id text not null,
  actor text not null,
  domain text not null,
  name text,
  client_id text not null,
  client_secret text not null,
  expires_at timestamp with time zone not null,
  constraint shopify_installations_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint shopify_installations_pkey PRIMARY KEY (account_id, id)
);

create table shopify_paces (
  account_id uuid not null,
  store_id uuid not null,
  points_max double precision not null default 2000,
  points_rate double precision not null default 100,
  points double precision not null default 1000,
  points_at timestamp with time zone not null default clock_timestamp(),
  is_measured boolean not null default false,
  constraint shopify_paces_account_id_store_id_fkey FOREIGN KEY (account_id, store_id) REFERENCES stores(account_id, id) ON DELETE CASCADE,
  constraint shopify_paces_pkey PRIMARY KEY (account_id, store_id)
) with (fillfactor=50);

create table shopify_reconciles (
  account_id uuid not null,
  store_id uuid not null,
  orders_until timestamp with time zone,
  complete_at timestamp with time zone,
  due_at timestamp with time zone not null,
  started_at timestamp with time zone,
  orders_read bigint not null default 0,
  orders_found bigint not null default 0,
  error text,
  gap_from timestamp with time zone,
  gap_until timestamp with time zone,
  webhooks_checked_at timestamp with time zone,
  webhooks_missing text[] not null default '{}'::text[],
  webhooks_error text,
  constraint shopify_reconciles_account_id_store_id_fkey FOREIGN KEY (account_id, store_id) REFERENCES stores(account_id, id) ON DELETE CASCADE,
  constraint shopify_reconciles_pkey PRIMARY KEY (account_id, store_id)
);

create table shopify_shops (
  account_id uuid not null,
  store_id uuid not null,
  domain text not null,
  base_url text not null,
  state text not null,
  state_reason text,
  auth text not null,
  client_id text,
  client_secret text,
  access_token text,
  refresh_token text,
  token_expires_at timestamp with time zone,
  scopes text[] not null default '{}'::text[],
  plan text,
  sees_customers boolean not null default false,
  connected_at timestamp with time zone not null,
  facts_read_at timestamp with time zone,
  renewing_until timestamp with time zone,
  constraint shopify_shops_account_id_store_id_fkey FOREIGN KEY (account_id, store_id) REFERENCES stores(account_id, id) ON DELETE CASCADE,
  constraint shopify_shops_auth_check CHECK ((auth = ANY (ARRAY['oauth'::text, 'client_credentials'::text, 'token'::text]))),
  constraint shopify_shops_pkey PRIMARY KEY (account_id, store_id),
  constraint shopify_shops_state_check CHECK ((state = ANY (ARRAY['connected'::text, 'unauthorized'::text, 'uninstalled'::text, 'disconnected'::text])))
);

create table shopify_syncs (
  account_id uuid not null,
  store_id uuid not null,
  creations double precision not null default 1,
  best_ms double precision,
  best_at timestamp with time zone,
  batches_per_second double precision not null default 0,
  delivered bigint not null default 0,
  blocked_until timestamp with time zone,
  blocked_count integer not null default 0,
  problem text,
  problem_at timestamp with time zone,
  constraint shopify_syncs_account_id_store_id_fkey FOREIGN KEY (account_id, store_id) REFERENCES stores(account_id, id) ON DELETE CASCADE,
  constraint shopify_syncs_pkey PRIMARY KEY (account_id, store_id)
) with (fillfactor=50);

create table shopify_webhooks (
  account_id uuid not null,
  store_id uuid not null,
  webhook_id text not null,
  id uuid not null,
  topic text not null,
  body text,
  state text not null,
  attempts integer not null default 0,
  due_at timestamp with time zone not null,
  error text,
  triggered_at timestamp with time zone,
  received_at timestamp with time zone not null,
  done_at timestamp with time zone,
  constraint shopify_webhooks_account_id_store_id_fkey FOREIGN KEY (account_id, store_id) REFERENCES stores(account_id, id) ON DELETE CASCADE,
  constraint shopify_webhooks_pkey PRIMARY KEY (account_id, store_id, webhook_id),
  constraint shopify_webhooks_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'applied'::text, 'failed'::text])))
);

create table stores (
  account_id uuid not null,
  id uuid not null,
  name text not null,
  kind text not null,
  url text,
  currency text not null,
  time_zone text not null,
  sells_subscriptions boolean not null default false,
  created_at timestamp with time zone not null,
  retention_days integer not null default 30,
  shop_codes bigint,
  shop_codes_at timestamp with time zone,
  constraint stores_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint stores_kind_check CHECK ((kind = ANY (ARRAY['custom'::text, 'shopify'::text]))),
  constraint stores_pkey PRIMARY KEY (account_id, id),
  constraint stores_retention_days_check CHECK (((retention_days >= 1) AND (retention_days <= 3650)))
);

create table suppressions (
  account_id uuid not null statistics 0,
  id uuid not null,
  channel text not null,
  address text not null,
  reason text not null,
  detail text,
  at timestamp with time zone not null,
  constraint suppressions_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint suppressions_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text]))),
  constraint suppressions_pkey PRIMARY KEY (account_id, channel, address),
  constraint suppressions_reason_check CHECK ((reason = ANY (ARRAY['unsubscribed'::text, 'bounced'::text, 'complained'::text, 'manual'::text])))
);

create table template_versions (
  account_id uuid not null,
  id uuid not null,
  template_id uuid not null,
  version integer not null,
  subject text not null,
  preview_text text not null,
  html text not null,
  text text,
  created_at timestamp with time zone not null,
  constraint template_versions_account_id_template_id_fkey FOREIGN KEY (account_id, template_id) REFERENCES templates(account_id, id),
  constraint template_versions_account_id_template_id_version_key UNIQUE (account_id, template_id, version),
  constraint template_versions_pkey PRIMARY KEY (account_id, id)
);

create table templates (
  account_id uuid not null,
  id uuid not null,
  name text not null,
  version integer not null,
  created_at timestamp with time zone not null,
  archived_at timestamp with time zone,
  channel text not null default 'email'::text,
  constraint templates_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint templates_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text]))),
  constraint templates_pkey PRIMARY KEY (account_id, id)
);

create table terms_versions (
  account_id uuid not null,
  id uuid not null,
  coupon_id uuid not null,
  version integer not null,
  terms jsonb not null,
  expires_at timestamp with time zone,
  expires_after_seconds integer,
  created_at timestamp with time zone not null,
  constraint terms_versions_account_id_coupon_id_fkey FOREIGN KEY (account_id, coupon_id) REFERENCES coupons(account_id, id),
  constraint terms_versions_account_id_coupon_id_version_key UNIQUE (account_id, coupon_id, version),
  constraint terms_versions_pkey PRIMARY KEY (account_id, id)
);

create table test_codes (
  account_id uuid not null statistics 0,
  code_id uuid not null,
  pool_id uuid not null,
  coupon_id uuid not null statistics 0,
  drawn_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  closed_at timestamp with time zone,
  constraint test_codes_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint test_codes_pkey PRIMARY KEY (account_id, code_id)
);

create table upload_rows (
  account_id uuid not null,
  job_id uuid not null,
  code_id uuid not null,
  line integer not null,
  constraint upload_rows_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint upload_rows_pkey PRIMARY KEY (account_id, job_id, code_id)
);

CREATE INDEX account_members_user ON public.account_members USING btree ("userId");

CREATE INDEX api_keys_prefix ON public.api_keys USING btree (prefix);

CREATE INDEX assignments_coupon_day ON public.assignments USING btree (account_id, coupon_id, assigned_at);

CREATE INDEX assignments_due ON public.assignments USING btree (expires_at) WHERE ((state = 'open'::text) AND (expires_at IS NOT NULL));

CREATE INDEX assignments_ended ON public.assignments USING btree (account_id, pool_id, state) WHERE (state = ANY (ARRAY['expired'::text, 'revoked'::text]));

CREATE INDEX assignments_out ON public.assignments USING btree (account_id, pool_id, "position") WHERE (state = 'out'::text);

CREATE INDEX assignments_past ON public.assignments USING btree (account_id, profile_id) WHERE (state = ANY (ARRAY['redeemed'::text, 'expired'::text, 'revoked'::text]));

CREATE INDEX auth_credentials_user ON public.auth_credentials USING btree ("userId");

CREATE INDEX auth_sessions_user ON public.auth_sessions USING btree ("userId");

CREATE INDEX auth_verifications_identifier ON public.auth_verifications USING btree (identifier);

CREATE INDEX campaign_audiences_list ON public.campaign_audiences USING btree (account_id, list_id);

CREATE INDEX campaigns_at_work ON public.campaigns USING btree (created_at) WHERE (state = ANY (ARRAY['scheduled'::text, 'preparing'::text, 'sending'::text]));

CREATE INDEX code_jobs_coupon ON public.code_jobs USING btree (account_id, coupon_id, id);

CREATE INDEX code_jobs_store ON public.code_jobs USING btree (account_id, store_id) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]));

CREATE INDEX code_jobs_unfinished ON public.code_jobs USING btree (created_at) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]));

CREATE INDEX code_reservations_campaign ON public.code_reservations USING btree (account_id, campaign_id);

CREATE INDEX codes_made ON public.codes USING btree (account_id, batch_id) WHERE (state = 'made'::text);

CREATE INDEX coupons_store ON public.coupons USING btree (account_id, store_id);

CREATE INDEX data_requests_store ON public.data_requests USING btree (account_id, store_id, id);

CREATE INDEX events_profile ON public.events USING btree (account_id, profile_id, id);

CREATE INDEX idempotency_keys_created ON public.idempotency_keys USING btree (created_at);

CREATE INDEX imports_running ON public.imports USING btree (progressed_at) WHERE (state = 'running'::text);

CREATE INDEX list_members_profile ON public.list_members USING btree (account_id, profile_id);

CREATE INDEX message_codes_code ON public.message_codes USING btree (account_id, code_id);

CREATE INDEX message_hits_first ON public.message_hits USING btree (first_at);

CREATE INDEX messages_campaign ON public.messages USING btree (account_id, campaign_id, state);

CREATE INDEX messages_due ON public.messages USING btree (campaign_id, template_version_id, state, due_at, id) WHERE ((state = ANY (ARRAY['planned'::text, 'ready'::text, 'sending'::text])) AND (waits_for_coupon IS NULL));

CREATE INDEX messages_lost ON public.messages USING btree (account_id, sender_id, ask_at) WHERE ((state = 'unknown'::text) AND (ask_at IS NOT NULL));

CREATE INDEX messages_provider ON public.messages USING btree (account_id, provider_id) WHERE ((provider_id IS NOT NULL) AND (sender_id IS NOT NULL));

CREATE INDEX messages_short ON public.messages USING btree (short_key) WHERE (short_key IS NOT NULL);

CREATE INDEX messages_shown_as ON public.messages USING btree (account_id, shown_as) WHERE (shown_as IS NOT NULL);

CREATE INDEX messages_singles_at_work ON public.messages USING btree (account_id, template_version_id) WHERE ((kind = ANY (ARRAY['test'::text, 'resend'::text])) AND (state = ANY (ARRAY['ready'::text, 'sending'::text])));

CREATE INDEX messages_template ON public.messages USING btree (account_id, template_version_id) WHERE (state = 'sent'::text);

CREATE INDEX messages_troubled ON public.messages USING btree (account_id, campaign_id) WHERE ((state = 'rejected'::text) OR (bounced_at IS NOT NULL) OR (complained_at IS NOT NULL));

CREATE INDEX messages_waiting ON public.messages USING btree (account_id, campaign_id, waits_for_coupon, id) WHERE (waits_for_coupon IS NOT NULL);

CREATE INDEX pools_buckets ON public.pools USING btree (bucket_ends_at) WHERE (bucket_ends_at IS NOT NULL);

CREATE INDEX pools_coupon ON public.pools USING btree (account_id, coupon_id);

CREATE INDEX pools_store ON public.pools USING btree (account_id, store_id);

CREATE INDEX provider_events_applied ON public.provider_events USING btree (applied_at) WHERE (applied_at IS NOT NULL);

CREATE INDEX provider_events_choices ON public.provider_events USING btree (account_id, ((event ->> 'address'::text))) WHERE ((event ->> 'kind'::text) = ANY (ARRAY['opted_out'::text, 'opted_in'::text]));

CREATE INDEX provider_events_waiting ON public.provider_events USING btree (received_at) WHERE (applied_at IS NULL);

CREATE INDEX redemption_ledger_code ON public.redemption_ledger USING btree (account_id, code_id);

CREATE INDEX redemptions_coupon ON public.redemptions USING btree (account_id, coupon_id, id);

CREATE INDEX redemptions_customer_of_store ON public.redemptions USING btree (account_id, store_id, customer_id) WHERE (customer_id IS NOT NULL);

CREATE INDEX redemptions_order_of_store ON public.redemptions USING btree (account_id, store_id, order_id) WHERE (source = 'shop'::text);

CREATE INDEX redemptions_owed ON public.redemptions USING btree (account_id, id) WHERE (new_code = 'owed'::text);

CREATE INDEX redemptions_profile ON public.redemptions USING btree (account_id, profile_id);

CREATE INDEX redemptions_repeated ON public.redemptions USING btree (account_id, coupon_id) WHERE (state = 'repeated'::text);

CREATE INDEX redemptions_repeated_code ON public.redemptions USING btree (code_id) WHERE (state = 'repeated'::text);

CREATE INDEX revocations_replaced_by ON public.revocations USING btree (account_id, replaced_by) WHERE (replaced_by IS NOT NULL);

CREATE INDEX revocations_unassigned ON public.revocations USING btree (account_id, pool_id) WHERE (profile_id IS NULL);

CREATE INDEX revocations_waiting ON public.revocations USING btree (account_id, store_id, code_id) WHERE (shop = 'waiting'::text);

CREATE INDEX senders_id ON public.senders USING btree (id);

CREATE INDEX shop_customers_profile ON public.shop_customers USING btree (account_id, profile_id);

CREATE INDEX shopify_batches_done ON public.shopify_batches USING btree (account_id, store_id, done_at) WHERE (state = 'done'::text);

CREATE INDEX shopify_batches_open ON public.shopify_batches USING btree (account_id, store_id, state, rank, id) WHERE (state = ANY (ARRAY['written'::text, 'sending'::text, 'importing'::text]));

CREATE INDEX shopify_discounts_store ON public.shopify_discounts USING btree (account_id, store_id, state);

CREATE INDEX shopify_drift_coupon ON public.shopify_drift USING btree (account_id, coupon_id);

CREATE INDEX shopify_reconciles_due ON public.shopify_reconciles USING btree (due_at);

CREATE INDEX shopify_shops_domain ON public.shopify_shops USING btree (domain);

CREATE INDEX shopify_webhooks_failed ON public.shopify_webhooks USING btree (account_id, store_id, id) WHERE (state = 'failed'::text);

CREATE INDEX shopify_webhooks_newest ON public.shopify_webhooks USING btree (account_id, store_id, id);

CREATE INDEX shopify_webhooks_old ON public.shopify_webhooks USING btree (received_at);

CREATE INDEX shopify_webhooks_waiting ON public.shopify_webhooks USING btree (account_id, store_id, due_at) WHERE (state = 'waiting'::text);

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'rows of % never change', tg_table_name;
end
$function$;

CREATE OR REPLACE FUNCTION public.uuid_v7(at timestamp with time zone)
 RETURNS uuid
 LANGUAGE sql
 PARALLEL SAFE
AS $function$
  select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    placing substring(int8send((extract(epoch from at) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
$function$;

CREATE TRIGGER redemption_ledger_never_changes BEFORE UPDATE ON public.redemption_ledger FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER template_versions_never_change BEFORE UPDATE ON public.template_versions FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER terms_versions_never_change BEFORE UPDATE ON public.terms_versions FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE UNIQUE INDEX assignments_open ON public.assignments USING btree (account_id, profile_id, coupon_id, scope) WHERE (state = 'open'::text);

CREATE UNIQUE INDEX assignments_scope ON public.assignments USING btree (account_id, profile_id, coupon_id, scope) WHERE ((scope <> ''::text) AND (state <> 'revoked'::text));

CREATE UNIQUE INDEX code_jobs_ahead ON public.code_jobs USING btree (account_id, pool_id) WHERE ((kind = 'ahead'::text) AND (state = ANY (ARRAY['queued'::text, 'running'::text])));

CREATE UNIQUE INDEX codes_code ON public.codes USING btree (account_id, store_id, upper(code));

CREATE UNIQUE INDEX codes_position ON public.codes USING btree (account_id, pool_id, "position");

CREATE UNIQUE INDEX coupons_name ON public.coupons USING btree (account_id, name) WHERE (archived_at IS NULL);

CREATE UNIQUE INDEX events_first ON public.events USING btree (account_id, message_id, metric) WHERE (metric = ANY (ARRAY['message_opened'::text, 'message_clicked'::text]));

CREATE UNIQUE INDEX lists_name ON public.lists USING btree (account_id, lower(name));

CREATE UNIQUE INDEX messages_person ON public.messages USING btree (account_id, profile_id, campaign_id);

CREATE UNIQUE INDEX messages_resend ON public.messages USING btree (account_id, resend_request) WHERE (kind = 'resend'::text);

CREATE UNIQUE INDEX messages_test ON public.messages USING btree (account_id, test_request, address) WHERE (kind = 'test'::text);

CREATE UNIQUE INDEX pools_bucket ON public.pools USING btree (account_id, version_id, bucket_ends_at) NULLS NOT DISTINCT;

CREATE UNIQUE INDEX profiles_email ON public.profiles USING btree (account_id, lower(email));

CREATE UNIQUE INDEX profiles_phone ON public.profiles USING btree (account_id, phone);

CREATE UNIQUE INDEX redemptions_accepted ON public.redemptions USING btree (account_id, code_id) WHERE (state = 'accepted'::text);

CREATE UNIQUE INDEX redemptions_customer ON public.redemptions USING btree (account_id, coupon_id, customer_key) WHERE ((state = 'accepted'::text) AND (customer_key IS NOT NULL));

CREATE UNIQUE INDEX redemptions_order ON public.redemptions USING btree (account_id, code_id, order_id) WHERE (source = 'shop'::text);

CREATE UNIQUE INDEX senders_name ON public.senders USING btree (account_id, lower(name)) WHERE (removed_at IS NULL);

CREATE UNIQUE INDEX shopify_shops_of_account ON public.shopify_shops USING btree (account_id, domain);

CREATE UNIQUE INDEX stores_name ON public.stores USING btree (account_id, lower(name));

CREATE UNIQUE INDEX suppressions_newest ON public.suppressions USING btree (account_id, id);

CREATE UNIQUE INDEX templates_name ON public.templates USING btree (account_id, lower(name)) WHERE (archived_at IS NULL);

CREATE UNIQUE INDEX test_codes_open ON public.test_codes USING btree (account_id, coupon_id) WHERE (closed_at IS NULL);
