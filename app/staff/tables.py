"""What staff did."""

from piccolo.columns import JSONB, UUID, Timestamptz, Varchar
from piccolo.table import Table

from app.core.ids import new_id


class StaffAction(Table, tablename="staff_action"):
    """One thing that somebody of the staff did or looked at. `email` is who it was then, `subject` the id of what it was
    about; it names no row it could outlive."""

    id = UUID(primary_key=True, default=new_id)
    at = Timestamptz(default=None, null=False, index=True)
    user_id = UUID(default=None, null=False)
    email = Varchar(length=254)
    kind = Varchar(length=40)
    subject = Varchar(length=60, default="")
    ip = Varchar(length=45, default=None, null=True)
    details = JSONB(default="{}")
