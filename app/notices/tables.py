"""Notices that wait for their mail, and what each member wants to be told."""

from piccolo.columns import UUID, BigInt, Boolean, ForeignKey, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.auth.tables import User
from app.core.ids import new_id


class Notice(Table, tablename="notice"):
    """One thing that one member is to be told; told once it has a `told_at`. Unique by `user_id` and `key`.

    `subject_id` is the order or registration. `amount` is in minor units, with `currency` "" where there is no money.
    """

    id = UUID(primary_key=True, default=new_id)
    user_id = ForeignKey(User, null=False, on_delete=OnDelete.cascade, index=True)
    kind = Varchar(length=20)
    key = Varchar(length=120)
    subject_id = UUID(default=None, null=False)
    title = Varchar(length=200)
    amount = BigInt(default=0)
    currency = Varchar(length=3)
    happened_at = Timestamptz(default=None, null=False)
    told_at = Timestamptz(default=None, null=True)


class NoticeSettings(Table, tablename="notice_settings"):
    """What a member wants to be told, and how often; whoever has no row is told everything soon."""

    user_id = ForeignKey(
        User, primary_key=True, null=False, on_delete=OnDelete.cascade, index=False
    )
    sale = Boolean(default=True)
    refund = Boolean(default=True)
    registration = Boolean(default=True)
    dispute = Boolean(default=True)
    daily = Boolean(default=False)
    updated_at = Timestamptz(default=None, null=False)
