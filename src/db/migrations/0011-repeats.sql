-- Which settings of its provider a message was offered under, so that it is not repeated under others: they may be those of another
-- service, which does not know it. Lock: brief, a new column without a default; rows are not rewritten.

alter table messages add column repeat_key text;
