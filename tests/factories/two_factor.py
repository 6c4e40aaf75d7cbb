"""Two-factor for tests: an account that has it, and the app that shows its codes."""

from dataclasses import dataclass
from datetime import datetime

from pyotp.totp import TOTP

from app.auth import two_factor
from app.auth.viewer import Viewer


@dataclass(frozen=True)
class Phone:
    """Somebody's authenticator app, and the recovery codes they kept."""

    secret: str
    codes: list[str]

    def code(self, now: datetime) -> str:
        return TOTP(self.secret).at(now)


async def make_two_factor(viewer: Viewer, password: str, now: datetime) -> Phone:
    """Turn two-factor on as the console does."""
    await two_factor.begin(viewer, password, now)
    secret = await two_factor.begun_secret(viewer.user_id)
    assert secret is not None
    codes = await two_factor.turn_on(viewer, TOTP(secret).at(now), now)
    return Phone(secret, codes)
