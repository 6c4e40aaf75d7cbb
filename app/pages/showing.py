"""A page as HTML: whole, or as the out-of-band fragments of a live update, in the page's own language."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from app.core.i18n import current_language
from app.core.markdown import summary_of
from app.core.rendering import out_of_band, render
from app.core.settings import get_settings
from app.core.theme import Theme
from app.pages.arriving import EMBEDDED, bare_address
from app.pages.loading import PageRecord
from app.pages.phases import Phase
from app.pages.viewing import PageView
from app.pages.wording import change_text

PERSONAL_PART = "<!--personal-->"
ARRIVAL = "pages/_arrival.html"


@contextmanager
def speaking(language: str) -> Generator[None]:
    """Render in `language` inside the block."""
    token = current_language.set(language)
    try:
        yield
    finally:
        current_language.reset(token)


def theme_href(theme: Theme) -> str:
    """Return the address of the theme's stylesheet. It holds the whole theme, so it never changes and needs no query."""
    colours = (theme.background, theme.surface, theme.text, theme.accent)
    return f"/p/theme/{'-'.join(c[1:] for c in colours)}-{theme.font}-{theme.radius}.css"


def whole(view: PageView, *, live: bool = True, above: str = "") -> str:
    """Return the whole document. `above` is HTML to put on top of a preview; a preview is not `live`."""
    with speaking(view.page.language):
        return render(
            "pages/show.html",
            **{**_context(view), "live": live, "followed": False},
            above=above,
            page_theme_href=theme_href(view.page.theme),
            own_branding=view.page.own_branding,
            summary=summary_of(view.page.description),
            public_url=f"{get_settings().base_url}{view.path}",
            personal_part=PERSONAL_PART,
        )


def gone(view: PageView, *, live: bool = True, above: str = "") -> str:
    """Return the document of a page that has retired; arguments as for `whole`."""
    with speaking(view.page.language):
        return render("pages/gone.html", page=view.page, now=view.now, live=live, above=above)


def unavailable(view: PageView) -> str:
    """Return the document of a suspended page: nothing of what is on it."""
    with speaking(view.page.language):
        return render("pages/unavailable.html", page=view.page)


def embedded(view: PageView, *, gone: bool = False) -> str:
    """Return the document that another site shows in a frame."""
    with speaking(view.page.language):
        if gone or view.page.suspended:
            return render("pages/embed_unavailable.html", view=view, page=view.page)
        return render(
            "pages/embed.html",
            **_context(view),
            embed=f"{view.page.page_type.templates}/_embed.html",
            page_theme_href=theme_href(view.page.theme),
            way_in=f"{get_settings().base_url}{_way_in(view)}",
        )


def _way_in(view: PageView) -> str:
    """Return where a frame leads: by the link that it was given, or as coming from a frame."""
    return view.arrival.address if view.arrival else bare_address(view.page, EMBEDDED)


def full_update(view: PageView) -> str:
    """Return everything that can change, to be merged into what a browser shows; what was typed stays."""
    with speaking(view.page.language):
        main = render(f"{view.page.page_type.templates}/_main.html", **_context(view))
        parts = [_merge(main), *_arrival(view), stage(view.stage)]
    if view.phase is Phase.EXPIRED:
        # Nothing changes any more: the connection goes with its element.
        parts.append('<i id="live" hx-swap-oob="true" hidden></i>')
    return "\n".join(parts)


def small_update(view: PageView) -> str:
    """Return the fragments that change while a page sells: clock, prices, stock, button, change log."""
    context = _context(view)
    with speaking(view.page.language):
        parts = [
            _merge(render(template, **{**context, **own}))
            for template, own in view.page.page_type.updates(view)
        ]
        parts += _arrival(view)
    return "\n".join([*parts, stage(view.stage)])


def _arrival(view: PageView) -> list[str]:
    return [_merge(render(ARRIVAL, **_context(view)))] if view.arrival else []


def withdrawn(page: PageRecord, now: datetime) -> str:
    """Return the update for browsers that show a page which its creator took back, or the operator suspended."""
    with speaking(page.language):
        html = render("pages/_withdrawn.html", now=now, suspended=page.suspended)
    return _merge(html) + stage("withdrawn")


def stage(name: str) -> str:
    """Say which whole page the other fragments fit; a browser that shows another one asks for everything."""
    return f'<i id="stage" data-stage="{name}" hx-swap-oob="true" hidden></i>'


def _merge(html: str) -> str:
    return out_of_band(html).replace('hx-swap-oob="true"', 'hx-swap-oob="outerMorph"', 1)


def _context(view: PageView) -> dict[str, Any]:
    return {
        "view": view,
        "page": view.page,
        "now": view.now,
        "change_text": change_text,
        "live": True,
        # Only a browser that had the page open, and so named the address before, follows it by itself.
        "followed": True,
        "main": f"{view.page.page_type.templates}/_main.html",
    }
