"""One client can't stop the server: forms of many fields, many streams, made-up themes, deep nesting."""

import base64
import json
import time
from pathlib import Path
from typing import Any

import pytest

from app.core import forms, patience, stream_limit, theme
from app.core.settings import get_settings
from app.core.stream_limit import StreamLimit, subscriber_behind
from app.registrations.captcha import Unsolved, check
from tests.factories.pages import make_page

ROOT = Path(__file__).parents[2]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# What the loop may be busy with one request; the attack took 1.3 to 2.6 seconds.
MOST_SECONDS = 0.5


def fields(number: int) -> bytes:
    return b"&".join(b"f%d=" % index for index in range(number))


@pytest.mark.parametrize("path", ["/login", "/signup", "/orders/recover", "/console/products"])
async def test_a_form_of_many_fields_is_refused_before_it_is_parsed(owner: Any, path: str) -> None:
    for number in (forms.MAXIMUM_FIELDS + 1, 30_000):
        started = time.perf_counter()
        answer = await owner.post(path, content=fields(number), headers=FORM)
        assert answer.status_code == 413, (path, number)
        assert time.perf_counter() - started < MOST_SECONDS
    # The control: as many as may be are read, and refused in words, of which there are few.
    answer = await owner.post(path, content=fields(forms.MAXIMUM_FIELDS), headers=FORM)
    assert answer.status_code == 422
    assert answer.text.count("Unknown field") <= forms.UNKNOWN_NAMED


async def test_parts_are_counted_too(owner: Any) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n\r\n'
    body = b"".join(part % index for index in range(forms.MAXIMUM_FIELDS + 1)) + b"--b--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    assert (await owner.post("/login", content=body, headers=headers)).status_code in (400, 413)


async def test_names_are_short(owner: Any) -> None:
    long = b"n" * (forms.MAXIMUM_NAME_LENGTH + 1) + b"=1"
    assert (await owner.post("/login", content=long, headers=FORM)).status_code == 400


async def test_what_visitors_send_is_smaller_than_what_editors_do(owner: Any, client: Any) -> None:
    body = b"email=" + b"a" * patience.LARGEST_OF_VISITORS
    assert (await client.post("/login", content=body, headers=FORM)).status_code == 413
    assert (await owner.post("/console/products", content=body, headers=FORM)).status_code == 422

    async def never_read() -> Any:
        yield b"a"
        raise AssertionError("the body was read, though its announced size is refused")

    headers = {**FORM, "Content-Length": str(patience.LARGEST_OF_VISITORS + 1)}
    answer = await client.post("/login", content=never_read(), headers=headers)
    assert answer.status_code == 413


def test_streams_are_counted_by_address() -> None:
    most = get_settings().streams_per_address
    limit = StreamLimit()
    assert all(limit.take("192.0.2.1/32") for _ in range(most))
    assert not limit.take("192.0.2.1/32")
    assert limit.take("192.0.2.2/32")
    limit.give_back("192.0.2.1/32")
    assert limit.take("192.0.2.1/32")
    for address in ("192.0.2.2/32", *["192.0.2.1/32"] * most):
        limit.give_back(address)
    assert not limit.open


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_a_subscriber_is_an_address_or_a_64(one: str, other: str, same: bool) -> None:
    first, second = (
        subscriber_behind({"client": (each, 1), "headers": []}) for each in (one, other)
    )
    assert (first == second) is same


async def test_one_stream_too_many_is_answered_429(
    owner: Any, client: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await make_page(owner.viewer, now=now)
    monkeypatch.setattr(get_settings(), "streams_per_address", 1)
    subscriber = subscriber_behind({"client": ("127.0.0.1", 1), "headers": []})
    assert stream_limit.stream_limit.take(subscriber)
    try:
        for _front_door in range(2):
            answer = await client.get(f"/p/{page.short_id}/live")
            assert answer.status_code == 429 and int(answer.headers["retry-after"]) > 0
            await client.get(f"/p/{page.short_id}")
    finally:
        stream_limit.stream_limit.give_back(subscriber)


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_the_shipped_proxies_limit_bodies_and_hand_on_addresses(name: str) -> None:
    text = (ROOT / "deploy" / name).read_text()
    assert "X-Forwarded-For" in text or "reverse_proxy" in text
    assert ("limit_conn" in text) is (name == "nginx.conf")
    assert "1m" in text.lower()


async def test_made_up_themes_are_limited_and_known_ones_are_not(client: Any) -> None:
    theme.theme_css(theme.DEFAULT)
    known = "/p/theme/f5f7f6-ffffff-13211e-0d5c50-system-medium.css"
    assert (await client.get(known)).status_code == 200
    answers = [
        (
            await client.get(f"/p/theme/f5f7f6-ffffff-13211e-0d5c{index:02x}-system-none.css")
        ).status_code
        for index in range(70)
    ]
    assert answers.count(200) == 60 and answers.count(429) == 10
    assert (await client.get(known)).status_code == 200
    assert len(theme._known) <= theme.MOST_KEPT  # type: ignore[reportPrivateUsage]


@pytest.mark.parametrize(
    "text",
    ["[" * 2900, "[" * 1400 + "]" * 1400, '{"challenge":' * 220, json.dumps({"challenge": []})],
)
def test_a_nested_solution_is_a_wrong_one(text: str, now: Any) -> None:
    for solution in (text, base64.b64encode(text.encode()).decode()):
        with pytest.raises(Unsolved):
            check(solution[:4096], "abc", now)
