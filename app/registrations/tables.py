"""Registrations and what happened to them. Checks and further indexes are in the migrations."""

from piccolo.columns import JSONB, UUID, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.core.ids import new_id
from app.pages.tables import Page
from app.stock.tables import Stock

CONFIRMED, WAITING, OFFERED = "confirmed", "waiting", "offered"
CANCELLED, ATTENDED = "cancelled", "attended"
STATES = (CONFIRMED, WAITING, OFFERED, CANCELLED, ATTENDED)
# States in which the registrant's places are sold; `stock_id` then says from which stock.
SEATED = (CONFIRMED, ATTENDED)
# States in which the registrant wants something, and an address stands for one registration of a page.
STANDING = (CONFIRMED, WAITING, OFFERED, ATTENDED)


class Registration(Table, tablename="registration"):
    """One sign-up. `email` or `phone` is there, "" stands for the other. `quantity` places are taken from `stock_id`
    while it is confirmed or attended, and wanted while it waits; a page without limit has no stock.

    `answers` holds what was said to the creator's questions, by their keys. `consent_text` is what was agreed to, word
    for word, at `consent_at`.
    """

    id = UUID(primary_key=True, default=new_id)
    page_id = ForeignKey(Page, null=False, index=False, on_delete=OnDelete.restrict)
    organization_id = UUID(null=False)
    group_id = UUID(null=False)
    email = Varchar(length=254, null=False, default="")
    phone = Varchar(length=16, null=False, default="")
    name = Varchar(length=120, null=False, default="")
    quantity = Integer(null=False, default=1)
    answers = JSONB(null=False, default="{}")
    state = Varchar(length=10, null=False, default=CONFIRMED)
    stock_id = ForeignKey(Stock, null=True, default=None, index=True, on_delete=OnDelete.restrict)
    consent_text = Text(null=False, default="")
    consent_at = Timestamptz(null=True, default=None)
    language = Varchar(length=12, null=False, default="en")
    source = Varchar(length=40, null=False, default="")
    link_id = UUID(null=True, default=None, index=True)
    created_at = Timestamptz(null=False)
    updated_at = Timestamptz(null=False)
    cancelled_at = Timestamptz(null=True, default=None)
    checked_in_at = Timestamptz(null=True, default=None)


class RegistrationEvent(Table, tablename="registration_event"):
    """One line of a registration's history. `actor_id` is a colleague; None is the registrant, or time."""

    id = UUID(primary_key=True, default=new_id)
    registration_id = ForeignKey(Registration, null=False, index=False, on_delete=OnDelete.cascade)
    kind = Varchar(length=40, null=False)
    actor_id = UUID(null=True, default=None)
    details = JSONB(null=False, default="{}")
    created_at = Timestamptz(null=False)


class PendingRegistration(Table, tablename="pending_registration"):
    """What somebody without scripts typed, until they confirm it from their mail; `typed` is the form as it was sent."""

    id = UUID(primary_key=True, default=new_id)
    page_id = ForeignKey(Page, null=False, index=True, on_delete=OnDelete.cascade)
    typed = JSONB(null=False)
    language = Varchar(length=12, null=False, default="en")
    created_at = Timestamptz(null=False)
    expires_at = Timestamptz(null=False, index=True)


class CaptchaUse(Table, tablename="captcha_use"):
    """A solved puzzle that has been used. `id` is its nonce, `attempt` the one form that it was for."""

    id = UUID(primary_key=True, default=new_id)
    attempt = UUID(null=False)
    expires_at = Timestamptz(null=False, index=True)


class Broadcast(Table, tablename="broadcast"):
    """A message from the creator to a page's registrants, as it was sent; `states` are those it went to."""

    id = UUID(primary_key=True, default=new_id)
    page_id = ForeignKey(Page, null=False, index=True, on_delete=OnDelete.cascade)
    group_id = UUID(null=False)
    user_id = UUID(null=False)
    subject = Varchar(length=200, null=False)
    body = Text(null=False)
    states = Varchar(length=100, null=False)
    recipients = Integer(null=False, default=0)
    created_at = Timestamptz(null=False)
