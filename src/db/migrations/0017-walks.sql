-- Codes that were deleted in a shop are found by reading all codes of their discount. Locks: shopify_discount_checks for the change of its
-- definition (columns without a default rewrite nothing).

-- walk_cursor: up to where the shop's codes were read; null before the first page and after the last. walk_seen: a bit for each position of the
-- pool's line, set where the shop has its code; null where no walk is under way. walk_tail: the line's length when it began. walk_read: codes
-- that were read. walk_ended: the shop has shown all of its codes, what is missing is looked up. walked_at: when the last walk came to its end.
alter table shopify_discount_checks add column walk_cursor text, add column walk_seen bytea, add column walk_tail bigint,
  add column walk_read bigint, add column walk_ended boolean, add column walked_at timestamptz;
