"""What the product templates take, put together once for pages and fragments alike."""

from datetime import datetime
from typing import Any
from uuid import UUID

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.core.currencies import CURRENCIES
from app.core.errors import NotFound
from app.core.forms import Form
from app.core.money import below_minimum
from app.core.rendering import Fragment
from app.core.zones import zone_choices
from app.products.forms import filled_form
from app.products.kinds import MAXIMUM_FILES, FileKind, rule_for
from app.products.presenting import FileRef, ProductDetail
from app.products.queries import find_product
from app.storage.queries import Upload, unsettled_uploads
from app.storage.verifying import failure_text


def kind_of(text: str) -> FileKind:
    """Return the kind that a request names. Raises NotFound."""
    try:
        return FileKind(text)
    except ValueError:
        raise NotFound from None


def form_context(viewer: Viewer, form: Form[Any], product_id: UUID | None) -> dict[str, Any]:
    """What `products/_form.html` takes; `product_id` is None for a new product."""
    return {
        "form": form,
        "product_id": product_id,
        "currencies": [(code, code) for code in CURRENCIES],
        "too_small": below_minimum(form.value("price"), form.value("currency")),
        "zones": zone_choices(form.value("zone")),
        "may_edit": viewer.can(Permission.EDIT_PRODUCTS),
    }


def files_context(
    viewer: Viewer, product: ProductDetail, uploads: list[Upload], kind: FileKind
) -> dict[str, Any]:
    """What `products/_files.html` takes."""
    return {
        "product_id": product.id,
        "kind": kind.value,
        "files": product.of_kind(kind),
        "uploads": [upload for upload in uploads if upload.kind == kind],
        "rule": rule_for(kind),
        "maximum": MAXIMUM_FILES[kind],
        "may_edit": viewer.can(Permission.EDIT_PRODUCTS),
        "failure_text": failure_text,
    }


def row_context(viewer: Viewer, product: ProductDetail, file: FileRef) -> dict[str, Any]:
    """What `products/_file.html` takes."""
    return {
        "product_id": product.id,
        "file": file,
        "may_edit": viewer.can(Permission.EDIT_PRODUCTS),
    }


async def show_context(
    viewer: Viewer, product_id: UUID, now: datetime, form: Form[Any] | None = None
) -> dict[str, Any]:
    """What `products/show.html` takes. Raises NotFound. Two statements, and one for the files."""
    product = await find_product(viewer.group_id, product_id, now)
    uploads = await unsettled_uploads(product_id)
    return {
        "product": product,
        **form_context(viewer, form or filled_form(product), product_id),
        "sections": {
            kind.value: files_context(viewer, product, uploads, kind) for kind in FileKind
        },
    }


async def files_fragment(
    viewer: Viewer, product_id: UUID, kind: FileKind, now: datetime
) -> Fragment:
    """Return the fragment with all files of one kind."""
    product = await find_product(viewer.group_id, product_id, now)
    uploads = await unsettled_uploads(product_id)
    return ("products/_files.html", files_context(viewer, product, uploads, kind))
