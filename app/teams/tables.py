"""Invitations into a group."""

from piccolo.columns import UUID, Array, ForeignKey, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.auth.tables import Group, Organization, User
from app.core.ids import new_id


class Invitation(Table, tablename="invitation"):
    """Somebody's address may join a group with `roles`, until `expires_at` and once.

    The link carries a secret of which `token_hash` is kept; sending it again makes a new one. An address is invited by
    an organization once at a time (index in the migration).
    """

    id = UUID(primary_key=True, default=new_id)
    organization_id = ForeignKey(Organization, null=False, on_delete=OnDelete.cascade, index=True)
    group_id = ForeignKey(Group, null=False, on_delete=OnDelete.cascade, index=True)
    invited_by = ForeignKey(User, null=False, on_delete=OnDelete.restrict, index=True)
    email = Varchar(length=254)
    roles = Array(base_column=Varchar(length=20), default=list)
    language = Varchar(length=12, default="en")
    token_hash = Varchar(length=64)
    created_at = Timestamptz(default=None, null=False)
    sent_at = Timestamptz(default=None, null=False)
    expires_at = Timestamptz(default=None, null=False)
    accepted_at = Timestamptz(default=None, null=True)
    withdrawn_at = Timestamptz(default=None, null=True)
