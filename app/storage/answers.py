"""What an S3 server means when it says no."""

import re

from minio.error import InvalidResponseError, S3Error

MISSING = frozenset({"NoSuchKey", "NoSuchUpload", "NoSuchObject"})
REFUSED = frozenset({"InvalidPart", "InvalidPartOrder", "EntityTooSmall"})


def error_code(error: Exception) -> str:
    """Return the store's code of what went wrong, "" when it said none."""
    if isinstance(error, S3Error):
        return error.code or ""
    if isinstance(error, InvalidResponseError):
        # The SDK gives up on answers of type text/xml, which rclone sends; the code is in the text.
        found = re.search(r"<Code>(\w+)</Code>", str(error))
        return found.group(1) if found else ""
    return ""
