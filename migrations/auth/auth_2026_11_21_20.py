"""Every organization has one owner: until now its first admin."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.db import execute

ID = "auth_2026_11_21_20"
VERSION = "1.38.0"
DESCRIPTION = "Owners of organizations"

# Null stays allowed: the previous version makes organizations beside this one, and knows of no owner.
FORWARDS = """
ALTER TABLE organization ADD COLUMN owner_id uuid REFERENCES "user" (id) ON DELETE RESTRICT;
CREATE INDEX organization_owner ON organization (owner_id);
UPDATE organization o SET owner_id = (
  SELECT u.id FROM "user" u JOIN user_role held ON held.user_id = u.id
    JOIN role r ON r.id = held.role_id AND r.group_id = u.group_id AND r.name = 'admin'
  WHERE u.organization_id = o.id ORDER BY u.created_at, u.id LIMIT 1);
"""
BACKWARDS = "ALTER TABLE organization DROP COLUMN owner_id;"


async def _forwards() -> None:
    await execute(FORWARDS)


async def _backwards() -> None:
    await execute(BACKWARDS)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="auth", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager
