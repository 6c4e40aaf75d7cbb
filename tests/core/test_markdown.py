"""The creator's words: the same Markdown everywhere, and nothing of it dropped in silence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.markdown import summary_of, to_html, to_text

LOOKS = {
    "one\ntwo": "<p>one<br>\ntwo</p>\n",
    "one\n\ntwo": "<p>one</p>\n<p>two</p>\n",
    "# Title\n#### Deep": "<h2>Title</h2>\n<h3>Deep</h3>\n",
    "~~old~~ **new** *now*": "<p><s>old</s> <strong>new</strong> <em>now</em></p>\n",
    "3. three\n4. four": '<ol start="3">\n<li>three</li>\n<li>four</li>\n</ol>\n',
    "```\na  b\nc\n```": "<pre><code>a  b\nc\n</code></pre>\n",
    "a <b>bold</b> word": "<p>a &lt;b&gt;bold&lt;/b&gt; word</p>\n",
    "[x](http://plain.example)": "<p>[x](http://plain.example)</p>\n",
    "[x](javascript:alert(1))": "<p>[x](javascript:alert(1))</p>\n",
}


@pytest.mark.parametrize(("text", "html"), LOOKS.items())
def test_it_looks_as_it_was_written(text: str, html: str) -> None:
    assert to_html(text) == html


def test_a_table_is_one() -> None:
    html = to_html("| Size | Price |\n| --- | ---: |\n| A4 | 5 |")
    assert "<table>" in html
    assert "<th>Size</th>" in html
    assert "<td>A4</td>" in html
    assert "style" not in html


def test_a_picture_is_a_link_to_it_and_nothing_is_loaded() -> None:
    html = to_html("Look: ![the *river*](https://photos.example/r.jpg)")
    assert "<img" not in html
    assert 'href="https://photos.example/r.jpg"' in html
    assert "river" in html
    bare = to_html("![](https://photos.example/r.jpg)")
    assert ">https://photos.example/r.jpg</a>" in bare
    inside = to_html("[![a badge](https://a.example/b.svg)](https://c.example)")
    assert inside.count("<a ") == 1
    assert ">a badge</a>" in inside
    assert to_html("![x](http://a.example/b.png)") == "<p>![x](http://a.example/b.png)</p>\n"


SAID = {
    "one\ntwo\n\nthree": "one\ntwo\n\nthree",
    "# Title\nwords": "Title\n\nwords",
    "**Bring** a *cup*, `now`": "Bring a cup, now",
    "- one\n- two\n  - deep": "- one\n- two\n  - deep",
    "3. three\n4. four": "3. three\n4. four",
    "[the map](https://maps.example/x)": "the map (https://maps.example/x)",
    "<https://maps.example/x>": "https://maps.example/x",
    "> quoted\n> twice": "> quoted\n> twice",
    "| A | B |\n|---|---|\n| 1 | 2 |": "A | B\n1 | 2",
    "![river](https://a.example/r.jpg)": "river (https://a.example/r.jpg)",
    '5 < 6 & "so" <b>': '5 < 6 & "so" <b>',
    "": "",
}


@pytest.mark.parametrize(("text", "said"), SAID.items())
def test_in_a_mail_of_plain_text_it_has_no_marks(text: str, said: str) -> None:
    assert to_text(text) == said


# Whatever is not Markdown's own is still there to be read.
words = st.sampled_from(
    ["alpha", "![beta](http://b.example/x)", "<i>gamma</i>", "| a | b |\n|---|---|\n| delta | e |", "# eta", "- iota", "~~nu~~", "```\nxi\n```"]
)  # fmt: skip
NAMES = {"alpha", "beta", "gamma", "delta", "eta", "iota", "nu", "xi"}


@given(st.lists(words, max_size=6))
def test_no_word_is_dropped(parts: list[str]) -> None:
    text = "\n\n".join(parts)
    for name in NAMES:
        if any(name in part for part in parts):
            assert name in to_html(text)
            assert name in to_text(text)


@given(st.text(max_size=300))
def test_any_text_is_taken(text: str) -> None:
    assert "<script" not in to_html(text)
    to_text(text)
    assert len(summary_of(text)) <= 160
