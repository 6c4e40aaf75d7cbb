"""The object store over S3's protocol, by the `minio` SDK: MinIO, R2, S3, and rclone in development."""

import asyncio
import hashlib
import io
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from minio import Minio
from minio.datatypes import Part
from minio.error import MinioException
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from app.core.settings import Settings, get_settings
from app.storage.answers import MISSING, REFUSED, error_code
from app.storage.contract import (
    Digest,
    ObjectMissing,
    ObjectStore,
    PartsRefused,
    StoredPart,
    StoreUnavailable,
)
from app.storage.filenames import UNKNOWN_TYPE, content_disposition, download_type

Result = TypeVar("Result")

CONNECT_SECONDS = 5
READ_SECONDS = 30
TRIES = 2
THREADS = 8
PIECE_BYTES = 1024 * 1024
LIST_LIMIT = 1000


def _client(endpoint: str, settings: Settings) -> Minio:
    parts = urlsplit(endpoint)
    pool = PoolManager(
        maxsize=THREADS,
        timeout=Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
        retries=Retry(total=TRIES, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504]),
    )
    # With the region given, presigning never asks the server.
    return Minio(
        parts.netloc,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
        secure=parts.scheme == "https",
        region=settings.s3_region,
        http_client=pool,
    )


class S3ObjectStore:
    """One private bucket of an S3 server; see `ObjectStore`."""

    def __init__(self, settings: Settings) -> None:
        self.bucket = settings.s3_bucket
        self.client = _client(settings.s3_endpoint, settings)
        # The SDK keeps multipart uploads to itself, but they are what browsers can resume.
        self.multipart = cast(Any, self.client)
        self.browser_client = _client(settings.s3_browser_endpoint, settings)
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="object-store")

    async def _ask(self, call: Callable[[], Result]) -> Result:
        try:
            return await asyncio.get_running_loop().run_in_executor(self.threads, call)
        except (MinioException, HTTPError, OSError) as error:
            code = error_code(error)
            if code in MISSING:
                raise ObjectMissing from error
            if code in REFUSED:
                raise PartsRefused(code) from error
            raise StoreUnavailable from error

    def presign_part(self, key: str, multipart_id: str, number: int, expires: timedelta) -> str:
        return self.browser_client.get_presigned_url(
            "PUT",
            self.bucket,
            key,
            expires,
            extra_query_params={"partNumber": str(number), "uploadId": multipart_id},
        )

    def presign_get(
        self, key: str, filename: str, expires: timedelta, content_type: str = UNKNOWN_TYPE
    ) -> str:
        return self.browser_client.presigned_get_object(
            self.bucket,
            key,
            expires,
            response_headers={
                "response-content-disposition": content_disposition(filename),
                "response-content-type": download_type(content_type),
            },
        )

    async def create_multipart(self, key: str, content_type: str) -> str:
        headers = {
            "Content-Type": download_type(content_type),
            "Content-Disposition": "attachment",
        }
        return cast(
            str,
            await self._ask(
                lambda: self.multipart._create_multipart_upload(self.bucket, key, headers)
            ),
        )

    async def list_parts(self, key: str, multipart_id: str) -> list[StoredPart]:
        found: list[StoredPart] = []
        marker: str | None = None
        while True:
            listed = await self._ask(
                lambda marker=marker: self.multipart._list_parts(
                    self.bucket, key, multipart_id, LIST_LIMIT, marker
                )
            )
            found += [
                StoredPart(part.part_number, part.etag.strip('"'), part.size or 0)
                for part in listed.parts
            ]
            if not listed.is_truncated or not listed.parts:
                return sorted(found, key=lambda part: part.number)
            marker = str(found[-1].number)

    async def complete_multipart(
        self, key: str, multipart_id: str, parts: Sequence[StoredPart]
    ) -> None:
        joined = [Part(part.number, part.etag) for part in parts]
        await self._ask(
            lambda: self.multipart._complete_multipart_upload(
                self.bucket, key, multipart_id, joined
            )
        )

    async def abort_multipart(self, key: str, multipart_id: str) -> None:
        try:
            await self._ask(
                lambda: self.multipart._abort_multipart_upload(self.bucket, key, multipart_id)
            )
        except ObjectMissing:
            return

    async def stat(self, key: str) -> int:
        found = await self._ask(lambda: self.client.stat_object(self.bucket, key))
        return found.size or 0

    async def digest(self, key: str) -> Digest:
        return await self._ask(lambda: self._digest(key))

    def _digest(self, key: str) -> Digest:
        size, digest = 0, hashlib.sha256()
        with self.client.get_object(self.bucket, key) as response:
            for piece in response.stream(PIECE_BYTES):
                size += len(piece)
                digest.update(piece)
            response.release_conn()
        return Digest(size, digest.hexdigest())

    async def read(self, key: str, limit: int) -> bytes:
        return await self._ask(lambda: self._read(key, limit))

    def _read(self, key: str, limit: int) -> bytes:
        with self.client.get_object(self.bucket, key, length=limit) as response:
            data = response.read(limit)
            response.release_conn()
        return data

    async def put(self, key: str, data: bytes, content_type: str) -> None:
        await self._ask(
            lambda: self.client.put_object(
                self.bucket, key, io.BytesIO(data), len(data), content_type
            )
        )

    async def put_file(self, key: str, path: Path, content_type: str) -> None:
        await self._ask(lambda: self.client.fput_object(self.bucket, key, str(path), content_type))

    async def keys_under(self, folder: str) -> list[str]:
        return await self._ask(lambda: self._keys_under(folder))

    def _keys_under(self, folder: str) -> list[str]:
        listed = self.client.list_objects(self.bucket, prefix=folder, recursive=True)
        return [found.object_name for found in listed if found.object_name and not found.is_dir]

    async def remove(self, key: str) -> None:
        await self._ask(lambda: self.client.remove_object(self.bucket, key))


@lru_cache
def get_store() -> ObjectStore:
    """Return the process's object store."""
    return S3ObjectStore(get_settings())
