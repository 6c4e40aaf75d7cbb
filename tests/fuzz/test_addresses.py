"""Every parameter of every address, every query, every header and cookie that is read: bad ones are refused."""

import random
from itertools import cycle
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.core.settings import get_settings
from tests.fuzz.attacking import Attack, form_body
from tests.fuzz.discovery import Route, encoded
from tests.fuzz.nasties import SHORT, short

QUICK = settings(
    deadline=None,
    # A failing example is read as it is: making it smaller costs hundreds of requests.
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
EACH_PARAMETER = 14
EACH_QUERY = 5
BROKEN_QUERIES = ("?", "?&&=&=", "?a=%", "?a=%zz&a[]=1", "?a=" + "b" * 7000, "?" + "a=1&" * 1500)

# What any handler, template or middleware may look at.
HEADERS = (
    "accept", "accept-encoding", "accept-language", "authorization", "content-type", "content-length", "cookie",
    "host", "hx-current-url", "hx-request", "hx-target", "hx-trigger", "if-none-match", "if-modified-since", "range",
    "referer", "stripe-signature", "user-agent", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
    "x-http-method-override", "transfer-encoding", "last-event-id",
)  # fmt: skip
# What is taken apart before a handler can say no.
STRUCTURED = ("host", "hx-current-url", "content-type", "authorization")
EACH_HEADER = 4
COOKIES = ("access", "refresh", "device", "flash", "buyer", "other")
BROKEN_HEADERS = (
    b"", b" ", b"\xff\xfe", b"\x00", "é€".encode(), b"a" * 8000, b"0x10", b"-1", b"9" * 400, b"%00", b"%ED%A0%80", b"*/*;q=nan",
    b"bytes=0-", b"bytes=9-1,a-", b"text/html; charset=nonsense", b"multipart/form-data", b'multipart/form-data; boundary="',
    b"application/json", b"http://[", b"http://[::1", b"//evil.example/x", b"https://a:99999/", b"127.0.0.1, ::ffff:1.2.3.4, x",
    b"true", b"t=1,v1=", b"t=9" + b"9" * 400 + b",v1=0", b"Bearer \xe2\x82\xac", b"Basic !!!", b"W/\"\"", b"gzip;q=,br;q=x",
    b"=; ==; a=\x01; \"", b"access=" + b"a." * 500, b"evil.example:99999", b"a\tb", b"chunked", b"eyJhbGciOiJub25lIn0.e30.",
)  # fmt: skip


def _reading(attack: Attack) -> list[Route]:
    return [route for route in attack.routes if route.method == "GET" and not route.streams]


async def test_parameters_of_addresses(attack: Attack) -> None:
    """Each parameter of each route in turn; the others lead somewhere."""
    attack.answers.clear()
    nasties = list(SHORT)
    random.Random(2).shuffle(nasties)
    source = cycle(nasties)
    for route in attack.routes:
        good = next(attack.world.addresses(route))
        for name in route.parameters:
            for _ in range(EACH_PARAMETER):
                url = route.path({**good, name: next(source)})
                answer = await attack.send_meant(route.method, url)
                # Whatever it was, it led nowhere; unless it stands for nothing or was not looked at.
                known = (*range(400, 423), 303, 200, 204)
                assert answer.status_code in known, (url, answer.status_code)
    assert attack.answers[404] > 150, attack.answers
    assert attack.answers[403] > 40, attack.answers


@QUICK
@given(data=st.data())
async def test_addresses_that_nobody_made(attack: Attack, data: st.DataObject) -> None:
    route = data.draw(st.sampled_from(attack.routes))
    good = next(attack.world.addresses(route))
    if route.streams or not good:
        return
    changes = data.draw(st.dictionaries(st.sampled_from(route.parameters), short, min_size=1))
    await attack.send(route.method, route.path({**good, **changes}))
    pieces = data.draw(st.lists(short, min_size=1, max_size=8))
    method = data.draw(st.sampled_from(["GET", "POST", "DELETE", "PUT", "HEAD", "OPTIONS"]))
    answer = await attack.send_meant(method, "/" + "/".join(map(encoded, pieces)))
    assert answer.status_code in (404, 405, 400), (pieces, answer.status_code)


@pytest.fixture
async def queries(attack: Attack) -> dict[str, list[str]]:
    """The names that queries of each address use: those of its forms, of the links to it, and of the protocol."""
    names: dict[str, set[str]] = {
        str(route): {"attempt", "sig", "next", "page"} for route in _reading(attack)
    }
    for _url, page in await attack.pages():
        for form in page.forms:
            for route in _reading(attack):
                if form.method == "GET" and route.matches(form.path.partition("?")[0]):
                    names[str(route)] |= set(form.names)
        for link in page.links:
            path, _mark, query = link.partition("?")
            for route in _reading(attack):
                if query and route.matches(path):
                    names[str(route)] |= {name for name, _value in parse_qsl(query)}
    for route in names:
        if "/download" in route:
            names[route].add("session_id")
    return {route: sorted(found) for route, found in names.items()}


async def test_queries(attack: Attack, queries: dict[str, list[str]]) -> None:
    assert {"q", "state", "page_id"} <= set(queries["GET /console/orders"])
    assert {"q", "state"} <= set(queries["GET /console/products"])
    nasties = cycle(random.Random(3).sample(SHORT, len(SHORT)))
    # Taken apart before any route is asked, so in turn is enough.
    broken = cycle(BROKEN_QUERIES)
    for route in _reading(attack):
        url = route.path(next(attack.world.addresses(route)))
        known = queries[str(route)]
        for number in range(max(EACH_QUERY, 2 * len(known))):
            pairs = [(known[number % len(known)], next(nasties)), (next(nasties), next(nasties))]
            await attack.send("GET", f"{url}?{form_body(pairs).decode()}")
        for _ in range(2):
            await attack.send("GET", url + next(broken))


async def test_headers_and_cookies(attack: Attack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each header and each broken value, on pages of visitors, of the console, and on forms."""
    monkeypatch.setattr(get_settings(), "metrics_token", "é secret")
    monkeypatch.setattr(get_settings(), "trusted_proxies", ["127.0.0.1"])
    world = attack.world
    values = cycle(random.Random(4).sample(BROKEN_HEADERS, len(BROKEN_HEADERS)))
    places = [
        ("GET", f"/p/{world.values['short_id']}", False),
        ("GET", "/console/pages", True),
        ("GET", "/console/pages", False),
        ("POST", "/login", False),
        ("GET", "/metrics", False),
        ("GET", f"/download?session_id={world.sold.session_id}", False),
        ("POST", "/webhooks/stripe", False),
    ]
    for method, url, console in places:
        for name in HEADERS:
            for _ in range(EACH_HEADER):
                await _send(attack, method, url, console, name, next(values))
            if name in STRUCTURED:
                for value in BROKEN_HEADERS:
                    await _send(attack, method, url, console, name, value)
        for cookie in COOKIES:
            for _ in range(EACH_HEADER):
                await _send(
                    attack, method, url, console, "cookie", cookie.encode() + b"=" + next(values)
                )


async def _send(
    attack: Attack, method: str, url: str, console: bool, name: str, value: bytes
) -> None:
    headers: list[tuple[bytes, bytes]] = [(name.encode(), value)]
    if name == "hx-current-url":
        headers.append((b"hx-request", b"true"))
    content = {"content": b"email=a%40example.com&password=x"} if method == "POST" else {}
    await attack.send(method, url, console=console, headers=headers, **content)


async def test_every_route_with_a_broken_session(attack: Attack) -> None:
    """Console routes without a session lead to the login page, whatever stands in the cookies."""
    for route in attack.routes:
        if not route.console or route.streams or "styleguide" in route.template:
            continue
        url = route.path(next(attack.world.addresses(route)))
        for cookie in (b"access=a.b.c; refresh=%00", b"access=\xff; refresh=" + b"x" * 3000):
            answer = await attack.send(
                route.method, url, console=False, headers=[(b"cookie", cookie)]
            )
            assert answer.status_code == 303, (str(route), answer.status_code)
            to_login = answer.headers["location"].startswith("/login")
            assert to_login or url == "/console", (str(route), answer.headers["location"])


@QUICK
@given(query=st.dictionaries(short, short, max_size=4), data=st.data())
async def test_generated_queries(
    attack: Attack, query: dict[str, str], data: st.DataObject
) -> None:
    route = data.draw(st.sampled_from(_reading(attack)))
    url = route.path(next(attack.world.addresses(route)))
    name: Any = data.draw(st.sampled_from(["q", "state", "page", "session_id", "kind", "next"]))
    pairs = [*query.items(), (name, data.draw(short))]
    await attack.send("GET", f"{url}?{form_body(pairs)[:6000].decode()}")


def test_broken_values_are_not_what_a_browser_sends() -> None:
    assert urlencode({"q": "é"}) == form_body([("q", "é")]).decode()
