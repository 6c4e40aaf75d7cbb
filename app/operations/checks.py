"""What must always be true, each as one statement that returns what is not: a snapshot, so nothing changes meanwhile.

The auditor reads every module's tables, on purpose: it must not trust the functions that it checks. It writes nothing;
what is mended is mended by the modules' own capabilities (`repairing.py`). `$1` is the moment before which whatever was
under way must be done.
"""

from dataclasses import dataclass

LONGEST_LIST = 100


@dataclass(frozen=True)
class Check:
    """`sql` returns (subject, detail) of what is wrong: an id, and figures for a person."""

    name: str
    sql: str


STOCK = (
    Check(
        "held",
        """SELECT s.id AS subject, format('held %s, in live holds %s', s.held, coalesce(h.units, 0)) AS detail
        FROM stock s LEFT JOIN (
          SELECT l.stock_id, sum(l.quantity) AS units FROM hold_line l JOIN hold h ON h.id = l.hold_id
          WHERE h.state = 'live' GROUP BY l.stock_id) h ON h.stock_id = s.id
        WHERE s.held <> coalesce(h.units, 0)""",
    ),
    Check(
        "sold",
        """SELECT s.id AS subject, format('sold %s, paid for or taken %s', s.sold, coalesce(p.units, 0)) AS detail
        FROM stock s LEFT JOIN (SELECT stock_id, sum(units) AS units FROM (
          SELECT l.stock_id, l.quantity - l.restocked AS units FROM order_line l JOIN "order" o ON o.id = l.order_id
          WHERE o.completed_at IS NOT NULL
          UNION ALL SELECT discount_stock_id, 1 FROM "order"
          WHERE completed_at IS NOT NULL AND discount_stock_id IS NOT NULL AND NOT discount_returned
          UNION ALL SELECT entry_stock_id, 1 FROM "order"
          WHERE completed_at IS NOT NULL AND entry_stock_id IS NOT NULL AND NOT discount_returned
          UNION ALL SELECT stock_id, quantity FROM registration
          WHERE state IN ('confirmed', 'attended') AND stock_id IS NOT NULL
          UNION ALL SELECT entry_stock_id, 1 FROM registration
          WHERE state IN ('confirmed', 'attended') AND entry_stock_id IS NOT NULL) taken GROUP BY stock_id) p
        ON p.stock_id = s.id WHERE s.sold <> coalesce(p.units, 0)""",
    ),
    Check(
        "oversold",
        """SELECT id AS subject, format('held %s, sold %s of %s', held, sold, capacity) AS detail
        FROM stock WHERE held + sold > capacity""",
    ),
    Check(
        "hold-overdue",
        """SELECT id AS subject, format('over since %s', expires_at) AS detail
        FROM hold WHERE state = 'live' AND expires_at <= $1""",
    ),
    Check(
        "hold-forgotten",
        """SELECT h.id AS subject, format('held for order %s, which is %s', o.number, o.state) AS detail
        FROM hold h JOIN "order" o ON o.hold_id = h.id
        WHERE h.state = 'live' AND o.state NOT IN ('processing', 'submitted') AND o.updated_at <= $1""",
    ),
)

ORDERS = (
    Check(
        "order-overdue",
        """SELECT o.id AS subject, format('order %s, held until %s', o.number, o.held_until) AS detail
        FROM "order" o LEFT JOIN hold h ON h.id = o.hold_id WHERE o.state = 'processing'
        AND (o.held_until <= $1 OR (h.state IS DISTINCT FROM 'live' AND coalesce(h.ended_at, o.updated_at) <= $1))""",
    ),
    Check(
        "order-not-sold",
        """SELECT o.id AS subject, format('order %s is %s, its units are %s', o.number, o.state, h.state) AS detail
        FROM "order" o JOIN hold h ON h.id = o.hold_id
        WHERE (o.completed_at IS NOT NULL) <> (h.state = 'sold')""",
    ),
    Check(
        "order-without-payment",
        """SELECT id AS subject, format('order %s of %s %s', number, amount, currency) AS detail
        FROM "order" WHERE completed_at IS NOT NULL AND amount > 0 AND payment_intent IS NULL AND NOT anonymous""",
    ),
    Check(
        "order-undelivered",
        """SELECT o.id AS subject, format('order %s, paid at %s', o.number, o.completed_at) AS detail
        FROM "order" o WHERE o.state IN ('completed', 'partially_refunded') AND o.completed_at <= $1 AND o.email <> ''
        AND NOT EXISTS (SELECT 1 FROM message m WHERE m.subject_of = o.id AND m.name = 'order-completed')
        AND NOT EXISTS (SELECT 1 FROM pgqueuer q WHERE q.entrypoint = 'orders.completed'
          AND convert_from(q.payload, 'UTF8')::jsonb #>> '{data,order_id}' = o.id::text)""",
    ),
    Check(
        "delivery-gave-up",
        """SELECT o.id AS subject, format('order %s, dead letter %s', o.number, q.id) AS detail
        FROM "order" o JOIN pgqueuer q ON q.status = 'failed' AND q.entrypoint = 'orders.completed'
        AND convert_from(q.payload, 'UTF8')::jsonb #>> '{data,order_id}' = o.id::text
        WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.subject_of = o.id AND m.name = 'order-completed')""",
    ),
    Check(
        "order-completed-twice",
        """SELECT o.id AS subject, format('order %s, %s times', o.number, count(*)) AS detail
        FROM order_event e JOIN "order" o ON o.id = e.order_id WHERE e.kind = 'completed'
        GROUP BY o.id HAVING count(*) > 1""",
    ),
    Check(
        "payment-used-twice",
        """SELECT min(id::text) AS subject, format('payment %s, %s orders', payment_intent, count(*)) AS detail
        FROM "order" WHERE payment_intent IS NOT NULL GROUP BY payment_intent HAVING count(*) > 1""",
    ),
)

