"""What the tables of products must always hold, and the indexes that its reads use."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "products_2026_11_20_0002"
VERSION = "1.38.0"
DESCRIPTION = "constraints and indexes"


class Product(Table, tablename="product"):
    """A name to run SQL by."""


async def _add_constraints() -> None:
    await Product.raw(
        """ALTER TABLE product
             ADD CONSTRAINT product_amount CHECK (amount BETWEEN 0 AND 99999999),
             ADD CONSTRAINT product_currency CHECK (currency ~ '^[A-Z][A-Z][A-Z]$'),
             ADD CONSTRAINT product_name CHECK (name <> ''),
             ADD CONSTRAINT product_deactivated CHECK (active = (deactivated_at IS NULL))"""
    )
    await Product.raw(
        """ALTER TABLE file
             ADD CONSTRAINT file_kind CHECK (kind IN ('original', 'preview', 'cover')),
             ADD CONSTRAINT file_size CHECK (size > 0),
             ADD CONSTRAINT file_sha256 CHECK (length(sha256) = 64 AND sha256 !~ '[^0-9a-f]')"""
    )
    await Product.raw("CREATE INDEX product_group ON product (group_id, created_at DESC, id)")
    await Product.raw("CREATE INDEX file_product ON file (product_id, kind, position, id)")
    await Product.raw(
        "CREATE UNIQUE INDEX file_one_cover ON file (product_id) WHERE kind = 'cover'"
    )


async def _drop_constraints() -> None:
    await Product.raw("DROP INDEX product_group, file_product, file_one_cover")
    await Product.raw(
        """ALTER TABLE file DROP CONSTRAINT file_kind, DROP CONSTRAINT file_size, DROP CONSTRAINT file_sha256"""
    )
    await Product.raw(
        """ALTER TABLE product DROP CONSTRAINT product_amount, DROP CONSTRAINT product_currency,
             DROP CONSTRAINT product_name, DROP CONSTRAINT product_deactivated"""
    )


async def forwards() -> MigrationManager:
    # Piccolo runs raw SQL before it makes tables, so constraints have a migration of their own.
    manager = MigrationManager(migration_id=ID, app_name="products", description=DESCRIPTION)
    manager.add_raw(_add_constraints)
    manager.add_raw_backwards(_drop_constraints)
    return manager
