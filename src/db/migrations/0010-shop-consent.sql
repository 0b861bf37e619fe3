-- What a shop said last of a customer's consent, by its own dates. Locks: shop_customers, for no longer than the change of its
-- definition takes; no row is rewritten.
--
-- A word that changes nothing when it comes still is the shop's last: an older one that comes late must not undo it.

alter table shop_customers
  add column email_told text check (email_told in ('subscribed', 'unsubscribed', 'never')),
  add column email_told_at timestamptz,
  add column sms_told text check (sms_told in ('subscribed', 'unsubscribed', 'never')),
  add column sms_told_at timestamptz,
  add check ((email_told is null) = (email_told_at is null) and (sms_told is null) = (sms_told_at is null));
