-- Indexes of messages, so that no statement has two of the same worth to its planner, of which one reads a whole campaign for each batch (docs/decisions/0002-draws.md).
-- Locks: messages against writers while four indexes are built.

-- Each person once in a campaign, by the person first: it serves everything about one person, too.
create unique index messages_person on messages (account_id, profile_id, campaign_id);

drop index messages_recipient;

drop index messages_profile;

-- Everything about a campaign, by state.
create index messages_campaign on messages (account_id, campaign_id, state);

-- What comes next of a campaign, in its order. Without the account: a statement that compares it in a way that no index serves can use this one alone.
drop index messages_due;

create index messages_due on messages (campaign_id, template_version_id, state, due_at, id)
  where state in ('planned', 'ready', 'sending') and waits_for_coupon is null;
