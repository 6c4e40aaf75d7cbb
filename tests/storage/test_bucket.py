from minio import Minio

from app.core.settings import get_settings
from app.storage.bucket import cors_rules, ensure_bucket


async def test_the_bucket_is_there_afterwards() -> None:
    settings = get_settings()
    # rclone takes no rules for a bucket: it is told of allowed origins when it starts.
    assert await ensure_bucket() is False
    client = Minio(
        settings.s3_endpoint.removeprefix("http://"),
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
        region=settings.s3_region,
        secure=False,
    )
    assert client.bucket_exists(settings.s3_bucket)


def test_only_the_console_may_upload() -> None:
    rules = cors_rules("https://mayfly.example").decode()
    assert "<AllowedOrigin>https://mayfly.example</AllowedOrigin>" in rules
    assert "<ExposeHeader>ETag</ExposeHeader>" in rules
    assert rules.count("<AllowedMethod>") == 1
