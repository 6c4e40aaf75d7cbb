"""Passwords: what is accepted, and Argon2id in threads of its own, so that hashing never blocks the loop."""

import asyncio
import hashlib
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from app.auth.common_passwords import COMMON_PASSWORDS, COMMON_STEMS
from app.core.forms import FieldError
from app.core.i18n import gettext as _

# What stands where the hash of an account is that nobody can log in to: the hash of no password at all.
NO_PASSWORD = "!"  # noqa: S105
SHORTEST = 10
LONGEST = 256
# What people put in place of letters, thinking nobody would guess.
_LOOKALIKES = str.maketrans("0134578@$", "oleastbas")
_RUNS = tuple(
    row * 3
    for row in ("0123456789", "1234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm",
                "qwertzuiop", "azertyuiop")
)  # fmt: skip

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
    stem = _stem(password)
    stems = {stem, stem.translate(_LOOKALIKES)}
    return (
        password in COMMON_PASSWORDS
        or not stems.isdisjoint(COMMON_STEMS)
        or len(set(password)) < 4
        or _is_pattern(password)
        or bool(email and (password == email or email.partition("@")[0] in stems))
    )


def _stem(password: str) -> str:
    return password.strip("0123456789!?.-_#*+&%$ ")


def _is_pattern(password: str) -> bool:
    """Whether it is a few characters over and over, or a stretch of the alphabet or of a keyboard's row."""
    length = len(password)
    repeats = any(password == (password[:n] * length)[:length] for n in range(1, 5))
    return repeats or any(password in run or password[::-1] in run for run in _RUNS)


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


def fingerprint(password_hash: str, purpose: str) -> str:
    """Return what a signed link or token says of the password it was made for, so that it dies with that password."""
    return hashlib.sha256(f"{purpose}:{password_hash}".encode()).hexdigest()[:32]


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)
