"""`mayfly two-factor-off`: for somebody who has lost both the phone and the recovery codes."""

import asyncio

from app.commands.saying import complain, say


def two_factor_off(email: str) -> int:
    """Remove an account's two-factor, after whoever runs the installation has made sure who asks; 1 when there is none."""
    try:
        removed = asyncio.run(_two_factor_off(email))
    except OSError as problem:
        complain(f"The database can't be reached: {problem}")
        return 1
    if not removed:
        complain(f"There is no account with two-factor at {email}.")
        return 1
    say(f"The password of {email} is enough to log in again; its owner is told by mail.")
    return 0


async def _two_factor_off(email: str) -> bool:
    from app.auth.accounts import account_of
    from app.auth.two_factor import remove_for
    from app.core import db
    from app.core.clock import utc_now

    await db.open_pool()
    try:
        account = await account_of(email)
        return account is not None and await remove_for(account, utc_now())
    finally:
        await db.close_pool()
