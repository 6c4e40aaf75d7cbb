"""No secret in any log: a login, a forgotten password, a purchase and a crash, on a real server that says all it can."""

import os
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx
import structlog
from pyotp.totp import TOTP

from app.auth.two_factor import PURPOSE
from app.auth.verifying import verification_token
from app.core import db
from app.core.clock import SystemClock
from app.core.logging import without_addresses
from app.core.sealing import unseal
from app.core.settings import get_settings
from tests.factories.orders import form
from tests.fuzz.attacking import Attack
from tests.security.conftest import Server
from tests.support.patience import PATIENCE_SECONDS

PASSWORD = "correct horse 1"


async def authenticator_key() -> str:
    """Return what the seller's authenticator app knows."""
    key = unseal(PURPOSE, await db.fetch_value("SELECT secret FROM two_factor"))
    assert key is not None
    return key


async def test_logs_hold_no_secret(
    server: Server, attack: Attack, now: datetime, inbox: Any, run_jobs: Any
) -> None:
    secrets: dict[str, str] = {"password": PASSWORD, "quoted password": quote(PASSWORD)}
    async with httpx.AsyncClient(
        base_url=server.base, headers={"Origin": server.base}, timeout=PATIENCE_SECONDS
    ) as browser:
        wrong = {"email": "olivia@example.com", "password": "not this secret"}
        assert (await browser.post("/login", data=wrong)).status_code == 422
        right = {"email": "olivia@example.com", "password": PASSWORD}
        assert (await browser.post("/login", data=right)).status_code == 303
        secrets["half a login"] = browser.cookies["step"]
        secrets["authenticator's key"] = key = await authenticator_key()
        code = {"code": TOTP(key).at(datetime.now(UTC) + timedelta(seconds=30))}
        assert (await browser.post("/login/code", data=code)).status_code == 303
        assert (await browser.get("/console/account/two-factor")).status_code == 200
        world = attack.world
        for route in attack.routes:
            if "token" in route.parameters and route.method == "GET":
                await browser.get(route.path(next(world.addresses(route))))
        page = world.pages["running"]
        sale: Any = type("Sale", (), {"contents": [c.id for c in page.contents]})
        bought = await browser.post(
            f"/p/{page.short_id}/checkout", data=form(sale, 1, email="eve@example.com")
        )
        assert bought.status_code == 303
        await browser.get(f"/download?session_id={world.sold.session_id}")
        # Cookies, bodies and headers that break things are not noted either.
        await browser.post(
            "/login",
            content=b"\xff" + PASSWORD.encode(),
            headers={"Content-Type": "multipart/form-data; boundary=x"},
        )
        await browser.get("/console/pages", headers={"Host": "a:99999"})
        secrets |= {f"cookie {cookie.name}": cookie.value or "" for cookie in browser.cookies.jar}
    settings = get_settings()
    secrets |= {
        "payment key": settings.stripe_api_key,
        "webhook secret": settings.stripe_webhook_secret,
        "store secret": settings.s3_secret_key,
        "signing key": settings.secret_keys[0],
        "database": settings.database_url,
        "payment page": bought.headers["location"],
        "wrong password": "not this secret",
    }
    secrets |= {name: value for name, value in world.values.items() if name.endswith("/token")}
    assert len(secrets) > 14
    said = server.said()
    # The control: the flow is in the log, at the most talkative level.
    assert re.search(r"path=/login\b", said)
    assert re.search(r"path=/orders/\{token\}", said)
    found = [name for name, value in secrets.items() if len(value) > 6 and value in said]
    assert not found, (found, said[-2000:])


def test_a_crash_is_told_without_its_variables(capfd: Any) -> None:
    """In a process of its own: what a handler held when it failed stays out of the log, in both formats."""
    import subprocess
    import sys

    program = (
        "import structlog\n"
        "from app.core.logging import configure_logging\n"
        "from app.core.settings import get_settings\n"
        "configure_logging(get_settings())\n"
        "def handler(password):\n"
        "    raise RuntimeError('it broke')\n"
        "try:\n"
        "    handler('a-very-secret-one')\n"
        "except RuntimeError as error:\n"
        "    structlog.get_logger().exception('unexpected_error', exc_info=error, password='a-very-secret-one')\n"
    )
    for form_ in ("console", "json"):
        environment = {**os.environ, "MAYFLY_LOG_FORMAT": form_, "MAYFLY_LOG_LEVEL": "DEBUG"}
        ran = subprocess.run(
            [sys.executable, "-c", program],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert "it broke" in ran.stderr
        assert "handler" in ran.stderr
        assert "a-very-secret-one" not in ran.stderr.replace("handler('a-very-secret-one')", "")


async def test_a_database_that_is_away_puts_no_token_into_the_log(
    app: Any, client: Any, monkeypatch: Any
) -> None:
    """Every kind of link is opened while the database is away."""

    def away(*_args: object, **_more: object) -> None:
        raise ConnectionError("the database is away")

    monkeypatch.setattr(db, "connection", away)
    paths = {route.path for route in app.routes if "{token" in route.path}
    assert len(paths) > 10
    with structlog.testing.capture_logs() as lines:
        for path in sorted(paths):
            plain = re.sub(r"\{(?!token)[^}]*\}", str(UUID(int=1)), path)
            await client.get(re.sub(r"\{token[^}]*\}", "a-very-secret-one", plain))
        # Links that pass for signed reach the database.
        signed = verification_token(UUID(int=1), "ann@example.com", SystemClock().now())
        answer = await client.get(f"/verify/{signed}")
        outage = await client.post(f"/verify/{signed}")
    assert {answer.status_code, outage.status_code} & {503}
    paths_noted = {str(line.get("path")) for line in lines if line["event"] == "database.away"}
    assert "/verify/{token}" in paths_noted
    said = str(lines)
    assert "a-very-secret-one" not in said and signed not in said


def test_an_error_report_names_no_address() -> None:
    """Reports of Sentry's own package: the URL of a request, its query and its headers hold tokens."""
    url = "https://mayfly.example/reset/a-very-secret-one"
    event = {
        "transaction": "/reset/a-very-secret-one",
        "request": {"url": url, "query_string": "sig=a-very-secret-one", "method": "GET"},
        "exception": {"values": [{"type": "RuntimeError"}]},
    }
    sent = without_addresses(event, {})
    assert "a-very-secret-one" not in str(sent)
    assert sent["request"] == {"method": "GET"} and sent["exception"]
