"""`mayfly two-factor-off`, for somebody who has lost both the phone and the recovery codes, and `mayfly reseal`, for a key
that must go now."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from app.commands.saying import complain, say


def two_factor_off(email: str) -> int:
    """Remove an account's two-factor, after whoever runs the installation has made sure who asks; 1 when there is none."""
    removed = _run(_two_factor_off(email))
    if removed is None:
        return 1
    if not removed:
        complain(f"There is no account with two-factor at {email}.")
        return 1
    say(f"The password of {email} is enough to log in again; its owner is told by mail.")
    return 0


def reseal() -> int:
    """Seal what is kept sealed with the first of the keys, as the worker does every night; 1 when that can't be done."""
    sealed = _run(_reseal())
    if sealed is None:
        return 1
    say(f"{sealed} sealed anew. No key but the first is needed to open anything.")
    return 0


def _run(work: Coroutine[Any, Any, int]) -> int | None:
    """Do it with a pool; None, with words, when there is no database."""
    try:
        return asyncio.run(_with_a_pool(work))
    except OSError as problem:
        work.close()
        complain(f"The database can't be reached: {problem}")
        return None


async def _with_a_pool(work: Coroutine[Any, Any, int]) -> int:
    from app.core import db

    await db.open_pool()
    try:
        return await work
    finally:
        await db.close_pool()


async def _two_factor_off(email: str) -> bool:
    from app.auth.accounts import account_of
    from app.auth.two_factor import remove_for
    from app.core.clock import utc_now

    account = await account_of(email)
    return account is not None and await remove_for(account, utc_now())


async def _reseal() -> int:
    from app.auth.two_factor import seal_anew

    return await seal_anew()
