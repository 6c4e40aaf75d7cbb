"""Flags that somebody has set."""

from piccolo.columns import UUID, Boolean, ForeignKey, SmallInt, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.core.ids import new_id


class Flag(Table, tablename="flag"):
    """A flag that is set; one that is not has the default of the code that asks. `percentage` is 0 to 100."""

    id = UUID(primary_key=True, default=new_id)
    name = Varchar(length=60, null=False, unique=True)
    percentage = SmallInt(null=False, default=0)
    created_at = Timestamptz(default=None, null=False)
    updated_at = Timestamptz(default=None, null=False)


class FlagOverride(Table, tablename="flag_override"):
    """What one organization has whatever the percentage is; one a flag and organization.

    `organization_id` refers to nothing: flags are below the module that has organizations.
    """

    id = UUID(primary_key=True, default=new_id)
    flag_id = ForeignKey(Flag, null=False, on_delete=OnDelete.cascade, index=False)
    organization_id = UUID(default=None, null=False)
    enabled = Boolean(null=False, default=False)
    created_at = Timestamptz(default=None, null=False)
