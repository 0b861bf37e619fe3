-- Messages whose answer was lost are settled by asking the provider; tests keep as whom they were shown. Lock: messages, for no longer than
-- the change of its definition takes; of the rows those of tests are written anew; the indexes read messages once each and keep others
-- from writing to it meanwhile.

-- ask_at: from when on the provider can be asked about the message, should its answer be lost; null: it cannot be. asks: how often
-- it was. absent_at: when it said for the first time that it does not have it. All three are about the latest attempt.

alter table messages add column ask_at timestamptz, add column asks integer not null default 0, add column absent_at timestamptz;

create index messages_lost on messages (account_id, sender_id, ask_at) where state = 'unknown' and ask_at is not null;

-- As whom a test was shown: what it keeps of the person goes when they are erased. Of the tests before, whose data names an address.

alter table messages add column shown_as uuid;

update messages m set shown_as = p.id
from profiles p
where m.kind = 'test' and p.account_id = m.account_id and lower(p.email) = lower(m.context ->> 'email');

create index messages_shown_as on messages (account_id, shown_as) where shown_as is not null;
