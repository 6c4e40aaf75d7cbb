"""Recovery codes: ten that stand in for a lost authenticator app, once each. Shown once; only digests are kept."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.core.db import execute, execute_many, fetch, fetch_value, transaction
from app.core.ids import new_id

HOW_MANY = 10
# Without letters and digits that look alike; sixteen of them are 79 bits, so a plain digest can't be searched.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
LENGTH, GROUP = 16, 4


def _new() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def _spelled(code: str) -> str:
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def _digest(user_id: UUID, code: str) -> str:
    plain = re.sub("[^a-z0-9]", "", code.casefold())
    return hashlib.sha256(user_id.bytes + plain.encode()).hexdigest()


async def make_codes(user_id: UUID, now: datetime) -> list[str]:
    """Replace all of the user's codes by new ones, in the current transaction, and return them as people read them."""
    codes = [_spelled(_new()) for _ in range(HOW_MANY)]
    async with transaction():
        await drop_codes(user_id)
        await execute_many(
            "INSERT INTO recovery_code (id, user_id, digest, created_at) VALUES ($1, $2, $3, $4)",
            [(new_id(), user_id, _digest(user_id, code), now) for code in codes],
        )
    return codes


async def use_code(user_id: UUID, code: str, now: datetime) -> bool:
    """Use up one code; False when it is none, or was used."""
    return bool(
        await execute(
            "UPDATE recovery_code SET used_at = $3 WHERE user_id = $1 AND digest = $2 AND used_at IS NULL",
            user_id, _digest(user_id, code), now,
        )
    )  # fmt: skip


async def drop_codes(user_id: UUID) -> None:
    await execute("DELETE FROM recovery_code WHERE user_id = $1", user_id)


async def codes_left(user_id: UUID) -> int:
    return await fetch_value(
        "SELECT count(*) FROM recovery_code WHERE user_id = $1 AND used_at IS NULL", user_id
    )


async def own_codes(user_id: UUID, codes: Sequence[str]) -> list[str]:
    """Return those of `codes` that are this user's, spelled as we spell them: nothing else is written into their file."""
    digests = {_digest(user_id, code): code for code in codes[:HOW_MANY]}
    rows = await fetch(
        "SELECT digest FROM recovery_code WHERE user_id = $1 AND digest = ANY($2::text[])",
        user_id,
        list(digests),
    )
    known = {row["digest"] for row in rows}
    plain = [re.sub("[^a-z0-9]", "", code.casefold()) for d, code in digests.items() if d in known]
    return [_spelled(code) for code in plain]
