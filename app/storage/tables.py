"""Uploads: files on their way from a browser into the object store."""

from piccolo.columns import UUID, BigInt, ForeignKey, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.columns.reference import LazyTableReference
from piccolo.table import Table

from app.core.ids import new_id


class Upload(Table, tablename="upload"):
    """One file on its way. Its id is also the id of the file it becomes.

    `state`: open (parts arrive) → checking (joined in the store, being verified) → done | failed; open → aborted.
    `subject_id` is the row that the file will belong to; `kind` is that owner's word for what the file is for.
    """

    id = UUID(primary_key=True, default=new_id)
    user_id = ForeignKey(
        LazyTableReference("User", module_path="app.auth.tables"),
        null=False,
        on_delete=OnDelete.cascade,
        index=True,
    )
    group_id = UUID(default=None, null=False)
    # Open to the version before plans; every new one has it.
    organization_id = UUID(default=None, null=True)
    subject_id = UUID(default=None, null=False)
    kind = Varchar(length=20)
    object_key = Varchar(length=400, unique=True)
    name = Varchar(length=255)
    content_type = Varchar(length=127)
    size = BigInt()
    sha256 = Varchar(length=64, null=True, default=None)
    multipart_id = Varchar(length=1000)
    part_size = BigInt()
    state = Varchar(length=10, default="open")
    reason = Varchar(length=30, null=True, default=None)
    created_at = Timestamptz(default=None, null=False)
    updated_at = Timestamptz(default=None, null=False)
