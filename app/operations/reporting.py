"""Reports of the invariant job, kept for a month."""

import json
from dataclasses import asdict
from datetime import datetime, timedelta

from app.core import db
from app.core.ids import new_id
from app.operations.invariants import Finding, Report

KEPT = timedelta(days=30)


async def store(report: Report) -> None:
    """Keep a report, and drop those that are too old to matter."""
    async with db.transaction():
        await db.execute(
            "INSERT INTO invariant_report (id, at, took, repaired, broken) "
            "VALUES ($1, $2, $3, $4::jsonb, $5::jsonb)",
            new_id(),
            report.at,
            report.took,
            _json(report.repaired),
            _json(report.broken),
        )
        await db.execute("DELETE FROM invariant_report WHERE at < $1", report.at - KEPT)


async def latest() -> Report | None:
    """Return the newest report; None before the first run."""
    row = await db.fetch_one("SELECT * FROM invariant_report ORDER BY at DESC, id DESC LIMIT 1")
    if row is None:
        return None
    return Report(row["at"], row["took"], _findings(row["repaired"]), _findings(row["broken"]))


async def repaired_since(moment: datetime) -> int:
    """Return how many repairs were made since `moment`."""
    return await db.fetch_value(
        "SELECT coalesce(sum(jsonb_array_length(repaired)), 0)::int FROM invariant_report WHERE at >= $1",
        moment,
    )


def _json(findings: tuple[Finding, ...]) -> str:
    return json.dumps([asdict(finding) for finding in findings])


def _findings(text: str) -> tuple[Finding, ...]:
    return tuple(Finding(**item) for item in json.loads(text))
