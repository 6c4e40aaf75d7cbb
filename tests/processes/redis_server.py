"""A Redis of a test's own, where the machine has one."""

import shutil
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from app.sandbox.process import HOST, Child, free_port, wait_for_port

MISSING = "Redis is not installed (Debian, Ubuntu: apt-get install redis-server)"


@contextmanager
def redis_server(port: int = 0) -> Generator[str]:
    """Run an empty Redis that keeps nothing; yield its URL. Skips the test where there is none."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip(MISSING)
    port = port or free_port()
    options = ["--port", str(port), "--bind", HOST, "--save", "", "--appendonly", "no"]
    child = Child([program, *options, "--loglevel", "warning"])
    try:
        wait_for_port(child, port, "Redis")
        yield f"redis://{HOST}:{port}/0"
    finally:
        child.stop()
