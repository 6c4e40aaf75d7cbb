"""What orders leave behind: where a download came from, for a while; who bought, for as long as tax law wants it.

An order that is `anonymous` leads back to nobody. Its figures stay: stock and sums are made of them.
"""

from app.core.retaining import Months, Rows

ADDRESSES = (
    Rows(
        "download_attempt",
        "(ip IS NOT NULL OR user_agent <> '') AND created_at < $1",
        empty="ip = NULL, user_agent = ''",
    ),
)
ORDERS = (
    Rows(
        "order",
        "NOT anonymous AND state <> 'processing' AND created_at < $1",
        empty="anonymous = true, email = '', buyer_key = '', customer_id = gen_random_uuid(), payment_intent = NULL, "
        "stripe_session_id = NULL, checkout_url = NULL",
    ),
    Months("order_event", "created_at"),
    Months("download_attempt", "created_at"),
)
