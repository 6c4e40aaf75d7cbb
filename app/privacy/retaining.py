"""The daily run of the retention rules, its report, and the dry run that only looks."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from time import perf_counter

import structlog

from app.core import db
from app.core.ids import new_id
from app.privacy.rules import all_rules

REPORTS_KEPT = timedelta(days=400)
SHOWN = 14

log = structlog.get_logger()


@dataclass(frozen=True)
class Line:
    """What one rule let go, or would: `count` things from before the moment `before`. `problem` is why it failed."""

    rule: str
    before: datetime
    count: int
    problem: str = ""


@dataclass(frozen=True)
class Report:
    """One run, in milliseconds."""

    at: datetime
    took: int
    lines: tuple[Line, ...]

    @property
    def total(self) -> int:
        return sum(line.count for line in self.lines)

    @property
    def failed(self) -> bool:
        return any(line.problem for line in self.lines)


async def look(now: datetime) -> Report:
    """Return what a run at `now` would let go. Changes nothing."""
    started = perf_counter()
    lines = [
        Line(
            rule.name,
            rule.before(now),
            sum([await each.count(rule.before(now)) for each in rule.sweeps]),
        )
        for rule in all_rules()
    ]
    return Report(now, _since(started), tuple(lines))


async def run(now: datetime) -> Report:
    """Let go of everything that was kept long enough, and keep a report. One rule that fails stops no other."""
    started = perf_counter()
    lines: list[Line] = []
    for rule in all_rules():
        count, problem = 0, ""
        try:
            for sweep in rule.sweeps:
                count += await sweep.run(rule.before(now))
        except Exception as error:
            log.exception("retention.failed", rule=rule.name)
            problem = type(error).__name__
        lines.append(Line(rule.name, rule.before(now), count, problem))
    report = Report(now, _since(started), tuple(lines))
    await _store(report)
    return report


async def latest(limit: int = SHOWN) -> Sequence[Report]:
    """Return the newest reports, newest first."""
    rows = await db.fetch(
        "SELECT at, took, lines FROM retention_report ORDER BY at DESC, id DESC LIMIT $1", limit
    )
    return [_read(row) for row in rows]


def _since(started: float) -> int:
    return round((perf_counter() - started) * 1000)


async def _store(report: Report) -> None:
    lines = json.dumps([asdict(line) for line in report.lines], default=datetime.isoformat)
    async with db.transaction():
        await db.execute(
            "INSERT INTO retention_report (id, at, took, lines) VALUES ($1, $2, $3, $4::text::jsonb)",
            *(new_id(), report.at, report.took, lines),
        )
        await db.execute("DELETE FROM retention_report WHERE at < $1", report.at - REPORTS_KEPT)


def _read(row: db.Record) -> Report:
    lines = tuple(
        Line(line["rule"], datetime.fromisoformat(line["before"]), line["count"], line["problem"])
        for line in json.loads(row["lines"])
    )
    return Report(row["at"], row["took"], lines)
