"""The creator's words: Markdown, made to HTML that can do nothing but look."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {
    "p",
    "br",
    "em",
    "strong",
    "s",
    "a",
    "ul",
    "ol",
    "li",
    "h2",
    "h3",
    "blockquote",
    "code",
    "hr",
}
ATTRIBUTES = {"a": {"href"}}
SCHEMES = {"https", "mailto"}

# A page has one h1, its title: headings in the text begin below it.
_HEADINGS = {"h1": "h2", "h2": "h3", "h3": "h3", "h4": "h3", "h5": "h3", "h6": "h3"}
_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("strikethrough")


@lru_cache(maxsize=512)
def to_html(text: str) -> Markup:
    """Return `text` (Markdown) as sanitized HTML."""
    tokens = _markdown.parse(text)
    for token in tokens:
        token.tag = _HEADINGS.get(token.tag, token.tag)
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow ugc",
    )
    return Markup(clean)  # noqa: S704 - just sanitized


def summary_of(text: str, length: int = 160) -> str:
    """Return the beginning of `text` without markup, for search engines and previews of links."""
    plain = " ".join(nh3.clean(to_html(text), tags=set()).split())
    return plain if len(plain) <= length else plain[: length - 1].rstrip() + "…"
