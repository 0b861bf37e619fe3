-- Messages whose answer was lost are settled by asking the provider. Locks: messages and senders, for no longer than the change of
-- their definition takes, no row is rewritten; the index reads messages once and keeps others from writing to it meanwhile.

-- ask_at: from when on the provider can be asked about the message, should its answer be lost; null: it cannot be. asks: how often
-- it was. absent_at: when it said for the first time that it does not have it. All three are about the latest attempt.

alter table messages add column ask_at timestamptz, add column asks integer not null default 0, add column absent_at timestamptz;

create index messages_lost on messages (account_id, sender_id, ask_at) where state = 'unknown' and ask_at is not null;

-- Since when a sender has the account at its provider that it has now; null: since it was made. What the provider does not have of an
-- earlier message may be in another account.

alter table senders add column provider_account_at timestamptz;
