-- A test of two messages. Locks: campaigns and messages, for no longer than the change of their definition takes; no row is rewritten.

-- A second message that is tested against the first: ab_share percent of the recipients get one of the two, half each; the rest
-- wait (due_at infinity) for the winner. ab_hours null: somebody picks it.

alter table campaigns
  add column ab_template_id uuid,
  add column ab_template_version_id uuid,
  add column ab_share integer check (ab_share between 10 and 100),
  add column ab_metric text check (ab_metric in ('redeemed', 'clicked', 'opened')),
  add column ab_hours integer,
  add column ab_decides_at timestamptz,
  add column ab_winner text check (ab_winner in ('a', 'b')),
  add check ((ab_template_id is null) = (ab_share is null) and (ab_template_id is null) = (ab_metric is null)),
  add foreign key (account_id, ab_template_id) references templates (account_id, id),
  add foreign key (account_id, ab_template_version_id) references template_versions (account_id, id);

-- Which message a recipient of the test gets; null: no test, or one of the rest.

alter table messages add column variant text check (variant in ('a', 'b'));
