"""The bucket itself: made when missing, and open to uploads from the console's origin."""

import asyncio
import base64
import hashlib
from typing import Any, cast
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import structlog
from minio.error import MinioException
from urllib3.exceptions import HTTPError

from app.core.settings import Settings, get_settings
from app.storage.answers import error_code
from app.storage.contract import StoreUnavailable
from app.storage.objects import S3ObjectStore

log = structlog.get_logger()


def cors_rules(origin: str) -> bytes:
    """Return S3's CORS configuration that lets pages of `origin` PUT parts and read their entity tags."""
    return (
        '<CORSConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><CORSRule>'
        f"<AllowedOrigin>{escape(origin)}</AllowedOrigin><AllowedMethod>PUT</AllowedMethod>"
        "<AllowedHeader>*</AllowedHeader><ExposeHeader>ETag</ExposeHeader>"
        "<MaxAgeSeconds>3600</MaxAgeSeconds></CORSRule></CORSConfiguration>"
    ).encode()


async def ensure_bucket() -> bool:
    """Make the bucket when it is missing and allow browser uploads to it. Raises StoreUnavailable.

    Returns False when the server takes no CORS rules for a bucket: MinIO and rclone are told of allowed origins by
    their own settings (`MINIO_API_CORS_ALLOW_ORIGIN`, `--allow-origin`), and a key may lack the right to set them.
    """
    settings = get_settings()
    return await asyncio.to_thread(_ensure, S3ObjectStore(settings), settings)


def _ensure(store: S3ObjectStore, settings: Settings) -> bool:
    try:
        if not store.client.bucket_exists(store.bucket):
            store.client.make_bucket(store.bucket, settings.s3_region)
    except (MinioException, HTTPError, OSError) as error:
        raise StoreUnavailable from error
    parts = urlsplit(settings.base_url)
    body = cors_rules(f"{parts.scheme}://{parts.netloc}")
    checksum = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
    try:
        cast(Any, store.client)._execute(
            "PUT",
            store.bucket,
            body=body,
            headers={"Content-MD5": checksum, "Content-Type": "application/xml"},
            query_params={"cors": ""},
        )
    except (MinioException, HTTPError, OSError) as error:
        log.info("bucket.cors_not_set", bucket=store.bucket, code=error_code(error))
        return False
    return True
