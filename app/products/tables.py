"""Products and the files they are made of."""

from piccolo.columns import (
    UUID,
    BigInt,
    Boolean,
    ForeignKey,
    Integer,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.columns.reference import LazyTableReference
from piccolo.table import Table

from app.core.ids import new_id

AUTH = "app.auth.tables"


class Product(Table, tablename="product"):
    """Something a creator sells: a name, a price in minor units, and files.

    An inactive or expired product can't be put on new pages; pages that show it keep selling it.
    """

    id = UUID(primary_key=True, default=new_id)
    user_id = ForeignKey(
        LazyTableReference("User", module_path=AUTH),
        null=False,
        on_delete=OnDelete.restrict,
        index=True,
    )
    organization_id = ForeignKey(
        LazyTableReference("Organization", module_path=AUTH),
        null=False,
        on_delete=OnDelete.restrict,
        index=False,
    )
    # Indexed together with created_at, by the migration.
    group_id = ForeignKey(
        LazyTableReference("Group", module_path=AUTH),
        null=False,
        on_delete=OnDelete.restrict,
        index=False,
    )
    name = Varchar(length=120)
    description = Text(default="")
    # What buyers get where there is nothing to download, in the creator's words.
    instead = Text(null=False, default="")
    amount = BigInt()
    currency = Varchar(length=3)
    active = Boolean(default=True)
    deactivated_at = Timestamptz(null=True, default=None)
    deactivated_by = UUID(null=True, default=None)
    # The zone that the creator typed the expiry in, to show it again the same way.
    zone = Varchar(length=64, default="UTC")
    expires_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz(default=None, null=False)
    updated_at = Timestamptz(default=None, null=False)


class File(Table, tablename="file"):
    """A verified file of a product: what buyers get (original), a sample (preview) or the cover image.

    `size` in bytes and `sha256` (hex) are what the server read from the object store. `width` and `height`
    are of a cover's larger web-sized picture.
    """

    id = UUID(primary_key=True, default=new_id)
    product_id = ForeignKey(Product, null=False, on_delete=OnDelete.cascade, index=False)
    kind = Varchar(length=10)
    object_key = Varchar(length=400, unique=True)
    name = Varchar(length=255)
    size = BigInt()
    content_type = Varchar(length=127)
    sha256 = Varchar(length=64)
    position = SmallInt(default=0)
    width = Integer(null=True, default=None)
    height = Integer(null=True, default=None)
    created_at = Timestamptz(default=None, null=False)
