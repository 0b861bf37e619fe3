-- The orders of one code: which of them came first is looked up for each order that the shop tells of. Without it all redemptions of the account were read.
-- Without the account: a statement that compares it in a way that no index serves can use this one alone (docs/decisions/0002-draws.md, trap 6). Few rows have this state, so that redeeming does not pay for it. Locks: redemptions against writers while the index is built.
create index redemptions_repeated_code on redemptions (code_id) where state = 'repeated';
