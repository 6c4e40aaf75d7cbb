"""CSV injection: no cell of any export is a formula, whatever people call themselves and their things."""

import csv
import io
import re
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from app.auth.members import member
from app.core import db
from app.core.spreadsheets import FORMULA_STARTS, HARMLESS
from app.privacy.archive import Archive
from app.privacy.kinds import kinds_for
from tests.fuzz.attacking import Attack
from tests.fuzz.traces import Snapshot

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
# Where people's words are kept, and how long they may be.
WORDS = {
    "user": {"name": 80},
    "organization": {"name": 80},
    "group": {"name": 80},
    "product": {"name": 120, "description": 200},
    "page": {"title": 120, "description": 200},
    "page_content": {"title": 120},
    "file": {"name": 120},
    "share_link": {"source": 30},
    "session": {"user_agent": 120},
    "order": {"email": 120},
    "order_line": {"title": 120},
    "registration": {"name": 120, "email": 120, "source": 30, "consent_text": 200},
    "message": {"recipient": 120, "subject": 200},
}
SHORTEST = 30


async def _poison(evil: str) -> None:
    """Put the evil text into everything that people can type, past the forms: these are not what protects us."""
    for table, columns in WORDS.items():
        for column, longest in columns.items():
            # Some of them must differ from row to row.
            await db.execute(
                f"""UPDATE "{table}" t SET {column} = left($1 || right(id::text, 6), {longest})""",
                evil,
            )
    await db.execute(
        "UPDATE \"order\" SET terms = jsonb_set(terms::jsonb, '{title}', to_jsonb($1::text))", evil
    )
    answers = """jsonb_build_object('note', $1::text)"""
    await db.execute(f"UPDATE registration SET answers = {answers}", evil)


def _judge(text: str, evil: str, said: str) -> int:
    """Every row is as long as the head and no cell is run; return how many held the evil text."""
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert {len(row) for row in rows} <= {len(rows[0])} if rows else True, said
    cells = [cell for row in rows for cell in row]
    run = [cell for cell in cells if cell.startswith(FORMULA_STARTS)]
    wrong = [cell for cell in run if not HARMLESS.fullmatch(cell) and not NUMBER.fullmatch(cell)]
    assert not wrong, (said, wrong[:3])
    return sum(evil[:SHORTEST] in cell for cell in cells)


async def test_no_cell_of_an_export_is_a_formula(attack: Attack, tmp_path: Path) -> None:
    exports = [
        route
        for route in attack.routes
        if route.method == "GET" and route.template.endswith(".csv")
    ]
    assert len(exports) >= 3
    for number, start in enumerate(FORMULA_STARTS):
        evil = start + 'HYPERLINK("https://evil.example","x")\r\n=2'
        await _poison(evil)
        attack.snapshot = await Snapshot.take()
        found: dict[str, int] = {}
        for route in exports:
            for values in attack.world.addresses(route):
                answer = await attack.send("GET", route.path(values))
                assert answer.headers["content-disposition"].startswith("attachment"), str(route)
                assert answer.headers["x-content-type-options"] == "nosniff", str(route)
                found[str(route)] = _judge(answer.text, evil, str(route))
        found |= await _archive(attack.world.viewer, tmp_path / f"{number}.zip", evil)
        # The control: it was there to be made harmless.
        assert sum(found.values()) > 20, found
        assert found["GET /console/orders/export.csv"] > 3
        assert found["GET /console/registrations/export.csv"] > 3


async def _archive(viewer: Any, path: Path, evil: str) -> dict[str, int]:
    """What somebody takes along of their account, list by list."""
    who = await member(viewer.user_id)
    assert who is not None
    with Archive(path) as archive:
        for kind in kinds_for(who):
            await archive.add_list(kind.name, kind.rows(who))
    with ZipFile(path) as archive:
        tables = [name for name in archive.namelist() if name.endswith(".csv")]
        return {name: _judge(archive.read(name).decode(), evil, name) for name in tables}
