"""Stock and the holds on it. Checks and compound indexes are in the migrations."""

from piccolo.columns import UUID, ForeignKey, Integer, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

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
