"""Templates to responses: whole pages, fragments with out-of-band companions, redirects that work for both."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response
from litestar.datastructures import Cookie
from markupsafe import Markup

from app.core import i18n
from app.core.assets import asset_url
from app.core.clock import milliseconds, utc_now
from app.core.compiled import kept_bytecode
from app.core.dates import format_date, format_datetime, format_time, get_datetime_format
from app.core.errors import BadSignature, ExpiredLink
from app.core.markdown import to_html, to_text
from app.core.money import format_amount_input, format_money
from app.core.settings import get_settings
from app.core.signing import read_token, sign_token
from app.core.zones import UTC_NAME, reader_zone, zone_name

Request_ = Request[Any, Any, Any]
# Litestar adds the charset to every text type.
HTML = "text/html"
FLASH_COOKIE = "flash"
GOOD, WARN = "good", "warn"
FLASH_SECONDS = 60
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))

TEMPLATES = Path(__file__).parent.parent.parent / "templates"


def when(value: datetime, form: str = "") -> str:
    """Format a moment in the reader's zone, which each page of the console names."""
    return _datetime(value, reader_zone.get(), form)


def named_time(value: datetime, zone: str = UTC_NAME) -> str:
    """Format a moment in `zone` with the zone's name beside it, for mails and for visitors."""
    return f"{_datetime(value, zone)} ({zone_name(zone)})"


def named_day(value: datetime, zone: str = UTC_NAME) -> str:
    """Format the day of a moment in `zone`, with the zone's name beside it."""
    day = format_date(value.astimezone(ZoneInfo(zone)), "long", i18n.current_language.get())
    return f"{day} ({zone_name(zone)})"


def _datetime(value: datetime, zone: str, form: str = "") -> str:
    """Format a moment in `zone` for the current language; `form` is one of CLDR's ("medium") or a pattern."""
    locale, tz = i18n.current_language.get(), ZoneInfo(zone)
    if form:
        return format_datetime(value, form, tzinfo=tz, locale=locale)
    # CLDR joins a date and a time by a pattern of its own; Babel has no skeleton for "medium date, short time".
    joined = str(get_datetime_format("medium", locale)).replace("'", "")
    day, clock = (
        format_date(value.astimezone(tz), "medium", locale),
        format_time(value, "short", tz, locale),
    )
    return joined.replace("{1}", day).replace("{0}", clock)


def _money(amount: int, currency: str) -> str:
    return format_money(amount, currency, i18n.current_language.get())


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=kept_bytecode(Path(__file__)),
        auto_reload=get_settings().environment == "development",
    )
    # Added by the i18n extension, which the type of Environment does not know.
    cast(Any, environment).install_gettext_callables(i18n.gettext, i18n.plural_form, newstyle=True)
    filters: dict[str, Any] = {
        "money": _money,
        "datetime": _datetime,
        "when": when,
        "named_time": named_time,
        "named_day": named_day,
        "zone_name": zone_name,
        "direction": i18n.direction,
        "milliseconds": milliseconds,
        "amount_input": format_amount_input,
        "markdown": to_html,
        "markdown_text": to_text,
    }
    cast(dict[str, Any], environment.filters).update(filters)
    names: dict[str, Any] = {
        "static": asset_url,
        "settings": get_settings(),
        "reader_zone": reader_zone.get,
        "user": None,
        "request": None,
        "flash": None,
    }
    cast(dict[str, Any], environment.globals).update(names)
    return environment


environment = _environment()


def render(template: str, /, **context: Any) -> str:
    """Render `template` in the current language. Undefined names raise."""
    context.setdefault("now", utc_now())
    context.setdefault("lang", i18n.current_language.get())
    return environment.get_template(template).render(context)


def is_htmx(request: Request_) -> bool:
    """Whether htmx asks for a fragment, rather than a browser for a page."""
    return (
        request.headers.get("hx-request") == "true"
        and request.headers.get("hx-history-restore-request") != "true"
    )


def _context(request: Request_, context: dict[str, Any]) -> dict[str, Any]:
    return {"request": request, "user": request.scope.get("viewer"), "flash": None, **context}


def page(
    request: Request_, template: str, /, *, status: int = 200, **context: Any
) -> Response[str]:
    """Answer with a whole page; shows and clears the flash message."""
    flash = _read_flash(request)
    text = render(template, **_context(request, {"flash": flash, **context}))
    response: Response[str] = Response(text, status_code=status, media_type=HTML)
    response.headers["Cache-Control"] = "no-store"
    if flash is not None:
        response.delete_cookie(FLASH_COOKIE)
    return response


Fragment = tuple[str, Mapping[str, Any]]


def fragments(
    request: Request_,
    main: Fragment,
    *others: Fragment,
    status: int = 200,
    toast: str | None = None,
    tone: str = GOOD,
) -> Response[str]:
    """Answer with one fragment for the target and others swapped out of band by their ids; `toast` is shown on top,
    in its `tone` (good, warn, bad, info)."""
    parts = [render(main[0], **_context(request, {**main[1], "oob": False}))]
    parts += [
        out_of_band(render(name, **_context(request, dict(context)))) for name, context in others
    ]
    if toast is not None:
        parts.append(render("components/_toast.html", message=toast, tone=tone))
    response: Response[str] = Response("\n".join(parts), status_code=status, media_type=HTML)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "HX-Request"
    return response


def out_of_band(html: str) -> str:
    """Mark the one root element of a fragment for a swap by its id."""
    start = html.index("<")
    end = start + 1
    while html[end].isalnum() or html[end] == "-":
        end += 1
    return f'{html[start:end]} hx-swap-oob="true"{html[end:]}'


def header_url(url: str) -> str:
    """Return `url` as a header can carry it: what is not printable ASCII is percent-encoded, line breaks above all."""
    return quote(url, safe=_PRINTABLE, errors="replace")


def redirect(
    request: Request_, url: str, *, toast: str | None = None, tone: str = GOOD
) -> Response[str]:
    """Send the browser to `url` (an own path or an allowed absolute address), with a message shown there."""
    url = header_url(url)
    if is_htmx(request):
        response: Response[str] = Response(
            "", status_code=200, media_type=HTML, headers={"HX-Redirect": url}
        )
    else:
        response = Response("", status_code=303, media_type=HTML, headers={"Location": url})
    if toast is not None:
        response.set_cookie(
            Cookie(
                key=FLASH_COOKIE,
                value=sign_token("flash", {"message": toast, "tone": tone}, utc_now()),
                max_age=FLASH_SECONDS,
                httponly=True,
                secure=get_settings().secure,
                samesite="lax",
            )
        )
    return response


def _read_flash(request: Request_) -> dict[str, str] | None:
    token = request.cookies.get(FLASH_COOKIE)
    if not token:
        return None
    try:
        said = read_token("flash", token, utc_now())
        return {"message": str(said["message"]), "tone": str(said["tone"])}
    except (BadSignature, ExpiredLink, KeyError):
        return None


def json_attribute(value: object) -> Markup:
    """Return `value` as JSON for an HTML attribute."""
    return Markup.escape(json.dumps(value))
