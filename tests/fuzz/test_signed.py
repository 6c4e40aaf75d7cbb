"""Signed links: whatever is changed, added, left out or cut off, the answer is 403 (or 404), and nothing is stored."""

import base64
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.core.clock import ManualClock
from app.pages.sharing import preview_url
from tests.factories.links import share
from tests.fuzz.attacking import Attack
from tests.fuzz.discovery import Route, encoded
from tests.fuzz.nasties import short

QUICK = settings(
    max_examples=150,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
REFUSED = (400, 403, 404)
# Without its token an address is another one, which may know other methods only.
REFUSED_WITHOUT_TOKEN = (*REFUSED, 405)


def _token_routes(attack: Attack) -> list[Route]:
    found = [route for route in attack.routes if "token" in route.parameters]
    assert len(found) >= 9
    return found


def _path(attack: Attack, route: Route, token: str) -> str:
    return route.path({**next(attack.world.addresses(route)), "token": token})


async def test_the_tokens_are_good_to_begin_with(attack: Attack) -> None:
    for route in _token_routes(attack):
        url = route.path(next(attack.world.addresses(route)))
        answer = await attack.send(route.method, url, content=b"", headers=_form())
        assert answer.status_code not in REFUSED, (url, answer.status_code)


def _form() -> dict[str, str]:
    return {"Content-Type": "application/x-www-form-urlencoded"}


@QUICK
@given(data=st.data())
async def test_a_changed_token_is_refused(attack: Attack, data: st.DataObject) -> None:
    route = data.draw(st.sampled_from(_token_routes(attack)))
    good = attack.world.value(route, "token")
    place = data.draw(st.integers(0, len(good) - 2))
    letter = data.draw(st.sampled_from("aB9-_."))
    changed = data.draw(
        st.sampled_from(
            [
                good[:place] + letter + good[place + 1 :],
                good[:place],
                good[:place] + letter + good[place:],
                letter + good,
                good + letter,
                good[::-1],
            ]
        )
    )
    # Two bits of a signature's last character are padding: the one before is the last that counts.
    if changed[: len(good) - 1] == good[:-1] and len(changed) == len(good):
        return
    path = _path(attack, route, changed)
    answer = await attack.send(route.method, path)
    if answer.status_code == 302 and route.method == "GET" and not path[-1:].isalnum():
        # Punctuation at the end of a link is not of the link.
        assert path.startswith(answer.headers["location"])
        answer = await attack.send("GET", answer.headers["location"])
        if changed == good + letter:
            return
    refused = REFUSED if changed else REFUSED_WITHOUT_TOKEN
    assert answer.status_code in refused, (str(route), good, changed, answer.status_code)


async def test_a_token_for_one_thing_opens_no_other(attack: Attack) -> None:
    routes = _token_routes(attack)
    tokens = {attack.world.value(route, "token") for route in routes}
    assert len(tokens) >= 8
    for route in routes:
        for token in tokens - {attack.world.value(route, "token")}:
            answer = await attack.send(route.method, _path(attack, route, token))
            assert answer.status_code in REFUSED, (str(route), token, answer.status_code)


UNSIGNED: list[Any] = [
    {},
    [],
    "",
    0,
    None,
    {"p": {}},
    {"p": {"order": "x"}, "ts": 0},
    {"p": [1]},
    {"exp": "never", "p": {}},
]


async def test_payloads_that_nobody_signed(attack: Attack) -> None:
    for payload in UNSIGNED:
        text = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")
        for route in _token_routes(attack):
            signature = attack.world.value(route, "token").rpartition(".")[2]
            for token in (text, f"{text}.", f"{text}.{signature}", f".{text}", "." * 50):
                answer = await attack.send(route.method, _path(attack, route, token))
                if answer.status_code == 302:
                    # The dot at its end is not of the link.
                    answer = await attack.send("GET", answer.headers["location"])
                assert answer.status_code in REFUSED, (str(route), token, answer.status_code)


@pytest.fixture
async def signed(attack: Attack, owner: Any, clock: ManualClock) -> list[str]:
    """A page's preview and share link, and the parts of the page that the link leads to, as paths."""
    page = attack.world.pages["running"]
    url = (await share(page, clock.now(), "mail", discount_percent=5)).url
    attack.snapshot = await type(attack.snapshot).take()
    base = str(owner.base_url).rstrip("/")
    path, _mark, query = url.partition("?")
    parts = [f"{path}/{part}?{query}" for part in ("fragments", "embed")]
    return [each.removeprefix(base) for each in (preview_url(page, clock.now()), url, *parts)]


async def test_signed_queries(attack: Attack, signed: list[str], clock: ManualClock) -> None:
    other = attack.world.pages["paused"].short_id
    for url in signed:
        path, _mark, query = url.partition("?")
        assert (await attack.send("GET", url)).status_code == 200
        pairs = parse_qsl(query)
        for index, (name, value) in enumerate(pairs):
            for changed in (value + "1", value[:-2], "", "\x00", "\ud800", "9" * 400, "é"):
                sent = [*pairs[:index], (name, changed), *pairs[index + 1 :]]
                await _refused(attack, path, sent)
            if name != "sig":
                await _refused(attack, path, [*pairs[:index], *pairs[index + 1 :]])
            # A second value under the same name must not be the one that is used.
            await _refused(attack, path, [*pairs, (name, "other")])
        # What links never carry is nobody's business.
        assert (await attack.send("GET", f"{url}&price=0&fbclid=x")).status_code == 200
        moved = path.replace(attack.world.values["short_id"], other)
        await _refused(attack, moved, pairs)
        # A nonsense Host changes nothing about what is checked.
        bad = await attack.send("GET", f"{path}?{query}x", headers=[(b"host", b"a:99999")])
        assert bad.status_code in (400, 403)
    clock.advance(timedelta(days=8))
    assert (await attack.send("GET", signed[0])).status_code == 410


async def _refused(attack: Attack, path: str, pairs: list[tuple[str, str]]) -> None:
    query = "&".join(f"{encoded(name)}={encoded(value)}" for name, value in pairs)
    answer = await attack.send("GET", f"{path}?{query}")
    assert answer.status_code in REFUSED, (path, query, answer.status_code)


@QUICK
@given(pairs=st.lists(st.tuples(short, short), max_size=4))
async def test_invented_signatures(attack: Attack, pairs: list[tuple[str, str]]) -> None:
    path = f"/p/{attack.world.values['short_id']}"
    await _refused(attack, path, [*pairs, ("sig", "x" * 27)])
    await _refused(attack, f"{path}/preview", pairs)
    assert urlencode({"a": "b"}) == "a=b"
