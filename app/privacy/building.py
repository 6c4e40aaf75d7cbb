"""Building an export: a file on disk first, then in the object store; the list of what is in it comes first."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from app.auth.members import Member
from app.auth.personal_data import profile_of
from app.core.i18n import gettext as _
from app.core.settings import get_settings
from app.privacy.archive import Archive
from app.privacy.kinds import kinds_for
from app.storage.objects import get_store

CONTENT_TYPE = "application/zip"
Progress = Callable[[int, int], Awaitable[None]]


@dataclass(frozen=True)
class Built:
    """What came of it: where it lies, and its size in bytes."""

    object_key: str
    size: int


def export_folder(user_id: UUID) -> str:
    """Return where a person's exports lie in the bucket."""
    return f"users/{user_id}/exports/"


async def build(export_id: UUID, member: Member, now: datetime, progress: Progress) -> Built:
    """Write and store somebody's export, and tell `progress` (done, steps) on the way. Raises StoreUnavailable."""
    key = f"{export_folder(member.id)}{export_id}.zip"
    with TemporaryDirectory(prefix="mayfly-export-") as folder:
        path = Path(folder) / "export.zip"
        await _write(path, member, now, progress)
        await get_store().put_file(key, path, CONTENT_TYPE)
        return Built(key, (await asyncio.to_thread(path.stat)).st_size)


async def _write(path: Path, member: Member, now: datetime, progress: Progress) -> None:
    kinds = kinds_for(member)
    steps = len(kinds) + 1
    counts: list[tuple[str, int, str]] = []
    with Archive(path) as archive:
        archive.add_whole("account", await profile_of(member.id))
        await progress(1, steps)
        for done, kind in enumerate(kinds, start=2):
            count = await archive.add_list(kind.name, kind.rows(member))
            counts.append((kind.name, count, kind.words()))
            await progress(done, steps)
        archive.add_text("README.txt", _contents(member, now, counts))


def _contents(member: Member, now: datetime, counts: list[tuple[str, int, str]]) -> str:
    lines = [
        _("The data of %(email)s at %(site)s, as of %(when)s.",
          email=member.email, site=get_settings().base_url, when=now.isoformat(timespec="seconds")),
        "",
        _("Each list is there twice: as .json for programs, as .csv for a spreadsheet. Times are in UTC."),
        "",
        "account.json: " + _("Your account"),
        *(f"{name}.json, {name}.csv: {words} ({count})" for name, count, words in counts),
    ]  # fmt: skip
    return "\r\n".join([*lines, ""])
