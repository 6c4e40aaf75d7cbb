"""`mayfly invariants`, `mayfly retention`: whether the figures of this installation agree, and what it kept long enough."""

import asyncio

from app.commands.saying import complain, say


def invariants(*, repair: bool) -> int:
    """Check everything, mend what is safe unless told not to, and say what is left; 1 when something is."""
    try:
        return asyncio.run(_invariants(repair=repair))
    except OSError as problem:
        complain(f"The database can't be reached: {problem}")
        return 1


async def _invariants(*, repair: bool) -> int:
    from app.core import db
    from app.core.clock import utc_now
    from app.main import register_handlers
    from app.operations import invariants, reporting

    register_handlers()
    await db.open_pool()
    try:
        if repair:
            report = await invariants.keep(utc_now())
            await reporting.store(report)
        else:
            report = await invariants.look(utc_now())
    finally:
        await db.close_pool()
    for finding in report.repaired:
        say(f"repaired  {finding.check}  {finding.subject}  {finding.detail}")
    for finding in report.broken:
        say(f"broken    {finding.check}  {finding.subject}  {finding.detail}")
    say(f"{len(report.broken)} broken, {len(report.repaired)} repaired, {report.took} ms")
    return 1 if report.broken else 0


def retention(*, dry_run: bool) -> int:
    """Let go of what was kept long enough, or only say what would go; 1 when a rule failed."""
    try:
        return asyncio.run(_retention(dry_run=dry_run))
    except OSError as problem:
        complain(f"The database can't be reached: {problem}")
        return 1


async def _retention(*, dry_run: bool) -> int:
    from app.core import db
    from app.core.clock import utc_now
    from app.main import register_handlers
    from app.privacy import retaining

    register_handlers()
    await db.open_pool()
    try:
        report = await (retaining.look if dry_run else retaining.run)(utc_now())
    finally:
        await db.close_pool()
    verb = "would go" if dry_run else "gone"
    for line in report.lines:
        failed = f"  failed: {line.problem}" if line.problem else ""
        say(
            f"{line.rule:16} {line.count:8} {verb}, older than {line.before:%Y-%m-%d %H:%M}{failed}"
        )
    say(f"{report.total} {verb}, {report.took} ms")
    return 1 if report.failed else 0
