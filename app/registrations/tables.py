"""Registrations and what happened to them. Checks and further indexes are in the migrations."""

import uuid

from piccolo.columns import (
    JSONB,
    UUID,
    BigInt,
    ForeignKey,
    Integer,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from app.core.ids import new_id
from app.pages.tables import Page
from app.stock.tables import Hold

# The cursor of a batch that none came before.
FIRST = uuid.UUID(int=0)

CONFIRMED, WAITING, OFFERED = "confirmed", "waiting", "offered"
CANCELLED, ATTENDED = "cancelled", "attended"
STATES = (CONFIRMED, WAITING, OFFERED, CANCELLED, ATTENDED)
# States in which the registrant's places are sold; `stock_id` then says from which stock.
SEATED = (CONFIRMED, ATTENDED)
# States in which the registrant wants something, and an address stands for one registration of a page.
STANDING = (CONFIRMED, WAITING, OFFERED, ATTENDED)


class ConsentText(Table, tablename="consent_text"):
    """One wording of what a page's registrants agree to, in one language; versions count from 1."""

    id = UUID(primary_key=True, default=new_id)
    page_id = ForeignKey(Page, null=False, index=False, on_delete=OnDelete.cascade)
    version = Integer(null=False)
    language = Varchar(length=12, null=False)
    text = Text(null=False)
    since = Timestamptz(null=False)


class Registration(Table, tablename="registration"):
    """One sign-up. `email` or `phone` is there, "" stands for the other. `quantity` places are taken from `stock_id`
    while it is confirmed or attended, and wanted while it waits; a page without limit has no stock.

    `answers` holds what was said to the creator's questions, by their keys. `consent_text` is what was agreed to, word
    for word, at `consent_at`, and `consent_id` which version of the page's words that is. `source` is where they came from, by the share link `link_id`; `entry_stock_id` counts its
    uses when one let them in before the launch.
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
    # No foreign key: its check would share the stock's row, and two who share it can't both take from it.
    stock_id = UUID(null=True, default=None, index=True)
    entry_stock_id = UUID(null=True, default=None)
    consent_text = Text(null=False, default="")
    consent_at = Timestamptz(null=True, default=None)
    consent_id = ForeignKey(
        ConsentText, null=True, default=None, index=False, on_delete=OnDelete.set_null
    )
    language = Varchar(length=12, null=False, default="en")
    source = Varchar(length=40, null=False, default="")
    link_id = UUID(null=True, default=None, index=True)
    created_at = Timestamptz(null=False)
    updated_at = Timestamptz(null=False)
    cancelled_at = Timestamptz(null=True, default=None)
    checked_in_at = Timestamptz(null=True, default=None)


class RegistrationCount(Table, tablename="registration_count"):
    """How many registrations of a page stand, in whatever state but cancelled; `counting.py` keeps it."""

    page_id = ForeignKey(
        Page, primary_key=True, null=False, index=False, on_delete=OnDelete.cascade
    )
    organization_id = UUID(null=False, index=True)
    standing = Integer(null=False, default=0)


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


class WaitlistEntry(Table, tablename="waitlist_entry"):
    """One wait for places. `position` orders the entries of a page; `offered` of the `quantity` wanted lie in the hold
    `hold_id` until `offer_expires_at`, while the state is "offered".
    """

    id = UUID(primary_key=True, default=new_id)
    registration_id = ForeignKey(Registration, null=False, index=False, on_delete=OnDelete.cascade)
    page_id = ForeignKey(Page, null=False, index=False, on_delete=OnDelete.restrict)
    quantity = Integer(null=False, default=1)
    position = BigInt(null=False, default=0)
    state = Varchar(length=10, null=False, default="waiting")
    offered = Integer(null=False, default=0)
    hold_id = ForeignKey(Hold, null=True, default=None, index=False, on_delete=OnDelete.restrict)
    created_at = Timestamptz(null=False)
    offered_at = Timestamptz(null=True, default=None)
    offer_expires_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)


class Mailing(Table, tablename="mailing"):
    """One message to everyone on a page who registered `before` a moment, queued in batches, each recipient once.

    `key` makes it one of a kind. `after` is the last registration that a batch served; `queued` counts messages, and
    the last of them leaves at `paced_until`, for the operator sets how many leave in a second.
    """

    id = UUID(primary_key=True, default=new_id)
    key = Varchar(length=200, unique=True)
    page_id = ForeignKey(Page, null=False, index=True, on_delete=OnDelete.cascade)
    kind = Varchar(length=20, null=False)
    details = JSONB(null=False, default="{}")
    before = Timestamptz(null=False)
    after = UUID(null=False, default=FIRST)
    queued = Integer(null=False, default=0)
    paced_until = Timestamptz(null=False)
    started_at = Timestamptz(null=False)
    finished_at = Timestamptz(null=True, default=None)


class Plan(Table, tablename="told_plan"):
    """The times and the place of an event as its registrants were told last, so that they hear of what changed."""

    page_id = ForeignKey(
        Page, primary_key=True, null=False, index=False, on_delete=OnDelete.cascade
    )
    facts = JSONB(null=False, default="{}")
