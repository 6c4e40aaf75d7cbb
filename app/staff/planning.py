"""Changing plans, with a line in the log for each."""

from dataclasses import asdict
from typing import Annotated

from pydantic import Field, StringConstraints

from app.billing.editing import edit_plan
from app.billing.plans import Features, Plan
from app.core import db
from app.core.currencies import chargeable
from app.core.forms import FieldError, Form, FormModel
from app.core.i18n import gettext as _
from app.core.money import AmountRefused, format_amount_input, minimum_words, parse_amount
from app.staff.noting import Actor

GIB = 1024**3
# Hundredths of a per cent: the most that a sale may cost its seller is all of it.
WHOLE = 10_000

Text = Annotated[str, StringConstraints(max_length=20)]


class PlanForm(FormModel):
    """A plan as people type it; a limit left empty is none, a price left empty is on request."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    price: Text = ""
    visible: bool = False
    active_pages: Text = ""
    products: Text = ""
    storage_gib: Text = ""
    registrations_per_page: Text = ""
    team_size: Text = ""
    fee_basis_points: Annotated[int, Field(ge=0, le=WHOLE)]
    own_branding: bool = False
    own_names: bool = False


def form_of(plan: Plan) -> Form[PlanForm]:
    """Return the form as it stands for a stored plan."""
    features = plan.features
    values: dict[str, str] = {
        "name": plan.name,
        "price": "" if plan.amount is None else format_amount_input(plan.amount, plan.currency),
        "storage_gib": _typed(features.storage_bytes, GIB),
        "fee_basis_points": str(features.fee_basis_points),
    }
    for name in ("active_pages", "products", "registrations_per_page", "team_size"):
        values[name] = _typed(getattr(features, name))
    on = {"visible": plan.visible} | {
        name: getattr(features, name) for name in ("own_branding", "own_names")
    }
    return Form(values=values | {name: "on" for name, ticked in on.items() if ticked})


async def change_plan(actor: Actor, plan: Plan, sent: PlanForm) -> None:
    """Store what was typed. Raises FieldError, NotFound."""
    amount = _price(sent.price, plan)
    features = _features(sent)
    async with db.transaction():
        key = await edit_plan(plan.id, sent.name, amount, sent.visible, features)
        was = {"amount": plan.amount, "visible": plan.visible, **asdict(plan.features)}
        becomes = {"amount": amount, "visible": sent.visible, **asdict(features)}
        changed = {
            name: f"{was[name]} → {value}" for name, value in becomes.items() if was[name] != value
        }
        await actor.did("edited-plan", plan.id, plan=key, **changed)


def _price(text: str, plan: Plan) -> int | None:
    if not text:
        return None
    try:
        amount = parse_amount(text, plan.currency)
    except AmountRefused as error:
        raise FieldError("price", error.message) from None
    if not chargeable(amount, plan.currency):
        least = minimum_words(plan.currency)
        raise FieldError("price", _("The smallest amount that can be charged is %(least)s.", least=least))  # fmt: skip
    return amount


def _features(sent: PlanForm) -> Features:
    storage = _limit("storage_gib", sent.storage_gib)
    return Features(
        active_pages=_limit("active_pages", sent.active_pages),
        products=_limit("products", sent.products),
        storage_bytes=None if storage is None else storage * GIB,
        registrations_per_page=_limit("registrations_per_page", sent.registrations_per_page),
        team_size=_limit("team_size", sent.team_size),
        own_branding=sent.own_branding,
        fee_basis_points=sent.fee_basis_points,
        own_names=sent.own_names,
    )


def _limit(field: str, text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise FieldError(field, _("Please enter a whole number, or nothing for no limit."))
    return int(text)


def _typed(limit: int | None, unit: int = 1) -> str:
    return "" if limit is None else str(limit // unit)
