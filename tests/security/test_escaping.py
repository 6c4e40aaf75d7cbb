"""What people type is shown as text, everywhere: on pages, in the console, in mails; Markdown can only look."""

import random
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core import db
from app.core.markdown import ATTRIBUTES, TAGS, summary_of, to_html
from tests.fuzz.attacking import Attack
from tests.fuzz.nasties import ALL
from tests.fuzz.traces import Snapshot

MARK = "xssmark"
# Leaves every context: text, attributes of both kinds, comments, textareas, titles, scripts, styles.
EVIL = f"{MARK}'\"></textarea></title></style></script>--><{MARK} {MARK}=1><img src={MARK} on{MARK}=1>{{{{7*191}}}}"
URL_ATTRIBUTES = (
    "href",
    "src",
    "action",
    "formaction",
    "data",
    "poster",
    "hx-get",
    "hx-post",
    "hx-delete",
)


class _Judge(HTMLParser):
    """Notes every element and attribute that user text has made or entered with rights."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.text = ""
        self.shown = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given_ = {name: value or "" for name, value in attrs}
        if tag == MARK or MARK in given_ or f"on{MARK}" in given_:
            self.wrong.append(f"<{tag} {given_}>")
        if any(name.startswith(("on", "hx-on")) or name == "style" for name in given_):
            self.wrong.append(f"inline code: <{tag} {given_}>")
        if tag == "script" and not given_.get("src", "").startswith("/static/"):
            self.wrong.append(f"inline script: {given_}")
        if tag in ("style", "object", "embed", "base"):
            self.wrong.append(f"<{tag}>")
        for name in URL_ATTRIBUTES:
            scheme = given_.get(name, "").strip().lower().partition(":")[0]
            if scheme in ("javascript", "vbscript", "data") and tag != "link":
                self.wrong.append(f"{name}={given_[name]}")
        self.shown += sum(value.count(MARK) for value in given_.values())

    def handle_data(self, data: str) -> None:
        self.shown += data.count(MARK)
        self.text += data


def judge(html: str) -> _Judge:
    found = _Judge()
    found.feed(html)
    found.close()
    return found


def test_the_judge_sees_what_got_through() -> None:
    assert judge(f"<p>{EVIL}").wrong
    assert judge("<a href='JavaScript:x'>").wrong
    assert judge("<p onclick=x>").wrong
    assert not judge("<p>&lt;xssmark&gt;</p>").wrong


async def _poison() -> None:
    """Put the evil text into everything that people can type, past the forms: these are not what protects us."""
    await db.execute('UPDATE "user" SET name = $1', EVIL[:80])
    await db.execute("UPDATE product SET name = $1, description = $2", EVIL[:120], EVIL)
    await db.execute("UPDATE page SET title = $1, description = $2", EVIL[:110], EVIL)
    await db.execute("UPDATE page_content SET title = $1, summary = $2", EVIL[:120], EVIL)
    for path in ("confirmation_message", "sold_out,text"):
        await db.execute(
            "UPDATE page SET settings = jsonb_set(settings::jsonb, $1::text[], to_jsonb($2::text))",
            path.split(","), EVIL,
        )  # fmt: skip
    await db.execute(
        "UPDATE page SET afterlife = jsonb_set(afterlife::jsonb, '{message}', to_jsonb($1::text))",
        EVIL,
    )
    await db.execute("UPDATE file SET name = $1", EVIL[:150])
    await db.execute("UPDATE upload SET name = $1", EVIL[:150])
    await db.execute(
        "UPDATE \"order\" SET email = $1, terms = jsonb_set(terms::jsonb, '{title}', to_jsonb($2::text))",
        EVIL[:150],
        EVIL,
    )
    await db.execute("UPDATE order_line SET title = $1", EVIL[:150])
    await db.execute("UPDATE session SET user_agent = $1", EVIL[:150])
    await db.execute("UPDATE page_change SET subject = $1", EVIL[:150])
    await db.execute("UPDATE share_link SET source = $1", EVIL[:30])


async def test_no_page_lets_text_become_more_than_text(attack: Attack) -> None:
    from app.core.live import bus

    await _poison()
    bus.everything_changed()
    attack.snapshot = await Snapshot.take()
    shown, seen = 0, 0
    for route in attack.routes:
        if route.method != "GET" or route.streams:
            continue
        for values in attack.world.addresses(route):
            query = (
                f"?session_id={attack.world.sold.session_id}"
                if "download" in route.template
                else "?q=" + MARK
            )
            for headers in ({}, {"HX-Request": "true"}):
                answer = await attack.send("GET", route.path(values) + query, headers=headers)
                if not answer.headers.get("content-type", "").startswith("text/html"):
                    continue
                seen += 1
                found = judge(answer.text)
                assert not found.wrong, (str(route), found.wrong[:3])
                # Templates are not evaluated twice.
                assert "1337" not in found.text.replace("{{7*191}}", ""), str(route)
                shown += found.shown
    # The control: the text was there to be escaped.
    assert seen > 60
    assert shown > 100


async def test_what_was_typed_comes_back_as_text(attack: Attack) -> None:
    """Forms show again what was refused: on every form, in every field."""
    shown, tried = 0, set[tuple[str, tuple[str, ...]]]()
    for _url, page in await attack.pages():
        for form in page.forms:
            kind = (form.method, form.names)
            if form.method == "GET" or not form.names or kind in tried:
                continue
            tried.add(kind)
            for htmx in (False, True):
                answer = await attack.post(
                    form.path,
                    form.replaced(dict.fromkeys(form.names, EVIL)),
                    htmx=htmx,
                    method=form.method,
                )
                if answer.headers.get("content-type", "").startswith("text/html"):
                    found = judge(answer.text)
                    assert not found.wrong, (form, found.wrong[:3])
                    shown += found.shown
    assert shown > 100


async def test_mails_escape_and_no_subject_carries_a_header(
    attack: Attack, now: datetime, run_jobs: Any, inbox: Any
) -> None:
    await _poison()
    title = f"a\r\nBcc: thief@example.com\r\n\r\n<{MARK}>"
    await db.execute(
        "UPDATE \"order\" SET email = $1, terms = jsonb_set(terms::jsonb, '{title}', to_jsonb($2::text))",
        "ann@example.com",
        title,
    )
    await db.execute("UPDATE order_line SET title = $1", title[:150])
    answer = await attack.visitor.post("/orders/recover", data={"email": "ann@example.com"})
    assert answer.status_code == 200
    await run_jobs()
    mails = await inbox("ann@example.com")
    assert mails
    assert not await inbox("thief@example.com")
    for mail in mails:
        found = judge(str(mail.get("html", "")))
        assert not [wrong for wrong in found.wrong if MARK in wrong], found.wrong


MARKDOWN = (
    "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](java\tscript:alert(1))", "[x](&#106;avascript:alert(1))", "[x](data:text/html,x)",
    "<javascript:alert(1)>", "![x](https://evil.example/pixel.gif)", "![x](javascript:x)", "[x](//evil.example)", "[x](vbscript:x)",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<a href='javascript:x'>y</a>", "<iframe src=//evil.example>",
    "[x]: javascript:alert(1)\n\n[x]", "```<script>```", "`<b>`", "<style>*{display:none}</style>", "# <b>x</b>", "<form action=//evil.example><input>",
    "[a](https://ok.example 'onclick=x')", "[a](<javascript:x>)", "\x00<b>", "<!--><script>", "<math><mi xlink:href=javascript:x>", "&lt;script&gt;",
)  # fmt: skip


def _only_looks(text: str) -> None:
    html = str(to_html(text))

    class Allowed(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert tag in TAGS, (text, html)
            for name, value in attrs:
                assert name in {*ATTRIBUTES.get(tag, ()), "rel", "title"}, (text, html)
                if name == "href":
                    scheme = (value or "").strip().lower().partition(":")
                    assert scheme[0] in ("https", "mailto") or not scheme[1], (text, html)

    Allowed().feed(html)
    plain = summary_of(text)
    assert len(plain) <= 160


@pytest.mark.parametrize("text", MARKDOWN)
def test_markdown_picked_by_hand(text: str) -> None:
    _only_looks(text)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from([*MARKDOWN, *(one for one in ALL if len(one) < 700)])
        | st.text(max_size=30),
        max_size=6,
    )
)
def test_markdown_in_any_mixture(pieces: list[str]) -> None:
    text = "".join(pieces).replace("\x00", "")
    _only_looks(text.encode("utf-8", "ignore").decode())


def test_markdown_that_nests_endlessly_takes_no_time() -> None:
    random.seed(1)
    for text in (
        ">" * 10_000,
        "[" * 10_000,
        "*a_ " * 5_000,
        "- " * 5_000,
        "![" * 5_000,
        "`" * 19_999,
        "<" * 19_999,
        "a\n" * 10_000,
    ):
        _only_looks(text[:20_000])
