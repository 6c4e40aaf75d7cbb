"""Whose things an export holds, so that it is handed out only to who may have them still."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.db import execute

ID = "privacy_2026_12_01_70"
VERSION = "1.38.0"
DESCRIPTION = "The scope of an export"

# What the previous version builds has no organization, and is not handed out: asking again is easy.
FORWARDS = """
ALTER TABLE data_export ADD COLUMN organization_id uuid, ADD COLUMN whole boolean NOT NULL DEFAULT false;
"""
BACKWARDS = """
ALTER TABLE data_export DROP COLUMN organization_id, DROP COLUMN whole;
"""


async def _forwards() -> None:
    await execute(FORWARDS)


async def _backwards() -> None:
    await execute(BACKWARDS)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="privacy", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager
