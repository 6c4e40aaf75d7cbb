"""`mayfly serve` and `mayfly worker`: one part of Mayfly against outside servers."""

import os
import sys

from pydantic import ValidationError

from app.commands.saying import complain


def serve(host: str, port: int, workers: int) -> int:
    """Become the web server; 1 with the reasons when the settings are not safe."""
    command = [sys.executable, "-m", "uvicorn", "app.main:create_app", "--factory"]
    command += ["--host", host, "--port", str(port), "--workers", str(workers)]
    command += ["--no-access-log", "--no-server-header", "--no-proxy-headers"]
    command += ["--http", "app.core.patience:PatientProtocol"]
    # A busy machine is slow to start a process, which is no reason to end it and start over.
    command += ["--timeout-worker-healthcheck", "30", "--timeout-graceful-shutdown", "10"]
    return _become(command)


def worker() -> int:
    """Become a job process; 1 with the reasons when the settings are not safe."""
    return _become([sys.executable, "-m", "app.worker"])


def _become(command: list[str]) -> int:
    if _safe():
        os.execv(command[0], command)  # noqa: S606 (our own program)
    return 1


def _safe() -> bool:
    from app.core.settings import get_settings, unsafe_settings

    # Whoever serves people without saying otherwise does so in earnest.
    os.environ.setdefault("MAYFLY_ENVIRONMENT", "production")
    try:
        problems = unsafe_settings(get_settings())
    except ValidationError as error:
        problems = [
            f"MAYFLY_{'_'.join(str(part) for part in one['loc']).upper()}: {one['msg']}."
            for one in error.errors()
        ]
    for problem in problems:
        complain(problem)
    return not problems