REFUNDS = (
    Check(
        "refund-uncounted",
        """SELECT o.id AS subject, format('order %s is %s: %s went back, %s counted', o.number, o.state,
          coalesce(r.amount, 0), o.refunded_amount) AS detail
        FROM "order" o LEFT JOIN (
          SELECT order_id, sum(amount) AS amount FROM refund WHERE state = 'succeeded' GROUP BY order_id) r
        ON r.order_id = o.id WHERE o.refunded_amount <> least(o.amount, coalesce(r.amount, 0))
        OR (o.state = 'refunded') <> (o.refunded_amount = o.amount AND o.amount > 0)""",
    ),
    Check(
        "refund-unrecorded",
        """SELECT r.order_id AS subject, format('%s refunds, %s in the history', count(*), e.count) AS detail
        FROM refund r JOIN "order" o ON o.id = r.order_id CROSS JOIN LATERAL (
          SELECT count(*) FILTER (WHERE kind = 'refunded') - count(*) FILTER (WHERE kind = 'refund_returned') AS count
          FROM order_event WHERE order_id = r.order_id
            AND kind IN ('refunded', 'refund_returned')) e
        WHERE r.state = 'succeeded' AND NOT o.anonymous GROUP BY r.order_id, e.count HAVING count(*) <> e.count""",
    ),
    Check(
        "refund-owed",
        """SELECT o.id AS subject, format('order %s of %s %s: %s', o.number, o.amount, o.currency,
          coalesce(nullif(r.failure, ''), 'no refund was noted')) AS detail
        FROM "order" o LEFT JOIN refund r ON r.order_id = o.id AND r.reason = 'unavailable'
        WHERE o.completed_at IS NULL AND o.state <> 'refunded' AND (r.state = 'failed' OR (r.id IS NULL AND EXISTS (
          SELECT 1 FROM order_event e WHERE e.order_id = o.id AND e.kind = 'paid_too_late')))""",
    ),
    Check(
        "refund-forgotten",
        """SELECT id AS subject, format('%s asked for at %s', amount, created_at) AS detail
        FROM refund r WHERE state = 'requested' AND updated_at <= $1 AND NOT EXISTS (
          SELECT 1 FROM pgqueuer q WHERE q.entrypoint = 'orders.give_back' AND q.status <> 'failed'
          AND convert_from(q.payload, 'UTF8')::jsonb #>> '{data,refund_id}' = r.id::text)""",
    ),
)

REGISTRATIONS = (
    Check(
        "registrations-miscounted",
        """SELECT coalesce(c.page_id, r.page_id) AS subject,
          format('%s counted, %s stand', coalesce(c.standing, 0), coalesce(r.standing, 0)) AS detail
        FROM registration_count c FULL JOIN (
          SELECT page_id, count(*) AS standing FROM registration WHERE state <> 'cancelled' GROUP BY page_id) r
        ON r.page_id = c.page_id WHERE coalesce(c.standing, 0) <> coalesce(r.standing, 0)""",
    ),
)

AROUND = (
    Check(
        "webhook-unprocessed",
        """SELECT e.id AS subject, e.type AS detail FROM stripe_event e
        WHERE e.processed_at IS NULL AND e.received_at <= $1 AND NOT EXISTS (SELECT 1 FROM pgqueuer q WHERE q.entrypoint = 'payments.process'
          AND convert_from(q.payload, 'UTF8')::jsonb #>> '{data,event_id}' = e.id::text)""",
    ),
    Check(
        "message-unsent",
        """SELECT m.id AS subject, format('%s, %s', m.name, m.state) AS detail FROM message m
        WHERE m.state IN ('queued', 'sending') AND coalesce(m.claimed_at, m.created_at) <= $1
        AND NOT EXISTS (SELECT 1 FROM pgqueuer q WHERE q.entrypoint = 'notifications.deliver'
          AND convert_from(q.payload, 'UTF8')::jsonb #>> '{data,message_id}' = m.id::text)""",
    ),
    Check(
        "message-given-up",
        """SELECT m.id AS subject, format('%s: %s', m.name, m.reason) AS detail FROM message m
        WHERE m.state = 'failed' AND m.name = 'order-completed'""",
    ),
    Check(
        "transition-missing",
        """SELECT t.page_id AS subject, format('%s to %s, though it was %s', t.from_state, t.to_state, t.was) AS detail
        FROM (SELECT page_id, from_state, to_state, recorded_at, coalesce(
            lag(to_state) OVER (PARTITION BY page_id ORDER BY at, recorded_at, id), 'draft') AS was
          FROM page_transition WHERE to_state IN ('draft', 'scheduled', 'active', 'paused', 'expired')) t
        WHERE t.from_state <> t.was AND t.recorded_at <= $1""",
    ),
)

CHECKS = STOCK + ORDERS + REFUNDS + REGISTRATIONS + AROUND
