"""What there is to attack, found in the application itself, so that a new route or form is attacked from its first day."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

from litestar.routes import HTTPRoute

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_PARAMETER = re.compile(r"\{(\w+)\}")
_VERBS = ("post", "delete", "put", "patch")


@dataclass(frozen=True)
class Route:
    """One method of one address; `streams` says that its answer never ends. `guards` are what must let one through:
    permissions by name, and the names of other guards."""

    method: str
    template: str
    streams: bool = False
    guards: frozenset[str] = frozenset()

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(_PARAMETER.findall(self.template))

    @property
    def console(self) -> bool:
        return self.template.startswith("/console")

    def path(self, values: Mapping[str, str]) -> str:
        """Return the address with `values` percent-encoded in place of the parameters."""
        return _PARAMETER.sub(lambda found: encoded(values[found.group(1)]), self.template)

    def matches(self, path: str) -> bool:
        pattern = _PARAMETER.sub("[^/]+", self.template)
        return re.fullmatch(pattern, path) is not None

    def __str__(self) -> str:
        return f"{self.method} {self.template}"


def encoded(text: str) -> str:
    """Percent-encode everything, lone surrogates too."""
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def routes_of(app: Any) -> list[Route]:
    """Return every route of the application, in a lasting order."""
    found: set[Route] = set()
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for method, (handler, _) in route.route_handler_map.items():
            returned = handler.parsed_fn_signature.return_type.raw
            streams = getattr(returned, "__name__", "") == "EventSourceResponse"
            if method != "OPTIONS":
                found.add(Route(str(method), route.path_format, streams, _guards(handler)))
    return sorted(found, key=lambda route: (route.template, route.method))


def _guards(handler: Any) -> frozenset[str]:
    found = [getattr(guard, "func", guard) for guard in handler.resolve_guards()]
    return frozenset(str(getattr(one, "permission", None) or one.__name__) for one in found)


def unsafe(routes: Iterable[Route]) -> list[Route]:
    return [route for route in routes if route.method not in SAFE]


@dataclass(frozen=True)
class SentForm:
    """A form as a page shows it: where it goes, and what it would send untouched, in order.

    `readonly`: it has no button to send it with.
    """

    method: str
    path: str
    fields: tuple[tuple[str, str], ...]
    readonly: bool = False
    unchecked: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*(name for name, _value in self.fields), *self.unchecked]))

    def replaced(self, changes: Mapping[str, str]) -> list[tuple[str, str]]:
        """Return the pairs to send, with `changes` in place of (or beside) the form's own values."""
        kept = [(name, value) for name, value in self.fields if name not in changes]
        return [*kept, *changes.items()]


@dataclass
class _Open:
    """A form, or an element that sends by itself, while it is read."""

    method: str
    path: str
    fields: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    readonly: bool = True
    unchecked: list[str] = field(default_factory=list[str])


class _Reader(HTMLParser):
    def __init__(self, here: str) -> None:
        super().__init__(convert_charrefs=True)
        self.here = here
        self.forms: dict[str, _Open] = {}
        self.senders: list[tuple[str, str, str, bool]] = []
        self.links: set[str] = set()
        self._form = ""
        self._textarea: tuple[str, str] | None = None
        self._select: tuple[str, str, bool] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        owner = given.get("form", self._form)
        for verb in _VERBS:
            if path := given.get(f"hx-{verb}"):
                own = given.get("id", str(len(self.forms))) if tag == "form" else owner
                self.senders.append((verb.upper(), path, own, tag == "form"))
        if path := given.get("formaction"):
            self.senders.append((given.get("formmethod", "post").upper(), path, owner, False))
        match tag:
            case "form":
                self._form = given.get("id", str(len(self.forms)))
                made = _Open(given.get("method", "get").upper(), given.get("action", self.here))
                made.fields = self.forms[self._form].fields if self._form in self.forms else []
                self.forms[self._form] = made
            case "input" | "button":
                self._control(tag, given, owner)
            case "textarea":
                self._textarea = (owner, given.get("name", ""))
                self._add(owner, given.get("name", ""), "")
            case "select":
                self._select = (owner, given.get("name", ""), False)
            case "option" if self._select is not None:
                owner, name, chosen = self._select
                if not chosen or "selected" in given:
                    self._add(owner, name, given.get("value", ""), fresh=chosen)
                    self._select = (owner, name, True)
            case "a" if given.get("href", "").startswith("/"):
                self.links.add(given["href"])
            case _:
                pass

    def _control(self, tag: str, given: dict[str, str], owner: str) -> None:
        name, kind = given.get("name", ""), given.get("type", "")
        if kind in ("submit", "image") or (tag == "button" and not kind):
            self.forms.setdefault(owner, _Open("GET", self.here)).readonly = False
        if kind in ("checkbox", "radio") and "checked" not in given:
            if kind == "checkbox":
                self.forms.setdefault(owner, _Open("GET", self.here)).unchecked.append(name)
            return
        if tag == "button" and any(known == name for known, _ in self._fields(owner)):
            return
        self._add(owner, name, given.get("value", "on" if kind == "checkbox" else ""))

    def _fields(self, owner: str) -> list[tuple[str, str]]:
        return self.forms.setdefault(owner, _Open("GET", self.here)).fields

    def _add(self, owner: str, name: str, value: str, *, fresh: bool = False) -> None:
        if not name:
            return
        fields = self._fields(owner)
        if fresh:
            fields[:] = [pair for pair in fields if pair[0] != name]
        fields.append((name, value))

    def handle_data(self, data: str) -> None:
        if self._textarea is not None and self._textarea[1]:
            fields = self._fields(self._textarea[0])
            name, value = fields[-1]
            fields[-1] = (name, value + data)

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "form":
                self._form = ""
            case "textarea":
                self._textarea = None
            case "select":
                self._select = None
            case _:
                pass


@dataclass(frozen=True)
class Page:
    """What a served page leads to: its forms (GET ones too), and its own links."""

    forms: tuple[SentForm, ...]
    links: frozenset[str]


def read_page(html: str, here: str) -> Page:
    """Read a page that was served at `here`."""
    reader = _Reader(here)
    reader.feed(html)
    forms = [
        SentForm(form.method, form.path, tuple(form.fields), form.readonly, tuple(form.unchecked))
        for key, form in reader.forms.items()
        if key
    ]
    for method, path, owner, is_form in reader.senders:
        own = reader.forms.get(owner)
        fields = tuple(own.fields) if own and owner else ()
        forms.append(SentForm(method, path, fields, bool(is_form and own and own.readonly)))
    return Page(tuple(forms), frozenset(reader.links))
