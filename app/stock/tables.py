"""Stock, the holds on it, and discount codes, whose uses are stock. Checks and compound indexes are in the migrations."""

from piccolo.columns import (
    UUID,
    BigInt,
    Boolean,
    ForeignKey,
    Integer,
    SmallInt,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.auth.tables import Group, Organization, User
from app.core.ids import new_id

LIVE, SOLD, RELEASED, LAPSED = "live", "sold", "released", "lapsed"


class Stock(Table, tablename="stock"):
    """A counter in units. `capacity` None is unlimited; the database refuses `held + sold > capacity`."""

    id = UUID(primary_key=True, default=new_id)
    capacity = Integer(null=True, default=None)
    held = Integer(null=False, default=0)
    sold = Integer(null=False, default=0)


class Hold(Table, tablename="hold"):
    """Units reserved until `expires_at`. `topic` is the live topic that shows them."""

    id = UUID(primary_key=True, default=new_id)
    topic = Varchar(length=100, null=False)
    buyer_key = Varchar(length=64, null=False)
    state = Varchar(length=10, null=False, default=LIVE)
    created_at = Timestamptz(null=False)
    expires_at = Timestamptz(null=False)
    ended_at = Timestamptz(null=True, default=None)


class HoldLine(Table, tablename="hold_line"):
    """How many units of one stock a hold has; one line a stock."""

    id = UUID(primary_key=True, default=new_id)
    hold_id = ForeignKey(Hold, null=False, index=False, on_delete=OnDelete.cascade)
    stock_id = ForeignKey(Stock, null=False, index=True, on_delete=OnDelete.restrict)
    quantity = Integer(null=False)


class DiscountCode(Table, tablename="discount_code"):
    """A code that takes `percent` off each piece, or `amount` (minor units of `currency`) off the whole order; it is one
    of the two. `code` is in capitals and unique in its group while `active`. It is good from `valid_from` until
    `valid_until`; `zone` is the one these were typed in. `stock_id` counts its uses: without capacity, without limit.
    With `everywhere` it is for all pages of the group."""

    id = UUID(primary_key=True, default=new_id)
    organization_id = ForeignKey(Organization, null=False, index=True, on_delete=OnDelete.restrict)
    group_id = ForeignKey(Group, null=False, index=False, on_delete=OnDelete.restrict)
    created_by = ForeignKey(User, null=True, default=None, index=True, on_delete=OnDelete.set_null)
    updated_by = ForeignKey(User, null=True, default=None, index=True, on_delete=OnDelete.set_null)
    code = Varchar(length=40, null=False)
    percent = SmallInt(null=True, default=None)
    amount = BigInt(null=True, default=None)
    currency = Varchar(length=3, null=False, default="")
    valid_from = Timestamptz(null=True, default=None)
    valid_until = Timestamptz(null=True, default=None)
    zone = Varchar(length=64, null=False, default="UTC")
    stock_id = ForeignKey(Stock, null=False, index=False, on_delete=OnDelete.restrict)
    per_buyer_limit = Integer(null=True, default=None)
    everywhere = Boolean(null=False, default=False)
    active = Boolean(null=False, default=True)
    created_at = Timestamptz(null=False)
    updated_at = Timestamptz(null=False)


class DiscountCodePage(Table, tablename="discount_code_page"):
    """One page that a code is for. Stock knows no pages: the key to them is made by the pages' own migration."""

    id = UUID(primary_key=True, default=new_id)
    code_id = ForeignKey(DiscountCode, null=False, index=False, on_delete=OnDelete.cascade)
    page_id = UUID(null=False, index=True)
