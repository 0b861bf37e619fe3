-- When a shop said last that a customer unsubscribed, by its own dates, also where a later word came first. Locks: shop_customers, for no longer
-- than the change of its definition takes; no row is rewritten.
--
-- A consent that was given to us before it is no longer ours to keep: what the shop takes back later is taken back here.

alter table shop_customers add column email_unsubscribed_at timestamptz, add column sms_unsubscribed_at timestamptz;
