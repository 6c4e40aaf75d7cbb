"""How often one may try, without letting a stranger lock anyone out.

Wrong passwords are counted for an account *from one network*, and for a network over all accounts: whoever guesses
slows down themselves and their neighbours, not the account's owner elsewhere. A browser that has logged in before
carries a signed cookie and is counted for itself alone (OWASP's "device cookies"), so that even a neighbour can't
keep its owner out. Nothing is ever closed: the waits grow up to a bound (`guessing.py`).

The second step is reached with the right password only. Its codes are few, so it is counted for the account from
everywhere; known browsers count for themselves here too.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Request
from litestar.datastructures import Cookie

from app.auth.cookies import DEVICE_AGE, cookie_name, device_cookie
from app.auth.guessing import Count, Pace, count_of, forgive
from app.core.addresses import canonical_address
from app.core.db import fetch_value
from app.core.errors import BadSignature, ExpiredLink
from app.core.ids import new_short_id
from app.core.ratelimit import client_address, limit, network_of
from app.core.settings import get_settings
from app.core.signing import read_token, sign_token

SIGN_UPS = "20/hour"
LOGINS_BY_ADDRESS = "30/minute"
RESETS_BY_ADDRESS = "20/hour"
RESETS_BY_ACCOUNT = "5/hour"
VERIFICATIONS = "5/hour"
ADDRESS_CHANGES = "5/hour"
PROOFS = "10/15minutes"
# Uses of a link that came by mail, for the account that it is about.
LINKS = "20/hour"
EXPORTS = "30/hour"
# For what is counted by account, colleagues behind one address together have this many times as much.
COLLEAGUES = 10

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FROM_NETWORK = Pace(free=5, first=2, longest=15 * 60, memory=DAY)
FROM_DEVICE = Pace(free=10, first=2, longest=60, memory=HOUR)
NETWORK = Pace(free=50, first=2, longest=60, memory=HOUR)
CODES = Pace(free=5, first=30, longest=3600, memory=DAY)

# So many people may use one browser and be known to it.
MOST_ACCOUNTS = 5

AnyRequest = Request[Any, Any, Any]


def _hidden(email: str) -> str:
    # No address in the counter's storage, and the same key whatever the case.
    return hashlib.sha256(canonical_address(email).casefold().encode()).hexdigest()[:32]


async def account_key(email: str) -> str:
    """Return what an address is counted by: whose it is, so that a new address keeps its devices; else itself."""
    known = await fetch_value('SELECT id FROM "user" WHERE lower(email) = lower($1)', email)
    return str(known) if known else _hidden(email)


def _device(request: AnyRequest, now: datetime) -> tuple[str, list[str]]:
    """Return the id of this browser, and the accounts that have logged in on it, the latest first."""
    try:
        seen = read_token("device", request.cookies.get(cookie_name("device"), ""), now)
        return str(seen["id"]), [str(account) for account in seen["accounts"]]
    except (BadSignature, ExpiredLink, KeyError):
        return new_short_id(), []


def known_device(request: AnyRequest, account: str, now: datetime) -> str | None:
    """Return the id of a browser that has logged in to this account before, or None."""
    device, accounts = _device(request, now)
    return device if account in accounts else None


def remember_device(request: AnyRequest, user_id: UUID, now: datetime) -> Cookie:
    """Return the cookie that makes this browser known to the account."""
    device, accounts = _device(request, now)
    others = [account for account in accounts if account != str(user_id)]
    known = {"id": device, "accounts": [str(user_id), *others][:MOST_ACCOUNTS]}
    return device_cookie(sign_token("device", known, now, DEVICE_AGE))


def _counted(counts: list[Count]) -> list[Count]:
    return counts if get_settings().rate_limits else []


async def limit_sign_ups(request: AnyRequest) -> None:
    """Raise TooManyRequests, as all of these."""
    await limit(request, "signup", SIGN_UPS)


async def limit_logins(request: AnyRequest) -> None:
    """For whatever takes a password or a code of somebody who is not logged in."""
    await limit(request, "login", LOGINS_BY_ADDRESS)


async def login_counts(request: AnyRequest, email: str, now: datetime) -> list[Count]:
    """Return what a try to log in counts for (`guessing.count_try`)."""
    account = await account_key(email)
    if device := known_device(request, account, now):
        return _counted([count_of(FROM_DEVICE, "login", account, device)])
    network = network_of(client_address(request))
    return _counted(
        [
            count_of(FROM_NETWORK, "login", account, network),
            count_of(NETWORK, "login", network, shared=True),
        ]
    )


def code_counts(request: AnyRequest, user_id: UUID, now: datetime) -> list[Count]:
    """Return what a code of the second step counts for."""
    device = known_device(request, str(user_id), now) or ""
    return _counted([count_of(CODES, "code", user_id, device)])


async def forgive_codes(user_id: UUID) -> None:
    """Forget wrong codes of unknown browsers: with a new password, whoever typed them is shut out before that."""
    await forgive([count_of(CODES, "code", user_id, "")])


async def limit_resets(request: AnyRequest, email: str) -> None:
    await limit(request, "reset", RESETS_BY_ADDRESS)
    # From one network only: else a stranger could keep the owner from asking.
    key = f"{_hidden(email)}:{network_of(client_address(request))}"
    await limit(request, "reset-account", RESETS_BY_ACCOUNT, key=key)


async def limit_account(request: AnyRequest, name: str, rate: str, account: object) -> None:
    """Count one use of `name` for an account, and for the address among those of others there."""
    times, _slash, window = rate.partition("/")
    await limit(request, f"{name}-address", f"{int(times) * COLLEAGUES}/{window}")
    await limit(request, name, rate, key=str(account))


async def limit_proofs(request: AnyRequest, user_id: object) -> None:
    """For whatever asks a logged-in person for their password or a code again."""
    await limit_account(request, "proof", PROOFS, user_id)


async def limit_address_changes(request: AnyRequest, user_id: object) -> None:
    await limit_account(request, "address-change", ADDRESS_CHANGES, user_id)


async def limit_verifications(request: AnyRequest, user_id: object) -> None:
    await limit_account(request, "verification", VERIFICATIONS, user_id)


async def limit_link(request: AnyRequest, name: str, subject: object) -> None:
    """For the use of a link that came by mail: `name` says of which kind, `subject` whose or which. Besides the address."""
    await limit(request, f"{name}-one", LINKS, key=str(subject))


async def limit_exports(request: AnyRequest, user_id: object) -> None:
    """For whatever hands out a file of all there is."""
    await limit_account(request, "export", EXPORTS, user_id)
