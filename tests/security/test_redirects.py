"""Nothing leads to another host but the store, the payment page, and the https address that a creator typed."""

from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest

from tests.fuzz.attacking import Attack
from tests.fuzz.discovery import read_page

ELSEWHERE = (
    "https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
    "/%09/evil.example", "javascript:alert(1)", "data:text/html,x", "https:evil.example", "http:/evil.example", "//evil.example\\@a",
    "/.//evil.example", "/..//evil.example", "/a/..//evil.example", "/\r\nLocation: https://evil.example", "/\x00/evil.example", "@evil.example",
    "/\u2028/evil.example", "//\u3002evil.example", "\uff0f\uff0fevil.example", "/é/€", "?next=//evil.example", "#//evil.example", "/" + "a" * 5000,
)  # fmt: skip


def _lands_here(base: str, location: str) -> bool:
    """Whether a browser that follows `location` stays here: it drops tabs and line breaks, and reads \\ as /."""
    read = "".join(c for c in location if c not in "\t\r\n").replace("\\", "/").strip()
    if read.startswith("//"):
        return False
    found = urlsplit(urljoin(base, read))
    return (found.scheme, found.netloc) == urlsplit(base)[:2]


def test_the_judge_knows_what_leads_elsewhere() -> None:
    base = "http://127.0.0.1:1/login"
    assert not any(_lands_here(base, url) for url in ELSEWHERE[:7] if "%" not in url)
    assert _lands_here(base, "/console/pages?a=//b")


async def test_next_leads_nowhere_else(attack: Attack) -> None:
    for target in ELSEWHERE:
        base = str(attack.owner.base_url)
        password = {"email": "olivia@example.com", "password": "correct horse 1"}
        new = {"email": "new@example.com", "password": "a fine long phrase", "name": "New"}
        answers = [
            await attack.send("GET", f"/login?next={quote(target)}", console=True),
            await attack.send("GET", f"/signup?next={quote(target)}", console=True),
            await attack.post("/login", [*password.items(), ("next", target)]),
            await attack.post("/login", [*password.items(), ("next", target)], htmx=True),
            await attack.post("/signup", [*new.items(), ("next", target)]),
        ]
        followed = 0
        for answer in answers:
            location = answer.headers.get("location") or answer.headers.get("hx-redirect")
            if location is None:
                assert answer.status_code == 422
                continue
            followed += 1
            assert location.isascii()
            assert location.isprintable()
            assert _lands_here(base, location), (target, location)
        assert followed >= 2


async def test_the_login_page_is_told_own_paths_only(attack: Attack) -> None:
    for current in (*ELSEWHERE[:8], "http://[", "https://evil.example/console/pages?x=1"):
        headers = [(b"hx-request", b"true"), (b"hx-current-url", current.encode())]
        answer = await attack.send("GET", "/console/pages", console=False, headers=headers)
        path, _mark, query = answer.headers["hx-redirect"].partition("?next=")
        assert path == "/login"
        assert _lands_here(str(attack.owner.base_url), unquote(query))


REFUSED = (
    "http://example.com", "javascript:alert(1)", "//example.com", "https://", "https://user:pw@example.com", "https://a b.example",
    "https://example.com/\r\nX: y", "data:text/html,x", "ftp://example.com", "https://[", "https://example.com:99999", "HTTPS:example.com",
    # Nobody is sent into a network either: their own router, or what a cloud tells its machines.
    "https://localhost/", "https://127.0.0.1/", "https://2130706433/", "https://[::1]/", "https://192.168.1.1/", "https://printer.local/",
    "https://169.254.169.254/latest/meta-data/", "https://metadata.google.internal/", "https://1%32%37.0.0.1/",
)  # fmt: skip


# Each field of a page that takes an address, with what makes it count.
FIELDS = (
    ("draft", {"after_action": "redirect"}, "after_url"),
    ("draft", {"sold_out_action": "redirect"}, "sold_out_url"),
    ("countdown", {"zero_action": "redirect"}, "zero_url"),
    ("event", {"place": "virtual", "platform": "custom"}, "link"),
    ("offer", {"over_action": "redirect"}, "over_url"),
)


async def test_a_creator_can_send_visitors_to_the_public_web_by_https_only(attack: Attack) -> None:
    for which, choice, field in FIELDS:
        path = f"/console/pages/{attack.world.pages[which].id}/edit"
        page = read_page((await attack.send("GET", path)).text, path)
        form = next(form for form in page.forms if form.path == path)
        assert field in form.names
        for url in REFUSED:
            pairs = form.replaced({**choice, field: url, "intent": "save"})
            answer = await attack.post(path, pairs)
            assert answer.status_code == 422, (field, url)
            assert f'id="f-{field}-error"' in answer.text, (field, url)
        # The control: the same form with a good address is taken.
        good = form.replaced({**choice, field: "https://exämple.com/a?b=c", "intent": "save"})
        assert (await attack.post(path, good)).status_code == 303, field


@pytest.mark.parametrize("name", ["host", "x-forwarded-host", "forwarded"])
async def test_a_host_header_changes_no_address(
    attack: Attack, run_jobs: Any, inbox: Any, owner: Any, name: str
) -> None:
    """Pages are the same, and the link in a mail leads here, whatever Host a stranger sends."""
    evil = [(name.encode(), b"evil.example" if name != "forwarded" else b"host=evil.example")]
    for path in (f"/p/{attack.world.values['short_id']}", "/login", "/", "/console/pages"):
        answer = await attack.send("GET", path, headers=evil)
        assert "evil.example" not in answer.text
        assert "evil.example" not in str(answer.headers)
    before = len(await inbox("olivia@example.com"))
    kind = [
        (b"content-type", b"application/x-www-form-urlencoded"),
        (b"origin", str(owner.base_url).rstrip("/").encode()),
    ]
    answer = await attack.visitor.post(
        "/forgot", content=b"email=olivia%40example.com", headers=[*evil, *kind]
    )
    assert answer.status_code == 200
    await run_jobs()
    mails = await inbox("olivia@example.com")
    assert len(mails) > before
    assert all("evil.example" not in str(mail) for mail in mails)
    assert any("/reset/" in str(mail) for mail in mails)
