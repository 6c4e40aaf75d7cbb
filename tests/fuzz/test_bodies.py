"""Bodies that are no forms, on every unsafe route: wrong types, broken multipart, deep and huge JSON, lies about sizes."""

import json
from itertools import cycle
from typing import Any

from tests.factories.orders import signature
from tests.fuzz.attacking import Attack
from tests.fuzz.discovery import Route, unsafe

# All of them go to two forms, and in turn so many to every route.
EACH_ROUTE = 4
FORM = "application/x-www-form-urlencoded"
MULTIPART = 'multipart/form-data; boundary="x"'
DEEP = b"[" * 100_000
HUGE = json.dumps({"a": ["b" * 1000] * 900}).encode()


def part(disposition: str, body: bytes = b"v", more: bytes = b"") -> bytes:
    return (
        b"--x\r\nContent-Disposition: "
        + disposition.encode()
        + b"\r\n"
        + more
        + b"\r\n"
        + body
        + b"\r\n"
    )


BODIES: list[tuple[str, bytes]] = [
    ("application/json", b"{}"),
    ("application/json", DEEP),
    ("application/json", HUGE),
    ("application/json", b'{"a": 1, "a": 2, "email": ["x"]}'),
    ("text/plain", b"email=a@example.com"),
    ("", b"email=a@example.com"),
    ("application/xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
    (FORM + "; charset=utf-16", "email=a@b.example".encode("utf-16")),
    (FORM + "; charset=nonsense", b"email=a"),
    (FORM, b"\xff\xfe\x00"),
    (FORM, b"%ff%fe=%ed%a0%80&%=%&&&==="),
    (FORM, b"email=1&email=2&email=3&id=1&id=2"),
    (FORM, b"&".join(b"f%d=v" % number for number in range(3000))),
    (FORM, b"email[]=a&email[0][x]=b&__proto__[x]=1"),
    (FORM, b"a" * 500_000),
    ("multipart/form-data", b"--x--"),
    ("multipart/form-data; boundary=", b"--x--"),
    ("multipart/form-data; boundary=" + "y" * 300, b"--" + b"y" * 300 + b"--"),
    (MULTIPART, b""),
    (MULTIPART, b"--x"),
    (MULTIPART, b"--x\r\n\r\n\r\n--x--"),
    (MULTIPART, part('form-data; name="email"')),
    (MULTIPART, part('form-data; name="email"; filename="../../x"') + b"--x--\r\n"),
    (MULTIPART, part('form-data; name="email"; filename*=utf-8\'\'%ff%00') + b"--x--\r\n"),
    (MULTIPART, part("form-data") + b"--x--\r\n"),
    (MULTIPART, part('form-data; name="\xe9\x00"') + b"--x--\r\n"),
    (MULTIPART, part('form-data; name="id"', b"\xff\xfe") + b"--x--\r\n"),
    (MULTIPART, part('form-data; name="id"', b"v", b"Content-Type: text/plain; charset=nonsense\r\n") + b"--x--\r\n"),
    (MULTIPART, part('form-data; name="_charset_"', b"nonsense") + part('form-data; name="id"') + b"--x--\r\n"),
    (MULTIPART, b"".join(part(f'form-data; name="f{n}"') for n in range(1500)) + b"--x--\r\n"),
    (MULTIPART, part('form-data; name="id"', b"a" * 400_000) + b"--x--\r\n"),
]  # fmt: skip


def _path(attack: Attack, route: Route) -> str:
    query = "?kind=original" if route.template.endswith("/uploads") else ""
    return route.path(next(attack.world.addresses(route))) + query


async def test_bodies_that_are_no_forms(attack: Attack) -> None:
    attack.answers.clear()
    bodies = cycle(BODIES)
    for path in ("/login", f"/p/{attack.world.values['short_id']}/checkout"):
        for kind, body in BODIES:
            await attack.send(
                "POST", path, content=body, headers={"Content-Type": kind} if kind else {}
            )
    for route in unsafe(attack.routes):
        for _ in range(EACH_ROUTE):
            kind, body = next(bodies)
            headers = {"Content-Type": kind} if kind else {}
            await attack.send(route.method, _path(attack, route), content=body, headers=headers)
    assert attack.answers[400] > 100, attack.answers
    assert attack.answers[422] > 40, attack.answers


LENGTHS = ("0", "5", "2000000", "99999999999999999999", "-1", "x", "1, 2")


async def test_lies_about_the_length(attack: Attack) -> None:
    for declared in LENGTHS:
        for path in ("/login", "/webhooks/stripe", "/console/products"):
            for kind in (FORM, MULTIPART):
                headers = {"Content-Type": kind, "Content-Length": declared}
                answer = await attack.send("POST", path, content=b"name=a&price=1", headers=headers)
                assert 400 <= answer.status_code < 500


async def test_a_body_is_read_up_to_a_mebibyte_only(attack: Attack) -> None:
    async def endless() -> Any:
        for _ in range(40):
            yield b"a" * 65_536

    tried = 0
    for route in unsafe(attack.routes):
        if not await _reads_its_body(attack, route):
            continue
        tried += 1
        answer = await attack.send(
            route.method, _path(attack, route), content=endless(), headers={"Content-Type": FORM}
        )
        assert answer.status_code == 413, (str(route), answer.status_code)
    assert tried > 15


async def _reads_its_body(attack: Attack, route: Route) -> bool:
    """Whether the route minds what is sent: JSON is no form."""
    json_ = {"Content-Type": "application/json"}
    answer = await attack.send(route.method, _path(attack, route), content=b"{}", headers=json_)
    return answer.status_code == 400


async def test_other_methods_and_other_hosts_do_nothing(attack: Attack) -> None:
    for route in attack.routes:
        path = _path(attack, route)
        for method in ("PUT", "PATCH", "TRACE", "PROPFIND", "CONNECT", "BREW"):
            answer = await attack.send(method, path)
            assert answer.status_code in (404, 405), (method, path, answer.status_code)


async def test_signed_webhooks_with_nonsense_inside(attack: Attack) -> None:
    """Only Stripe can sign; what it may send one day must not be a crash either."""
    for body in (
        b"", b"null", b"[]", b'"x"', b"{}", b"\xff", b'{"id": null}', DEEP, b'{"id": "e", "type": "t", "data": []}',
        b'{"id": "e", "type": "t", "data": {"object": "x"}}', b'{"id": "\\u0000", "type": "t", "data": {"object": {}}}',
        b'{"id": "\\ud800", "type": "t", "data": {"object": {}}}', b'{"id": "e", "type": "t", "data": {"object": {"a": "\\u0000"}}}',
        b'{"id": "e", "type": "t", "data": {"object": {"a": NaN}}}', json.dumps({"id": "e" * 999, "type": "t", "data": {"object": {}}}).encode(),
        json.dumps({"id": "e", "type": "t" * 999, "data": {"object": {}}}).encode(), b'{"id": {"a": 1}, "type": [], "data": {"object": {}}}',
    ):  # fmt: skip
        headers = {"Content-Type": "application/json", "Stripe-Signature": signature(body)}
        answer = await attack.send("POST", "/webhooks/stripe", content=body, headers=headers)
        assert answer.status_code in (200, 400), (body[:80], answer.status_code)
