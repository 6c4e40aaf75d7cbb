"""The secrets of an embedded installation: made once, kept beside the data, readable by their owner alone."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from app.sandbox.errors import SandboxError


@dataclass(frozen=True)
class Secrets:
    """What signs links and sessions, and what the servers ask for."""

    signing_key: str
    s3_secret_key: str
    stripe_webhook_secret: str


def load_secrets(data: Path) -> Secrets:
    """Read `secrets.json` in `data`, or make it. Raises SandboxError when it is damaged."""
    path = data / "secrets.json"
    try:
        return Secrets(**json.loads(path.read_text()))
    except FileNotFoundError:
        return _make(path)
    except (OSError, ValueError, TypeError):
        raise SandboxError(
            f"{path} can't be read. Bring it back from a backup, or delete it: people are logged out then, "
            "and links that were sent stop working."
        ) from None


def _make(path: Path) -> Secrets:
    made = Secrets(
        secrets.token_urlsafe(48), secrets.token_hex(20), "whsec_" + secrets.token_hex(20)
    )
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(made), file, indent=2)
    fresh.rename(path)
    return made
