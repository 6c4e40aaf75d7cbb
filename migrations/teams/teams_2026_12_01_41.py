"""Addresses in their canonical form: domains in their own script, one form of two."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.address_rows import make_canonical

ID = "teams_2026_12_01_41"
VERSION = "1.38.0"
DESCRIPTION = "Canonical addresses"


async def _forwards() -> None:
    await make_canonical("invitation", "email")


async def _backwards() -> None:
    """The canonical form is one that the previous version could store as well."""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="teams", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager
