"""The page of operations in a browser: a dead letter is tried again, a check mends, and axe finds nothing."""

from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar
from playwright.async_api import expect

from app.core import db
from app.core.clock import utc_now
from app.core.settings import get_settings
from tests.factories.orders import buy, make_sale
from tests.operations.test_console import dead_letter
from tests.system.auditing import Audit
from tests.system.people import Visitors

pytestmark = pytest.mark.system

HOME = "/console/operations"


async def test_operations(
    owner: Any,
    app: Litestar,
    visitors: Visitors,
    stripe_account: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(get_settings(), "staff_emails", [owner.viewer.email])
    await db.execute('UPDATE "user" SET verified_at = now() WHERE email = $1', owner.viewer.email)
    page = await visitors(owner.viewer, reduced_motion="reduce")
    audit = Audit(page)
    await audit.visit(HOME)
    sale = await make_sale(owner.viewer, utc_now() - timedelta(minutes=20), discount=100)
    await buy(sale, utc_now() - timedelta(minutes=19))
    await db.execute("DELETE FROM pgqueuer")
    await db.execute("UPDATE stock SET sold = sold + 1")
    await dead_letter()
    await audit.visit(HOME)
    await page.get_by_role("button", name="Check now").click()
    report = page.locator("#invariant-report")
    await expect(report).to_contain_text("sold 2, paid for")
    await expect(report).to_contain_text("Repaired")
    await audit.look("checked")
    await page.get_by_role("button", name="Retry").click()
    await expect(page.locator("#dead-letters")).to_contain_text("No job gave up")
    audit.verdict(app, {HOME})
