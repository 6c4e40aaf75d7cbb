"""A page as the rest of the code reads it: one statement brings the page, its contents and its change log."""

import json
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property
from typing import Any, cast
from uuid import UUID

from app.core import db
from app.core.errors import NotFound
from app.core.ids import is_short_id
from app.core.theme import DEFAULT, Theme
from app.pages.imaging import Picture, cover_picture
from app.pages.lifecycle import PageTimes, State, gone_at, next_change, state_at
from app.pages.terms import Afterlife, PageSettings
from app.pages.types import page_types
from app.pages.types.base import PageType, Sells
from app.products import sampling
from app.products.presenting import Sample
from app.stock.codes.finding import AS_JSON, read_code
from app.stock.codes.standing import Code

CHANGES_SHOWN = 50


@dataclass(frozen=True)
class Content:
    """One item on a page. `amount` is the original price in minor units; `instead` is what buyers get
    where there is nothing to download."""

    id: UUID
    product_id: UUID
    position: int
    title: str
    summary: str
    image: str
    amount: int
    currency: str
    quantity: int | None
    stock_id: UUID | None
    samples: tuple[Sample, ...] = ()
    instead: str = ""


@dataclass(frozen=True)
class Change:
    """One line of the public change log. `before` and `after` are an ISO time, a number of pieces, minor units, or
    per cent, by `kind`."""

    kind: str
    subject: str
    before: str
    after: str
    currency: str
    at: datetime


@dataclass(frozen=True)
class PageRecord:
    """A stored page."""

    id: UUID
    short_id: str
    user_id: UUID
    organization_id: UUID
    group_id: UUID
    type: str
    title: str
    description: str
    language: str
    zone: str
    theme: Theme
    settings: PageSettings
    afterlife: Afterlife
    times: PageTimes
    ended_cause: str
    stock_id: UUID | None
    successor_id: UUID | None
    successor_short_id: str | None
    cover_key: str | None
    own_branding: bool
    version: int
    contents: tuple[Content, ...]
    changes: tuple[Change, ...]
    own_code: Code | None = None
    suspended_at: datetime | None = None
    suspended_reason: str = ""
    erase_after_days: int | None = None

    @cached_property
    def page_type(self) -> PageType:
        return page_types[self.type]

    @property
    def cover(self) -> Picture | None:
        """Addresses of the page's own cover picture."""
        return cover_picture(self.cover_key) if self.cover_key else None

    @property
    def sells(self) -> Sells:
        return cast(Sells, self.settings)

    @property
    def currency(self) -> str | None:
        return self.contents[0].currency if self.contents else None

    @property
    def suspended(self) -> bool:
        """Whether the operator has taken the page from the public (`suspending.py`)."""
        return self.suspended_at is not None

    @property
    def topic(self) -> str:
        return f"page:{self.id}"

    def stock_of(self, content: Content) -> UUID | None:
        """The stock that counts `content`: its own when each item is limited, else the page's."""
        return content.stock_id if self.sells.stock_limit == "item" else self.stock_id

    def product_ids(self) -> list[UUID]:
        return [content.product_id for content in self.contents]

    def stock_ids(self) -> set[UUID]:
        found = [self.stock_of(content) for content in self.contents]
        if self.sells.stock_limit == "page":
            found.append(self.stock_id)
        return {stock_id for stock_id in found if stock_id is not None}

    def shown_ids(self) -> set[UUID]:
        """Every stock whose level the page shows: its pieces, and the uses of the code that it hands out."""
        return self.stock_ids() | ({self.own_code.stock_id} if self.own_code else set())

    def state(self, now: datetime) -> State:
        return state_at(self.times, now)

    def next_change(self, now: datetime) -> datetime | None:
        """Return the next moment at which time alone changes the page: its state, a moment of its type, its code."""
        if self.times.published_at is None:
            return None
        own = [moment.at for moment in self.page_type.moments(self.settings, self.times)]
        code = self.own_code.changes_at(now) if self.own_code else []
        changes = [next_change(self.times, now), *(at for at in own if at > now), *code]
        return min((at for at in changes if at is not None), default=None)

    @property
    def erased_at(self) -> datetime | None:
        """When its registrations are erased, as things stand; None for never, or while its end is not known."""
        return gone_at(self.times, self.erase_after_days)

    def gone_at(self) -> datetime | None:
        return gone_at(self.times, self.afterlife.gone_after_days)


