"""Reads shaped for pages: lists of products with their covers, one product with its files, what a buyer gets."""

from collections.abc import Iterable
from datetime import datetime
from math import ceil
from uuid import UUID

from app.core.db import Record, fetch, fetch_one
from app.core.errors import NotFound
from app.products.kinds import FileKind
from app.products.presenting import FileRef, ProductCard, ProductDetail, ProductPage, as_card
from app.products.sampling import AS_JSON as SAMPLES
from app.products.sampling import read_samples

PAGE_SIZE = 20
STATES: tuple[str, ...] = ("active", "inactive", "expired")
CHOICES_LIMIT = 200


# $1 is always the present moment. An inactive product is inactive whatever its expiry.
_CARDS = f"""
SELECT p.id, p.name, p.description, p.instead, p.amount, p.currency, p.zone, p.expires_at, p.created_at, p.group_id, p.user_id,
  CASE WHEN NOT p.active THEN 'inactive' WHEN p.expires_at <= $1 THEN 'expired' ELSE 'active' END AS state,
  (SELECT count(*) FROM file o WHERE o.product_id = p.id AND o.kind = 'original') AS files,
  c.object_key AS cover_key, c.width, c.height, {SAMPLES.format(id="p.id")} AS samples
FROM product p LEFT JOIN file c ON c.product_id = p.id AND c.kind = 'cover'
"""  # noqa: S608 - own text


def _card(row: Record) -> ProductCard:
    return as_card(row, read_samples(row["samples"]))


def _pattern(search: str) -> str:
    escaped = search.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


async def list_products(
    group_id: UUID, now: datetime, *, search: str = "", state: str = "", page: int = 1
) -> ProductPage:
    """Return a page of the group's products, newest first. Two statements; a page past the end is the last one."""
    pattern = _pattern(search)
    counts = dict.fromkeys(STATES, 0)
    for row in await fetch(
        """SELECT CASE WHEN NOT active THEN 'inactive' WHEN expires_at <= $1 THEN 'expired' ELSE 'active' END AS state,
             count(*) AS number FROM product WHERE group_id = $2 AND name ILIKE $3 GROUP BY 1""",
        *(now, group_id, pattern),
    ):
        counts[row["state"]] = row["number"]
    total = counts[state] if state in counts else sum(counts.values())
    pages = max(1, ceil(total / PAGE_SIZE))
    page = min(max(page, 1), pages)
    rows = await fetch(
        _CARDS
        + """WHERE p.group_id = $2 AND p.name ILIKE $3 AND ($4 = '' OR $4 =
             CASE WHEN NOT p.active THEN 'inactive' WHEN p.expires_at <= $1 THEN 'expired' ELSE 'active' END)
             ORDER BY p.created_at DESC, p.id DESC LIMIT $5 OFFSET $6""",
        *(now, group_id, pattern, state if state in STATES else "", PAGE_SIZE),
        (page - 1) * PAGE_SIZE,
    )
    return ProductPage([_card(row) for row in rows], page, pages, counts, total)


async def product_cards(ids: Iterable[UUID], now: datetime) -> dict[UUID, ProductCard]:
    """Return cards by id, whatever their state; unknown ids are left out. The caller has checked the group."""
    rows = await fetch(_CARDS + "WHERE p.id = ANY($2::uuid[])", now, list(ids))
    return {row["id"]: _card(row) for row in rows}


async def choosable_products(group_id: UUID, now: datetime) -> list[ProductCard]:
    """Return what can be put on a page: the group's active, unexpired products, by name."""
    rows = await fetch(
        _CARDS
        + """WHERE p.group_id = $2 AND p.active AND (p.expires_at IS NULL OR p.expires_at > $1)
             ORDER BY lower(p.name), p.id LIMIT $3""",
        *(now, group_id, CHOICES_LIMIT),
    )
    return [_card(row) for row in rows]


async def find_product(group_id: UUID, product_id: UUID, now: datetime) -> ProductDetail:
    """Return a product of the group with its files. Raises NotFound."""
    row = await fetch_one(
        _CARDS + "WHERE p.id = $2 AND p.group_id = $3", *(now, product_id, group_id)
    )
    if row is None:
        raise NotFound
    names = (
        "id",
        "user_id",
        "group_id",
        "name",
        "description",
        "instead",
        "amount",
        "currency",
        "state",
        "zone",
    )
    return ProductDetail(
        **{name: row[name] for name in names},
        expires_at=row["expires_at"],
        files=tuple(await product_files(product_id)),
    )


async def lacking_files(ids: Iterable[UUID]) -> list[str]:
    """Return the names of products with nothing to download whose creator has not said what buyers get instead. Locks them
    in the current transaction, so that no last file is removed meanwhile."""
    rows = await fetch(
        """SELECT p.name FROM product p WHERE p.id = ANY($1::uuid[]) AND p.instead = ''
           AND NOT EXISTS (SELECT 1 FROM file f WHERE f.product_id = p.id AND f.kind = 'original')
           ORDER BY p.id FOR SHARE OF p""",
        list(ids),
    )
    return [row["name"] for row in rows]


async def instead_of_files(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return what buyers get of products instead of a download, where the creator says so."""
    rows = await fetch(
        "SELECT id, instead FROM product WHERE id = ANY($1::uuid[]) AND instead <> ''", list(ids)
    )
    return {row["id"]: row["instead"] for row in rows}


async def product_files(product_id: UUID, kind: FileKind | None = None) -> list[FileRef]:
    """Return a product's verified files (of one kind), in the creator's order."""
    rows = await fetch(
        """SELECT id, name, size, object_key, content_type, kind, width, height FROM file
           WHERE product_id = $1 AND ($2::text IS NULL OR kind = $2) ORDER BY position, id""",
        *(product_id, kind),
    )
    return [FileRef(**dict(row)) for row in rows]


async def original_files(product_id: UUID) -> list[FileRef]:
    """Return what a buyer of the product gets, in the creator's order."""
    return await product_files(product_id, FileKind.ORIGINAL)


async def preview_files(product_id: UUID) -> list[FileRef]:
    """Return the product's samples; `sampling.sample_url(file.id)` is where visitors get them."""
    return await product_files(product_id, FileKind.PREVIEW)
