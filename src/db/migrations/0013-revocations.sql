-- Codes that were taken out of use by hand, messages that were sent again by hand, and codes of a file on their way into a shop. Locks: new tables take none; messages for the
-- change of its definition (new columns are null, checks are added without looking at old rows and then validated), and against
-- writers while its two small indexes are built.

-- reason: in the words of whoever did it. profile_id: who had the code; null: nobody. replaced_by: the code that they were given in its
-- place. shop: none where the store is our own checkout; else waiting until the shop has it no more (gone), or an order was faster (used).

create table revocations (
  account_id uuid not null references accounts ("id") on delete cascade,
  code_id uuid not null,
  store_id uuid not null,
  coupon_id uuid not null,
  pool_id uuid not null,
  profile_id uuid,
  reason text not null,
  revoked_at timestamptz not null,
  replaced_by uuid,
  shop text not null check (shop in ('none', 'waiting', 'gone', 'used')),
  gone_at timestamptz,
  primary key (account_id, code_id),
  check ((shop = 'gone') = (gone_at is not null))
);

create index revocations_waiting on revocations (account_id, store_id, code_id) where shop = 'waiting';

create index revocations_unassigned on revocations (account_id, pool_id) where profile_id is null;

create index revocations_replaced_by on revocations (account_id, replaced_by) where replaced_by is not null;

-- The line of a file from which a code came that a shop has yet to confirm; gone with the answer. Until it is part of a batch, such a code has
-- its job as batch_id.

create table upload_rows (
  account_id uuid not null references accounts ("id") on delete cascade,
  job_id uuid not null,
  code_id uuid not null,
  line integer not null,
  primary key (account_id, job_id, code_id)
);

-- resend_of: the message that is sent again, to the same person. resend_request: asked for twice under one key, it is one message.

alter table messages add column resend_of uuid, add column resend_request text;

alter table messages drop constraint messages_kind_check;

alter table messages add constraint messages_kind_check check (kind in ('campaign', 'test', 'resend')) not valid;

alter table messages add constraint messages_resend_check check ((kind = 'resend') = (resend_of is not null) and (kind = 'resend') = (resend_request is not null)) not valid;

alter table messages validate constraint messages_kind_check;

alter table messages validate constraint messages_resend_check;

create unique index messages_resend on messages (account_id, resend_request) where kind = 'resend';

create index messages_singles_at_work on messages (account_id, template_version_id) where kind in ('test', 'resend') and state in ('ready', 'sending');

drop index messages_tests_at_work;
