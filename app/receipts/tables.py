"""Receipts."""

from piccolo.columns import JSONB, UUID, Timestamptz, Varchar
from piccolo.table import Table

from app.core.ids import new_id


class ErasureReceipt(Table, tablename="erasure_receipt"):
    """That an account or a registration was erased, and how much with it. Nothing in it tells whose it was: `digest` is
    keyed, and of number and address together, so that only who has both can be told that they belong together."""

    id = UUID(primary_key=True, default=new_id)
    number = Varchar(length=14, unique=True)
    kind = Varchar(length=15)
    digest = Varchar(length=64)
    details = JSONB(default="{}")
    at = Timestamptz(default=None, null=False)
