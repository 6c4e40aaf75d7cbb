"""`mayfly invariants`: whether the figures of this installation agree."""

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
