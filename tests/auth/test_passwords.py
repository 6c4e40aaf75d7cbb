"""Passwords: what is accepted, and that hashing leaves the loop alone."""

import asyncio
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from argon2 import PasswordHasher

from app.auth.logging_in import authenticate
from app.auth.passwords import check_new_password, hash_password, needs_rehash, verify_password
from app.core import db
from app.core.forms import FieldError
from tests.conftest import Member
from tests.support.passwords import hash_as_always


@pytest.fixture(autouse=True)
def at_full_cost(running_app: Any) -> Iterator[None]:
    with hash_as_always():
        yield


def test_length_and_the_first_guesses() -> None:
    check_new_password("four quiet words here")
    check_new_password("пароль из слов")
    check_new_password("a summer by the river")
    check_new_password("welcome back, otter")
    for bad in (
        "short", "x" * 257, "Password123", "1112223331", "abcabcabcabc", "letmeinplease",
        "P@ssw0rd!!2031", "Summer2027!!", "5678901234", "lkjhgfdsa" + "lkj", "hijklmnopqrs", "ab1dab1dab1d",
    ):  # fmt: skip
        with pytest.raises(FieldError) as refused:
            check_new_password(bad, field="new")
        assert refused.value.field == "new"
    with pytest.raises(FieldError):
        check_new_password("olivia.stone1!", email="Olivia.Stone@example.com")


async def test_a_hash_is_argon2id_salted_and_right_only_for_its_password() -> None:
    first, second = await hash_password("some password"), await hash_password("some password")
    assert first.startswith("$argon2id$")
    assert first != second
    assert await verify_password(first, "some password")
    assert not await verify_password(first, "some passwort")
    assert not await verify_password(None, "nobody's password")
    assert not await verify_password("broken", "some password")
    assert not needs_rehash(first)
    assert "$m=19456,t=2,p=1$" in first  # not the tests' own


async def test_hashing_does_not_block_the_loop() -> None:
    hashing = [asyncio.create_task(hash_password("some password")) for _ in range(4)]
    turns = 0
    while not all(task.done() for task in hashing):
        await asyncio.sleep(0)
        turns += 1
    assert turns > 10


async def test_an_unknown_address_takes_as_long_as_a_wrong_password(
    owner: Member, now: datetime
) -> None:
    async def seconds(email: str) -> float:
        best = 1.0
        for _ in range(5):
            started = time.perf_counter()
            assert await authenticate(email, "a wrong password", now) is None
            best = min(best, time.perf_counter() - started)
        return best

    known, unknown = await seconds("olivia@example.com"), await seconds("nobody@example.com")
    assert unknown > known / 3


async def test_an_old_hash_is_made_anew_at_login(owner: Member, now: datetime) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash("correct horse 1")
    await db.execute('UPDATE "user" SET password_hash = $1', weak)
    assert await authenticate("olivia@example.com", "correct horse 1", now) == owner.viewer.user_id
    stored = await db.fetch_value('SELECT password_hash FROM "user"')
    assert stored != weak
    assert not needs_rehash(stored)
