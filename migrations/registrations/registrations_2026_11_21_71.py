"""The texts that people agreed to, by version, and which of them a registration agreed to."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.core.db import execute

ID = "registrations_2026_11_21_71"
VERSION = "1.38.0"
DESCRIPTION = "Versions of consent texts"

FORWARDS = """
CREATE TABLE consent_text (
  id uuid PRIMARY KEY,
  page_id uuid NOT NULL REFERENCES page (id) ON DELETE CASCADE,
  version integer NOT NULL,
  language varchar(12) NOT NULL,
  text text NOT NULL,
  since timestamptz NOT NULL,
  CONSTRAINT consent_text_version UNIQUE (page_id, version)
);
CREATE UNIQUE INDEX consent_text_words ON consent_text (page_id, language, md5(text));
ALTER TABLE registration ADD COLUMN consent_id uuid REFERENCES consent_text (id) ON DELETE SET NULL;
INSERT INTO consent_text (id, page_id, version, language, text, since)
  SELECT gen_random_uuid(), page_id, row_number() OVER (PARTITION BY page_id ORDER BY min(consent_at)), language,
    consent_text, min(consent_at)
  FROM registration WHERE consent_at IS NOT NULL GROUP BY page_id, language, consent_text;
UPDATE registration r SET consent_id = c.id FROM consent_text c
  WHERE c.page_id = r.page_id AND c.language = r.language AND c.text = r.consent_text AND r.consent_at IS NOT NULL;
"""
BACKWARDS = """
ALTER TABLE registration DROP COLUMN consent_id;
DROP TABLE consent_text;
"""


async def _forwards() -> None:
    await execute(FORWARDS)


async def _backwards() -> None:
    await execute(BACKWARDS)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="registrations", description=DESCRIPTION)
    manager.add_raw(_forwards)
    manager.add_raw_backwards(_backwards)
    return manager
