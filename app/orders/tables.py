"""Orders, what is in them, their refunds, and what happened to them. Checks and further indexes are in the migrations.

Money is in minor units of the order's currency.
"""

from piccolo.columns import (
    JSONB,
    UUID,
    BigInt,
    Boolean,
    ForeignKey,
    Integer,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.core.ids import new_id
from app.core.partitions import register_partitioned
from app.pages.tables import Page
from app.products.tables import Product
from app.stock.tables import Hold

# Tables partitioned by raw SQL; Piccolo's automatic migrations must not see them.
PARTITIONED = "partitioned"

PROCESSING, SUBMITTED, COMPLETED = "processing", "submitted", "completed"
FAILED, EXPIRED = "failed", "expired"
REFUNDED, PARTIALLY_REFUNDED, DISPUTED = "refunded", "partially_refunded", "disputed"
STATES = (
    PROCESSING,
    SUBMITTED,
    COMPLETED,
    FAILED,
    EXPIRED,
    REFUNDED,
    PARTIALLY_REFUNDED,
    DISPUTED,
)
# States in which the buyer has paid (or got it free) and may have what was bought.
DELIVERED = (COMPLETED, PARTIALLY_REFUNDED)


class Order(Table, tablename="order"):
    """One purchase; `submitted` while its bank still has to confirm the payment. Owner columns are copied from the page; `terms` is what the buyer was promised at the hold, which
    ends at `held_until`. `checked_at` is when Stripe was last asked about it. `discount_stock_id` counts the uses of the
    code or link that lowered the price: the order has one of them, until `discount_returned`. `source` is where the buyer
    came from, by the share link `link_id`; `entry_stock_id` counts its uses when one let them in before the launch and
    lowered nothing. One that is `anonymous` leads back to nobody."""

    id = UUID(primary_key=True, default=new_id)
    number = Varchar(length=12, null=False, unique=True)
    page_id = ForeignKey(Page, null=False, index=False, on_delete=OnDelete.restrict)
    organization_id = UUID(null=False)
    group_id = UUID(null=False)
    user_id = UUID(null=False)
    customer_id = UUID(null=False, index=True)
    email = Varchar(length=254, null=False)
    buyer_key = Varchar(length=64, null=False)
    attempt_key = UUID(null=False, index=True)
    state = Varchar(length=20, null=False, default=PROCESSING)
    amount = BigInt(null=False)
    currency = Varchar(length=3, null=False)
    refunded_amount = BigInt(null=False, default=0)
    hold_id = ForeignKey(Hold, null=True, default=None, index=True, on_delete=OnDelete.set_null)
    discount_stock_id = UUID(null=True, default=None)
    discount_returned = Boolean(null=False, default=False)
    source = Varchar(length=40, null=False, default="")
    link_id = UUID(null=True, default=None)
    entry_stock_id = UUID(null=True, default=None)
    stripe_session_id = Varchar(length=255, null=True, default=None, unique=True)
    checkout_url = Text(null=True, default=None)
    payment_intent = Varchar(length=255, null=True, default=None, index=True)
    # What the operator keeps, by the seller's plan when it was completed.
    fee_basis_points = Integer(null=False, default=0)
    fee_amount = BigInt(null=False, default=0)
    terms = JSONB(null=False)
    locale = Varchar(length=12, null=False, default="en")
    created_at = Timestamptz(null=False)
    updated_at = Timestamptz(null=False)
    held_until = Timestamptz(null=True, default=None)
    completed_at = Timestamptz(null=True, default=None)
    checked_at = Timestamptz(null=True, default=None)
    anonymous = Boolean(null=False, default=False)


class OrderLine(Table, tablename="order_line"):
    """One item of an order. Amounts are for one piece; `restocked` pieces went back on sale after a refund.

    `amount` is what it costs, `reduction` what a code or a link took off the page's price: together they are that.
    """

    id = UUID(primary_key=True, default=new_id)
    order_id = ForeignKey(Order, null=False, index=True, on_delete=OnDelete.cascade)
    content_id = UUID(null=False)
    product_id = ForeignKey(Product, null=False, index=True, on_delete=OnDelete.restrict)
    stock_id = UUID(null=False)
    title = Varchar(length=200, null=False)
    quantity = Integer(null=False)
    original_amount = BigInt(null=False)
    amount = BigInt(null=False)
    reduction = BigInt(null=False, default=0)
    restocked = Integer(null=False, default=0)


class Refund(Table, tablename="refund"):
    """Money to give back: written before Stripe is asked, so that a crash in between is repaired. Its id is the
    idempotency key. `reason` is requested, unavailable (paid too late) or external (made at Stripe)."""

    id = UUID(primary_key=True, default=new_id)
    order_id = ForeignKey(Order, null=False, index=True, on_delete=OnDelete.restrict)
    amount = BigInt(null=False)
    reason = Varchar(length=12, null=False)
    state = Varchar(length=10, null=False, default="requested")
    restock = Boolean(null=False, default=False)
    actor_id = UUID(null=True, default=None)
    stripe_refund_id = Varchar(length=255, null=True, default=None, unique=True)
    failure = Varchar(length=300, null=False, default="")
    created_at = Timestamptz(null=False)
    updated_at = Timestamptz(null=False)


class OrderEvent(Table, tablename="order_event", tags=[PARTITIONED]):
    """One line of an order's history. Partitioned by month of `created_at`. `actor_id` is a user, or None."""

    id = UUID(primary_key=True, default=new_id)
    created_at = Timestamptz(null=False)
    order_id = UUID(null=False)
    kind = Varchar(length=40, null=False)
    actor_id = UUID(null=True, default=None)
    details = JSONB(null=False, default="{}")


class DownloadAttempt(Table, tablename="download_attempt", tags=[PARTITIONED]):
    """One opening of a download link, with what came of it. Partitioned by month of `created_at`."""

    id = UUID(primary_key=True, default=new_id)
    created_at = Timestamptz(null=False)
    order_id = UUID(null=False)
    file_id = UUID(null=True, default=None)
    outcome = Varchar(length=30, null=False)
    ip = Varchar(length=45, null=True, default=None)
    user_agent = Varchar(length=300, null=False, default="")


register_partitioned("order_event", "created_at")
register_partitioned("download_attempt", "created_at")
