-- Reuse policies of coupons. Locks: coupons and assignments for the change of their definitions (a constant default rewrites no row, checks are
-- added without looking at old rows and then validated), assignments against writers while two indexes are built.

alter table coupons drop constraint coupons_reuse_policy_check;

alter table coupons add constraint coupons_reuse_policy_check
  check (reuse_policy in ('until_used_or_expired', 'new_each_entry', 'once')) not valid;

alter table coupons validate constraint coupons_reuse_policy_check;

-- scope: what a code was given for, where the coupon's policy counts that: once, campaign:ID, entry:TEXT, or left:ID:SCOPE for a code whose
-- place another took because its order was cancelled. Empty: until it is used or expired.
alter table assignments add column scope text not null default '';

-- One open code of a coupon for each person and scope.
create unique index assignments_open_scope on assignments (account_id, profile_id, coupon_id, scope) where state = 'open';

drop index assignments_open;

alter index assignments_open_scope rename to assignments_open;

-- In a scope that has a name, one code for good, unless it was taken back.
create unique index assignments_scope on assignments (account_id, profile_id, coupon_id, scope) where scope <> '' and state <> 'revoked';
