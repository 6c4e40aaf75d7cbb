"""A zip that is written as its rows come: each list as JSON for programs and as CSV for people, a slice in memory at most."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from app.core.spreadsheets import BOM, csv_text, phone_cell, safe_cell, time_cell

SLICE = 500
PIECE_BYTES = 256 * 1024

Row = Mapping[str, Any]


class Archive:
    """Write `path`, and nothing else at the same time. Use `with`."""

    def __init__(self, path: Path) -> None:
        self._zip = ZipFile(path, "w", ZIP_DEFLATED, allowZip64=True)

    def __enter__(self) -> "Archive":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._zip.close()

    def add_text(self, name: str, text: str) -> None:
        self._zip.writestr(name, text)

    def add_whole(self, name: str, value: Row) -> None:
        """Add one thing as JSON."""
        self.add_text(f"{name}.json", _json(value, indent=2))

    async def add_list(self, name: str, rows: AsyncIterator[Row]) -> int:
        """Add `rows` as `<name>.json` and `<name>.csv`; return how many there were."""
        with SpooledTemporaryFile[bytes](PIECE_BYTES) as table:
            with self._zip.open(f"{name}.json", "w", force_zip64=True) as whole:
                writer = _Writer(whole, table)
                batch: list[Row] = []
                async for row in rows:
                    batch.append(row)
                    if len(batch) == SLICE:
                        await asyncio.to_thread(writer.write, batch)
                        batch = []
                await asyncio.to_thread(writer.write, batch)
                writer.close()
            await asyncio.to_thread(self._copy, f"{name}.csv", table)
        return writer.count

    def _copy(self, name: str, table: IO[bytes]) -> None:
        table.seek(0)
        with self._zip.open(name, "w", force_zip64=True) as entry:
            while piece := table.read(PIECE_BYTES):
                entry.write(piece)


class _Writer:
    """Writes rows as a JSON list, and as CSV whose columns are those of the first row."""

    def __init__(self, whole: IO[bytes], table: IO[bytes]) -> None:
        self.whole, self.table = whole, table
        self.count = 0
        self.columns: Sequence[str] = ()
        whole.write(b"[")
        table.write(BOM.encode())

    def write(self, rows: Sequence[Row]) -> None:
        for row in rows:
            if not self.count:
                self.columns = [name for name in row if name != "id"]
                self.table.write(csv_text([self.columns]).encode())
            self.whole.write((",\n" if self.count else "\n").encode() + _json(row).encode())
            self.count += 1
        cells = [[_cell(name, row.get(name)) for name in self.columns] for row in rows]
        self.table.write(csv_text(cells).encode())

    def close(self) -> None:
        self.whole.write(b"\n]\n")


def _json(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _cell(name: str, value: object) -> str:
    """Return a value as a cell that no spreadsheet runs; lists and the like as JSON."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return time_cell(value)
    if isinstance(value, list | dict):
        return safe_cell(_json(value))
    if isinstance(value, int | float):
        return str(value)
    return phone_cell(str(value)) if name == "phone" else safe_cell(str(value))
