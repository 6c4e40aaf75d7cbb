"""The creator's words: one Markdown for pages, products and mails, made to HTML that can do nothing but look, and to text.

What it takes: paragraphs and line breaks, **bold**, *italic*, ~~struck~~, `code` and blocks of it, headings, lists, quotes,
rules, tables, links to https and mailto. What it does not take stays on the page as text: pictures (nothing is loaded from
elsewhere) become a link to them, other links and HTML stand as they were typed.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup

TAGS = {
    "p", "br", "em", "strong", "s", "a", "ul", "ol", "li", "h2", "h3", "blockquote", "code", "pre", "hr", "table", "thead",
    "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
SCHEMES = {"https", "mailto"}
_LINKED = tuple(f"{scheme}:" for scheme in SCHEMES)

# A page has one h1, its title: headings in the text begin below it.
_HEADINGS = {"h1": "h2", "h2": "h3", "h3": "h3", "h4": "h3", "h5": "h3", "h6": "h3"}


def _is_linked(url: str) -> bool:
    """Whether a link is one: any other stays as text, with its address to be seen."""
    return url.strip().lower().startswith(_LINKED)


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "breaks": True})
    reader.enable(["strikethrough", "table"])
    reader.validateLink = _is_linked
    return reader


_markdown = _reader()


def _linked(tokens: Iterable[Token]) -> list[Token]:
    """Return the tokens of a line with each picture as a link to it: the page loads nothing from elsewhere."""
    found: list[Token] = []
    inside = False
    for token in tokens:
        inside = token.type == "link_open" or (inside and token.type != "link_close")
        if token.type != "image":
            found.append(token)
            continue
        url = str(token.attrs.get("src", ""))
        words = Token("text", "", 0, content=token.content or url)
        if inside:
            found.append(words)
        else:
            found += [
                Token("link_open", "a", 1, attrs={"href": url}),
                words,
                Token("link_close", "a", -1),
            ]
    return found


def _parse(text: str) -> Sequence[Token]:
    tokens = _markdown.parse(text)
    for token in tokens:
        token.tag = _HEADINGS.get(token.tag, token.tag)
        if token.children:
            token.children = _linked(token.children)
    return tokens


@lru_cache(maxsize=512)
def to_html(text: str) -> Markup:
    """Return `text` (Markdown) as sanitized HTML."""
    html = _markdown.renderer.render(_parse(text), _markdown.options, {})
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow ugc",
    )
    return Markup(clean)  # noqa: S704 - just sanitized


def to_text(text: str) -> str:
    """Return `text` (Markdown) as plain text for mails: no marks, links with their addresses, lists and tables as lines."""
    return "\n\n".join(_blocks(SyntaxTreeNode(_parse(text)).children)).strip()


def _blocks(nodes: Iterable[SyntaxTreeNode]) -> list[str]:
    return [said for node in nodes if (said := _block(node))]


def _block(node: SyntaxTreeNode) -> str:
    match node.type:
        case "bullet_list" | "ordered_list":
            return _list(node)
        case "blockquote":
            return _indented("\n\n".join(_blocks(node.children)), "> ", "> ")
        case "table":
            return "\n".join(_rows(node))
        case "hr":
            return "-" * 20
        case "code_block" | "fence":
            return node.content.rstrip("\n")
        case _:
            return "".join(map(_inline, node.children))


def _list(node: SyntaxTreeNode) -> str:
    first = int(node.attrs.get("start", 1) or 0) if node.type == "ordered_list" else None
    items: list[str] = []
    for number, item in enumerate(node.children):
        mark = "- " if first is None else f"{first + number}. "
        items.append(_indented("\n".join(_blocks(item.children)), mark, " " * len(mark)))
    return "\n".join(items)


def _rows(table: SyntaxTreeNode) -> list[str]:
    return [
        " | ".join("".join(map(_inline, cell.children)) for cell in row.children)
        for part in table.children
        for row in part.children
    ]


def _indented(text: str, first: str, other: str) -> str:
    return first + text.replace("\n", f"\n{other}")


def _inline(node: SyntaxTreeNode) -> str:
    if node.type in ("softbreak", "hardbreak"):
        return "\n"
    if node.type == "link":
        words = "".join(map(_inline, node.children))
        url = str(node.attrs.get("href", "")).removeprefix("mailto:")
        return words if words == url else f"{words} ({url})"
    children: Sequence[Any] = node.children
    return "".join(map(_inline, children)) if children else node.content


def summary_of(text: str, length: int = 160) -> str:
    """Return the beginning of `text` without markup, for search engines and previews of links."""
    plain = " ".join(nh3.clean(to_html(text), tags=set()).split())
    return plain if len(plain) <= length else plain[: length - 1].rstrip() + "…"
