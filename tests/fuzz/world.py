"""One seller with one of everything, so that every address of the application leads somewhere."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from app.auth.groups import make_group
from app.auth.sessions import start_session
from app.auth.verifying import verification_token
from app.auth.viewer import Viewer
from app.billing.plans import all_plans
from app.core import db
from app.core.ids import new_id
from app.core.jobs import enqueue
from app.core.signing import sign_token
from app.flags.switching import create_flag, set_for
from app.notifications.sending import send_email
from app.notifications.unsubscribing import unsubscribe_url
from app.orders.delivering import Standing, deliver
from app.orders.links import download_path, order_token
from app.pages import ending, pausing
from app.pages.collecting import collection_of
from app.pages.embedding import EMBEDDING
from app.pages.loading import PageRecord
from app.products.activating import deactivate
from app.products.importing import import_file
from app.products.keys import picture_key
from app.products.kinds import FileKind
from app.products.sampling import sample_url
from app.registrations.cancelling import cancel
from app.registrations.checking_in import check_in
from app.registrations.links import confirm_url, manage_path
from app.registrations.queries import registration_of
from app.registrations.standing import wait_of
from app.storage.media import media_url
from tests.factories.auth import make_colleague
from tests.factories.codes import make_code
from tests.factories.deliveries import make_sold
from tests.factories.links import share
from tests.factories.orders import Sale, buy, form
from tests.factories.pages import make_draft, make_page
from tests.factories.products import make_product, picture
from tests.factories.registrations import make_registration
from tests.factories.rehearsals import ask_for
from tests.factories.subscriptions import subscribe
from tests.factories.teams import make_invitation
from tests.factories.types import make_countdown, make_event, make_offer
from tests.fuzz.account import make_account
from tests.fuzz.discovery import Route
from tests.products.uploads import announce

THEME = "0d5c50-ffffff-111111-0d5c50-system-medium.css"
ADDRESS = "127.0.0.1"


@dataclass
class World:
    """What was made. `values` are the parameters of addresses, by name or by "first segment/name"."""

    viewer: Viewer
    pages: dict[str, PageRecord]
    products: list[UUID]
    sold: "Bought"
    values: dict[str, str]
    others: dict[str, str]
    elsewhere: str
    broken_upload: str

    def value(self, route: Route, name: str) -> str:
        """Return what stands for a parameter. Raises KeyError: teach `make_world` what the new parameter means."""
        parts = route.template.strip("/").split("/")
        for depth in (2, 1):
            known = self.values.get("/".join([*parts[:depth], name]))
            if known is not None:
                return known
        return self.values[name]

    def addresses(self, route: Route) -> Iterator[dict[str, str]]:
        """Yield every set of parameters that leads somewhere: pages in each of their states, orders in some."""
        base = {name: self.value(route, name) for name in route.parameters}
        yield base
        for page in self.pages.values():
            if "page_id" in base and base["page_id"] != str(page.id):
                yield {**base, "page_id": str(page.id)}
            if "short_id" in base and base["short_id"] != page.short_id:
                yield {**base, "short_id": page.short_id}
        if "upload_id" in base and route.template.startswith("/console/products"):
            yield {**base, "upload_id": self.broken_upload}
        for name, other in self.others.items():
            if name in base:
                yield {**base, name: other}
        if route.template.startswith("/d/"):
            yield {"token": self.elsewhere}


@dataclass(frozen=True)
class Bought:
    """A purchase that was paid for in the sandbox."""

    id: UUID
    session_id: str


async def make_world(
    owner: Any, visitor: httpx.AsyncClient, stripe_account: Any, now: datetime
) -> World:
    """Make it; `visitor` then holds units of the running page, with the cookie of their buyer."""
    viewer: Viewer = owner.viewer
    # Only a confirmed address can be one of those who run the installation.
    await db.execute('UPDATE "user" SET verified_at = $2 WHERE id = $1', viewer.user_id, now)
    products = [
        await make_product(viewer, now=now, name="Guide"),
        await make_product(viewer, now=now),
    ]
    preview = await import_file(products[0], "sample.txt", b"a sample", now, kind=FileKind.PREVIEW)
    await import_file(products[0], "cover.jpg", picture(), now, kind=FileKind.COVER)
    cover = await db.fetch_value("SELECT object_key FROM file WHERE kind = 'cover' LIMIT 1")
    files = await db.fetch(
        "SELECT id FROM file WHERE product_id = $1 AND kind = 'original'", products[0]
    )
    upload = (await announce(owner, products[0], b"on its way", name="b.pdf")).json()["upload_id"]
    broken = (await announce(owner, products[0], b"broken", name="c.pdf")).json()["upload_id"]
    await db.execute("UPDATE upload SET state = 'failed', reason = 'size' WHERE id = $1", broken)
    pages = await _pages(viewer, products, now)
    running = pages["running"]
    said = {"name": "c.jpg", "size": "10", "content_type": "image/jpeg"}
    cover_upload = await owner.post(f"/console/pages/{running.id}/cover", data=said)
    sale = Sale(running.id, running.short_id, UUID(int=0), tuple(c.id for c in running.contents))
    answer = await visitor.post(f"/p/{running.short_id}/checkout", data=form(sale, 1, 1))
    assert answer.status_code == 303, answer.text
    pending = await db.fetch_one(
        "SELECT id, stripe_session_id FROM \"order\" WHERE state = 'processing'"
    )
    assert pending is not None
    sold = await _bought(pages["per item"], stripe_account, now)
    await subscribe(viewer, stripe_account, now, "premium")
    # It pays, and may name its organization and its groups all the same.
    await db.execute(
        "UPDATE subscription SET plan_id = (SELECT id FROM plan WHERE key = 'enterprise')"
    )
    await make_sold(viewer, now, state="refunded")
    other = await _other_session(viewer, now)
    registration = await make_registration(pages["event"], now)
    # Somebody who is there already, whose check-in can be undone.
    there = await make_registration(pages["event"], now, "there@example.com")
    await check_in(there.id, now, actor_id=viewer.user_id)
    code = await make_code(viewer, now, maximum_uses=5, pages=[running.id])
    link = await share(running, now, "news", discount_percent=10, uses=5)
    print_ = await _fingerprint(viewer.user_id)
    team = await _team(viewer, now)
    values = {
        "page_id": str(running.id),
        "plan_key": "basic",
        "short_id": running.short_id,
        "product_id": str(products[0]),
        "upload_id": upload,
        "console/pages/upload_id": cover_upload.json()["upload_id"],
        "file_id": str(files[0]["id"]),
        "orders/file_id": str(files[0]["id"]),
        "order_id": str(sold.id),
        "code_id": str(code.id),
        "link_id": str(link.link.id),
        "session_id": other,
        "job_id": str(await _dead_letter(now)),
        "reset/token": sign_token("reset", {"user": str(viewer.user_id), "print": print_}, now),
        "verify/token": verification_token(viewer.user_id, viewer.email, now),
        **await make_account(viewer, visitor, now),
        "orders/token": order_token(sold.id, now),
        "d/token": download_path(sold.id, files[0]["id"], ADDRESS, now).removeprefix("/d/"),
        "media/token": media_url(picture_key(cover, 1200)).removeprefix("/media/"),
        "media/samples/token": sample_url(preview).removeprefix("/media/samples/"),
        "registrations/token": manage_path(registration.id, now).rpartition("/")[2],
        "registrations/confirm/token": await _pending(pages["event"], now),
        "waitlist/token": await _offer(viewer, now),
        "unsubscribe/token": await _list_message(pages["event"], now),
        "registration_id": str(registration.id),
        "rehearsal_id": str(await ask_for(running, viewer, now)),
        **team,
        "digest": "0000000000",
        "path": "css/base.css",
        "name": THEME,
    }  # fmt: skip
    others = {"order_id": str(pending["id"]), "product_id": str(products[1])}
    elsewhere = download_path(sold.id, files[0]["id"], "203.0.113.9", now).removeprefix("/d/")
    await deactivate(viewer, products[1], now)
    return World(viewer, pages, products, sold, values, others, elsewhere, broken)


async def _pages(viewer: Viewer, products: list[UUID], now: datetime) -> dict[str, PageRecord]:
    later = now + timedelta(hours=2)
    pages = {
        "draft": await make_draft(viewer, now=now, products=products),
        "scheduled": await make_page(
            viewer,
            now=now,
            products=products,
            launch_at=later,
            expires_at=later + timedelta(hours=1),
        ),
        "running": await make_page(viewer, now=now, products=products),
        "per item": await make_page(
            viewer, now=now, products=products, per_item=(5, 5), quantity=None
        ),
        "paused": await make_page(viewer, now=now, products=products),
        "expired": await make_page(viewer, now=now, products=products),
    }
    pages["event"] = await make_event(viewer, now=now)
    pages["countdown"] = await make_countdown(viewer, now=now)
    pages["offer"] = await make_offer(viewer, now=now)
    await pausing.pause(pages["paused"], viewer.user_id, now, moves_deadline=True)
    await ending.end(pages["expired"], viewer.user_id, now)
    return pages


async def _bought(page: PageRecord, stripe_account: Any, now: datetime) -> Bought:
    sale = Sale(page.id, page.short_id, UUID(int=0), tuple(c.id for c in page.contents))
    placed = await buy(sale, now, 1)
    session_id = await db.fetch_value(
        'SELECT stripe_session_id FROM "order" WHERE id = $1', placed.order_id
    )
    await stripe_account.pay(session_id)
    delivery = await deliver(session_id, now)
    assert delivery.standing == Standing.READY
    return Bought(placed.order_id, session_id)


async def _pending(page: PageRecord, now: datetime) -> str:
    """What somebody without scripts has typed; returns the token that confirms it."""
    pending_id, email = new_id(), "ben@example.com"
    typed = {
        "typed": {"email": email, "name": "Ben", "consent": "on"},
        "email": email,
        "source": "",
    }
    await db.execute(
        """INSERT INTO pending_registration (id, page_id, typed, language, created_at, expires_at)
           VALUES ($1, $2, $3, 'en', $4, $5)""",
        *(pending_id, page.id, json.dumps(typed), now),
        now + timedelta(hours=1),
    )
    return confirm_url(pending_id, now).rpartition("/")[2]


async def _offer(viewer: Viewer, now: datetime) -> str:
    """Somebody was offered a place that became free; returns the token that takes it."""
    page = await make_event(viewer, now=now, capacity=1)
    gone = await make_registration(page, now, "gone@example.com")
    waits = await make_registration(page, now, "waits@example.com")
    await cancel(await collection_of(page.id, now), gone.id, now, tell=False)
    wait = await wait_of(await registration_of(waits.id), now)
    assert wait is not None
    return wait.offer_path.rpartition("/")[2]


async def _list_message(page: PageRecord, now: datetime) -> str:
    """A message of a list was sent, and another failed; returns the token that leaves the list."""
    context = {"name": "Ann"}
    sent = await send_email("ann@example.com", "test-message", context, key="l", list_id=page.id)
    assert sent is not None
    failed = await send_email("a@b@c", "test-message", context, key="f", topic_id=page.id)
    await db.execute("UPDATE message SET state = 'failed' WHERE id = $1", failed)
    return unsubscribe_url(sent, now).rpartition("/")[2]


async def _team(viewer: Viewer, now: datetime) -> dict[str, str]:
    """Somebody else in the team, an empty group, and somebody invited."""
    group_id = new_id()
    await make_group(group_id, viewer.organization_id, "Elsewhere", now)
    colleague = await make_colleague(viewer, email="frida@example.com", name="Frida", now=now)
    await start_session(colleague.user_id, now)
    path = await make_invitation(viewer, now, "invited@example.com")
    invitation = await db.fetch_value("SELECT id FROM invitation")
    return {
        "member_id": str(colleague.user_id),
        "group_id": str(group_id),
        "invitation_id": str(invitation),
        "invitations/token": path.rpartition("/")[2],
        "user_id": str(colleague.user_id),
        "organization_id": str(viewer.organization_id),
        **await _switched(viewer, now),
    }


async def _switched(viewer: Viewer, now: datetime) -> dict[str, str]:
    """A flag that is set, for one organization too, and a plan."""
    flag_id = await create_flag(EMBEDDING, 100, now)
    await set_for(flag_id, viewer.organization_id, on=True, now=now)
    return {"flag_id": str(flag_id), "plan_id": str((await all_plans())[0].id)}


async def _other_session(viewer: Viewer, now: datetime) -> str:
    return str((await start_session(viewer.user_id, now, user_agent="another")).session_id)


async def _dead_letter(now: datetime) -> int:
    await enqueue("orders.completed", {"order_id": "x"}, run_at=now + timedelta(days=1))
    return await db.fetch_value(
        """UPDATE pgqueuer SET status = 'failed' WHERE entrypoint = 'orders.completed'
           AND execute_after > $1 RETURNING id""",
        now,
    )


async def _fingerprint(user_id: UUID) -> str:
    """What a reset link says of the password that it replaces (see `app/auth/resetting.py`)."""
    stored = await db.fetch_value('SELECT password_hash FROM "user" WHERE id = $1', user_id)
    return hashlib.sha256(b"reset:" + stored.encode()).hexdigest()[:32]
