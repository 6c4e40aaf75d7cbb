"""Passwords: what is accepted, and Argon2id in threads of its own, so that hashing never blocks the loop."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from app.auth.common_passwords import COMMON_PASSWORDS
from app.core.forms import FieldError
from app.core.i18n import gettext as _

SHORTEST = 10
LONGEST = 256

# OWASP's parameters for Argon2id: 19 MiB for each hash in work. The threads bound the memory and the cores
# that a flood of logins can take.
_THREADS = 2
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
_executor = ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="argon2")

# Checked when there is no such account, so that an unknown address takes as long as a wrong password.
_DECOY = _hasher.hash("nobody's password")


def check_new_password(password: str, *, email: str = "", field: str = "password") -> None:
    """Raise FieldError when `password` is too short, too long, or among the first that anyone would try."""
    if len(password) < SHORTEST:
        raise FieldError(field, _("At least %(n)s characters, please.", n=SHORTEST))
    if len(password) > LONGEST:
        raise FieldError(field, _("At most %(n)s characters, please.", n=LONGEST))
    if _is_easy(password.casefold(), email.casefold()):
        raise FieldError(field, _("This is one of the first passwords anyone would try."))


def _is_easy(password: str, email: str) -> bool:
    stem = password.strip("0123456789!?.-_ ")
    return (
        password in COMMON_PASSWORDS
        or len(set(password)) < 4
        or bool(email and (password == email or stem == email.partition("@")[0]))
    )


async def hash_password(password: str) -> str:
    """Return the Argon2id hash of `password`, with its salt and parameters."""
    return await asyncio.get_running_loop().run_in_executor(_executor, _hasher.hash, password)


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


async def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether `password` is right; None as hash (no such account) takes the same time and is False."""
    right = await asyncio.get_running_loop().run_in_executor(
        _executor, _verify, password_hash or _DECOY, password[: LONGEST + 1]
    )
    return right and password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)