_SELECT = f"""
SELECT p.*, {AS_JSON.format(id="p.code_id")} AS own_code, successor.short_id AS successor_short_id,
  (SELECT json_agg(to_jsonb(c) || jsonb_build_object('samples', {sampling.AS_JSON.format(id="c.product_id")})
     ORDER BY c.position, c.id) FROM page_content c WHERE c.page_id = p.id) AS contents,
  (SELECT json_agg(l) FROM (SELECT kind, subject, before, after, currency, at FROM page_change
     WHERE page_id = p.id ORDER BY at DESC, id DESC LIMIT {{changes}}) l) AS changes
FROM page p
LEFT JOIN page successor ON successor.id = p.successor_id AND successor.published_at IS NOT NULL
WHERE {{condition}}
"""  # noqa: S608 - own text


async def by_short_id(short_id: str) -> PageRecord:
    """Return the page behind a public link, drafts too. Raises NotFound."""
    if not is_short_id(short_id):
        raise NotFound
    return await _load("p.short_id = $1", short_id)


async def by_id(page_id: UUID) -> PageRecord:
    """Return a page for jobs and other modules. Raises NotFound."""
    return await _load("p.id = $1", page_id)


async def of_group(page_id: UUID, group_id: UUID) -> PageRecord:
    """Return a page that a viewer's group owns. Raises NotFound for any other."""
    return await _load("p.id = $1 AND p.group_id = $2", page_id, group_id)


async def several(page_ids: Collection[UUID]) -> list[PageRecord]:
    """Return pages by their ids, by title; unknown ones are left out. The caller has checked the group."""
    condition = "p.id = ANY($1::uuid[]) ORDER BY p.title, p.id"
    rows = await db.fetch(_SELECT.format(changes=0, condition=condition), list(page_ids))
    return [read_page(row) for row in rows]


async def _load(condition: str, *arguments: object) -> PageRecord:
    row = await db.fetch_one(_SELECT.format(changes=CHANGES_SHOWN, condition=condition), *arguments)
    if row is None:
        raise NotFound
    return read_page(row)


def read_page(row: db.Record) -> PageRecord:
    """Read a row of `page` with its contents, changes and successor."""
    return PageRecord(
        **{name: row[name] for name in _PLAIN},
        theme=_theme(json.loads(row["theme"])),
        settings=page_types[row["type"]].settings.model_validate_json(row["settings"]),
        afterlife=Afterlife.model_validate_json(row["afterlife"]),
        times=PageTimes(**{field.name: row[field.name] for field in fields(PageTimes)}),
        contents=tuple(_content(item) for item in json.loads(row["contents"] or "[]")),
        changes=tuple(_change(item) for item in json.loads(row["changes"] or "[]")),
        own_code=read_code(json.loads(row["own_code"] or "null")),
    )


_READ = {"theme", "settings", "afterlife", "times", "contents", "changes", "own_code"}
_PLAIN = tuple(field.name for field in fields(PageRecord) if field.name not in _READ)


def _theme(stored: dict[str, Any]) -> Theme:
    return Theme(**stored) if stored else DEFAULT


def _content(item: dict[str, Any]) -> Content:
    values: dict[str, Any] = {field.name: item[field.name] for field in fields(Content)}
    values["samples"] = sampling.read_samples(item["samples"])
    for name in ("id", "product_id", "stock_id"):
        values[name] = UUID(values[name]) if values[name] else None
    return Content(**values)


def _change(item: dict[str, Any]) -> Change:
    values: dict[str, Any] = {field.name: item[field.name] for field in fields(Change)}
    values["at"] = datetime.fromisoformat(values["at"])
    return Change(**values)
