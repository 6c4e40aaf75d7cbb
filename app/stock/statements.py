"""The SQL of holding. Each is one statement, so that nothing can change between looking and taking.

A row that others change at the same time is waited for by FOR UPDATE, and Postgres then looks at its newest version
again: what is compared is what is changed.
"""

from app.core.live import CHANNEL

# Locks the wanted rows in id order while they fit; `fits` is true when all of them did.
_LOCKED = """
locked AS MATERIALIZED (
  SELECT s.id, w.quantity FROM stock s JOIN wanted w ON w.stock_id = s.id
  WHERE s.capacity IS NULL OR s.held + s.sold + {growth} * w.quantity <= s.capacity
  ORDER BY s.id FOR UPDATE OF s),
fits AS MATERIALIZED (
  SELECT (SELECT count(*) FROM locked) = (SELECT count(*) FROM wanted) AS ok)"""

TAKE = f"""
WITH wanted AS MATERIALIZED (
  SELECT * FROM unnest($2::uuid[], $3::int[]) AS w (stock_id, quantity)),
{_LOCKED.format(growth=1)},
taken AS (
  UPDATE stock s SET held = s.held + l.quantity * $9::int, sold = s.sold + l.quantity * (1 - $9::int)
  FROM locked l WHERE s.id = l.id AND (SELECT ok FROM fits)
  AND (s.capacity IS NULL OR s.held + s.sold + l.quantity <= s.capacity)
  RETURNING s.sold = s.capacity AS gone),
made AS (
  INSERT INTO hold (id, topic, buyer_key, state, created_at, expires_at, ended_at)
  SELECT $1, $4::text, $5, $8, $6::timestamptz, $7, CASE WHEN $9::int = 0 THEN $6::timestamptz END FROM fits WHERE ok RETURNING id, topic),
listed AS (
  INSERT INTO hold_line (id, hold_id, stock_id, quantity)
  SELECT gen_random_uuid(), made.id, w.stock_id, w.quantity FROM made, wanted w)
SELECT pg_notify('{CHANNEL}', topic), (SELECT coalesce(bool_or(gone), false) FROM taken) AS gone FROM made"""  # noqa: S608 - no value is pasted, only our own constants

# $2 the states it may have, $3 the new one, $4 now, $5 only holds that ended by then (or null),
# $6 and $7 what a unit adds to `held` and to `sold`.
MOVE = f"""
WITH found AS MATERIALIZED (
  SELECT id FROM hold WHERE id = $1 AND state = ANY($2::text[])
  AND ($5::timestamptz IS NULL OR expires_at <= $5) FOR UPDATE),
wanted AS MATERIALIZED (
  SELECT l.stock_id, l.quantity FROM hold_line l JOIN found ON found.id = l.hold_id),
{_LOCKED.format(growth="($6::int + $7::int)")},
moved AS (
  UPDATE stock s SET held = s.held + l.quantity * $6::int, sold = s.sold + l.quantity * $7::int
  FROM locked l WHERE s.id = l.id AND (SELECT ok FROM fits)),
ended AS (
  UPDATE hold h SET state = $3::text, ended_at = CASE WHEN $3::text <> 'live' THEN $4::timestamptz END FROM found
  WHERE h.id = found.id AND (SELECT ok FROM fits) RETURNING h.topic)
SELECT pg_notify('{CHANNEL}', topic), topic FROM ended"""  # noqa: S608

# Several topics may watch one stock: $3 is the caller's.
TAKE_BACK = f"""
WITH wanted AS MATERIALIZED (
  SELECT * FROM unnest($1::uuid[], $2::int[]) AS w (stock_id, quantity)),
locked AS MATERIALIZED (
  SELECT s.id, w.quantity FROM stock s JOIN wanted w ON w.stock_id = s.id
  WHERE s.sold >= w.quantity ORDER BY s.id FOR UPDATE OF s)
UPDATE stock s SET sold = s.sold - l.quantity FROM locked l WHERE s.id = l.id
RETURNING pg_notify('{CHANNEL}', $3)"""  # noqa: S608
