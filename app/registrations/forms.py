"""The forms of registrations: what is asked everywhere, and `answer_<key>` for each of the page's own questions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar, cast

from litestar import Request
from pydantic import AfterValidator, Field

from app.core.addresses import MailAddress
from app.core.forms import FORM_LEVEL, Form, FormModel, read_pairs, validate
from app.core.i18n import gettext as _
from app.core.text import clean_text, one_line
from app.core.throwaway import is_throwaway
from app.core.trap import TrapForm
from app.pages.arriving import LONGEST_QUERY
from app.pages.collecting import Collection
from app.pages.consenting import consent_words
from app.pages.forms import EmptyIsNone
from app.pages.types.base import Registers
from app.registrations.captcha import LONGEST_SOLUTION
from app.registrations.changing import Changes
from app.registrations.fields import PREFIX, read_answers
from app.registrations.phones import read_phone
from app.registrations.queries import Answer, RegistrationView
from app.registrations.registering import SignUp

# No page may allow more; each page's own limit is checked besides.
MOST_PLACES = 1000


Name = Annotated[str, Field(max_length=120), AfterValidator(one_line)]
Phone = Annotated[str, Field(max_length=40), AfterValidator(read_phone)]
Places = Annotated[int, Field(ge=1, le=MOST_PLACES)]


class PersonForm(FormModel):
    """Who comes, and with how many; for a change as well."""

    name: Name = ""
    phone: Phone = ""
    quantity: Places = 1


class RegistrationForm(PersonForm, TrapForm):
    """A new registration. `attempt` is made by the browser, so that a form sent twice is one; `altcha` is the solved
    puzzle, "" from browsers without scripts; `link` the query of the share link that somebody came by, `terms` whose they
    were shown."""

    email: Annotated[MailAddress | None, EmptyIsNone] = None
    consent: bool = False
    attempt: Annotated[str, Field(max_length=64, pattern=r"^[0-9A-Za-z-]*$")] = ""
    altcha: Annotated[str, Field(max_length=LONGEST_SOLUTION)] = ""
    link: Annotated[str, Field(max_length=LONGEST_QUERY)] = ""
    terms: Literal["link", "page"] = "page"


Model = TypeVar("Model", bound=PersonForm)


@dataclass
class Read:
    """A form with the answers to the page's own questions, which are valid when the form is `ok`."""

    form: Form[Any]
    answers: dict[str, Answer]


async def read_registration(request: Request[Any, Any, Any], asks: Registers) -> Read:
    """Read a new registration. Raises as `read_pairs`."""
    return check_registration(dict(await read_pairs(request)), asks)


def check_registration(typed: Mapping[str, str], asks: Registers) -> Read:
    """Check what was typed against what the page asks."""
    read = _check(RegistrationForm, typed, asks)
    form, data = read.form, read.form.data
    if data is None:
        return read
    if "email" not in asks.asks:
        data.email = None
    if (
        "email" in asks.asks
        and data.email is None
        and ("phone" not in asks.asks or "name" in asks.asks)
    ):
        form.add("email", _("Please fill this in."))
    elif data.email is None and not data.phone:
        form.add("email" if "email" in asks.asks else "phone", _("Please fill this in."))
    if data.email and asks.refuse_throwaway and is_throwaway(data.email):
        form.add("email", _("Please use an address that you keep: this one is thrown away soon."))
    if not data.consent:
        form.add("consent", _("Please agree: without your consent nothing is kept."))
    return read


async def read_change(request: Request[Any, Any, Any], asks: Registers) -> Read:
    """Read a changed registration. Raises as `read_pairs`."""
    return _check(PersonForm, dict(await read_pairs(request)), asks)


def _check(model: type[Model], typed: Mapping[str, str], asks: Registers) -> Read:
    plain = {name: text for name, text in typed.items() if not name.startswith(PREFIX)}
    own = {name: clean_text(text) for name, text in typed.items() if name.startswith(PREFIX)}
    # Together, so that the characters and lengths of all of them are looked at before anything is read.
    form: Form[Any] = validate(model, plain)
    screened = validate(_Screen, {"texts": list(own.values())})
    form.values.update(own)
    if screened.errors:
        form.add(FORM_LEVEL, screened.errors.popitem()[1][0])
        return Read(form, {})
    known = {f"{PREFIX}{field.key}" for field in asks.fields}
    for name in sorted(set(own) - known)[:1]:
        form.add(FORM_LEVEL, _("Unknown field: %(name)s.", name=name[:80]))
    answers, wrong = read_answers(asks.fields, own)
    for name, message in wrong.items():
        form.add(name, message)
    if form.data is not None:
        _check_person(form, asks)
    return Read(form, answers)


class _Screen(FormModel):
    texts: list[str] = []


def _check_person(form: Form[Any], asks: Registers) -> None:
    data = cast(PersonForm, form.data)
    if "name" not in asks.asks:
        data.name = ""
    elif not data.name:
        form.add("name", _("Please fill this in."))
    if "phone" not in asks.asks:
        data.phone = ""
    if data.quantity > asks.maximum_quantity:
        form.add("quantity", _("At most %(n)s, please.", n=asks.maximum_quantity))


def sign_up_of(read: Read, collection: Collection) -> SignUp:
    """Return a valid form as what it asks for, with the consent as it was worded, and where its sender came from."""
    data = cast(RegistrationForm, read.form.data)
    came = collection.arrival
    return SignUp(
        email=data.email or "",
        phone=data.phone,
        name=data.name,
        quantity=data.quantity,
        answers=read.answers,
        consent_text=consent_words(collection.asks.consent_text),
        source=came.source if came else "",
        link_id=came.link.id if came and came.link else None,
        terms=data.terms,
    )


def changes_of(read: Read, before: RegistrationView, asks: Registers) -> Changes:
    """Return a valid form as what is to change."""
    data = cast(PersonForm, read.form.data)
    return Changes(
        name=data.name,
        phone=data.phone if "phone" in asks.asks else before.phone,
        quantity=data.quantity if "quantity" in read.form.values else before.quantity,
        answers=read.answers,
    )
