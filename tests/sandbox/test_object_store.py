import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from minio.error import S3Error

from app.sandbox.errors import SandboxError
from app.sandbox.object_store import ObjectStore, start_object_store
from app.sandbox.process import free_port

ORIGIN = "http://127.0.0.1:8000"


def start(folder: Path, port: int = 0) -> ObjectStore:
    return start_object_store(
        folder,
        access_key="mayfly",
        secret_key="a-secret-key",
        bucket="shop",
        port=port,
        allow_origin=ORIGIN,
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    store = start(tmp_path_factory.mktemp("s3"))
    yield store
    store.stop()


def test_a_browser_may_upload_and_read_by_presigned_url(store: ObjectStore) -> None:
    put = store.client().presigned_put_object("shop", "users/a/file.bin", timedelta(minutes=5))
    asked = {
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "content-type",
    }
    preflight = httpx.options(put, headers={"Origin": ORIGIN, **asked})
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == ORIGIN
    assert "PUT" in preflight.headers["access-control-allow-methods"]
    assert "Content-Type" in preflight.headers["access-control-allow-headers"]
    assert httpx.put(put, content=b"hello world", headers={"Origin": ORIGIN}).status_code == 200
    get = store.client().presigned_get_object("shop", "users/a/file.bin", timedelta(minutes=5))
    assert httpx.get(get).content == b"hello world"
    part = httpx.get(get, headers={"Range": "bytes=6-10"})
    # rclone answers 200 rather than 206 here, with the right bytes and Content-Range.
    assert part.content == b"world"
    assert part.headers["content-range"] == "bytes 6-10/11"


def test_a_changed_or_missing_signature_is_refused(store: ObjectStore) -> None:
    store.client().put_object("shop", "secret", io.BytesIO(b"x"), 1)
    get = store.client().presigned_get_object("shop", "secret", timedelta(minutes=5))
    assert httpx.get(get.replace("/secret", "/other")).status_code == 403
    assert httpx.get(f"{store.endpoint}/shop/secret").status_code == 400  # unsigned


def test_a_download_is_given_its_name(store: ObjectStore) -> None:
    store.client().put_object("shop", "a.txt", io.BytesIO(b"x"), 1)
    named: dict[str, str | list[str] | tuple[str]] = {
        "response-content-disposition": 'attachment; filename="b c.txt"'
    }
    get = store.client().presigned_get_object(
        "shop", "a.txt", timedelta(minutes=5), response_headers=named
    )
    assert httpx.get(get).headers["content-disposition"] == 'attachment; filename="b c.txt"'


def test_multipart_upload(store: ObjectStore) -> None:
    part = 5 * 1024 * 1024
    body = io.BytesIO(b"x" * (part + 7))
    store.client().put_object("shop", "big", body, -1, part_size=part)
    assert store.client().stat_object("shop", "big").size == part + 7
    store.client().remove_object("shop", "big")
    with pytest.raises(S3Error):
        store.client().stat_object("shop", "big")


def test_objects_survive_a_restart_on_the_same_port(tmp_path: Path) -> None:
    port = free_port()
    first = start(tmp_path, port)
    first.client().put_object("shop", "kept", io.BytesIO(b"kept"), 4)
    first.stop()
    second = start(tmp_path, port)
    assert second.client().get_object("shop", "kept").read() == b"kept"
    second.stop()


def test_a_taken_port_and_a_broken_folder_are_refused(store: ObjectStore, tmp_path: Path) -> None:
    port = int(store.endpoint.rsplit(":", 1)[1])
    with pytest.raises(SandboxError, match="for the S3 server is in use"):
        start(tmp_path, port)
    (tmp_path / "file").write_text("")
    with pytest.raises(SandboxError, match="can't be used"):
        start(tmp_path / "file")
