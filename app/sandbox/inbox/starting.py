"""Starting the inbox as a child process."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from app.sandbox.errors import SandboxError
from app.sandbox.process import HOST, Child, claim_port, wait_for_port


@dataclass(frozen=True)
class Inbox:
    """A running inbox: SMTP on `smtp_host`:`smtp_port`, pages at `url`."""

    child: Child
    url: str
    smtp_port: int
    smtp_host: str = HOST

    def stop(self) -> None:
        self.child.stop()


def start_inbox(
    folder: Path, *, port: int = 0, smtp_port: int = 0, output: Path | None = None
) -> Inbox:
    """Start it on `folder` (made when missing) and return once it takes mail and shows pages."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(13, "not writable")
    except OSError as problem:
        raise SandboxError(f"The mail folder {folder} can't be used: {problem.strerror}.") from None
    port, smtp_port = claim_port(port, "the inbox"), claim_port(smtp_port, "the mail server")
    ports = ["--port", str(port), "--smtp-port", str(smtp_port)]
    program = [sys.executable, "-m", "app.sandbox.inbox"]
    child = Child([*program, "--folder", str(folder), *ports], output=output)
    wait_for_port(child, smtp_port, "The mail server")
    wait_for_port(child, port, "The inbox")
    return Inbox(child, f"http://{HOST}:{port}", smtp_port)
