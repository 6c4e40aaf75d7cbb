"""What templates are compiled to, kept on the disk for the next process: compiling them all takes it more than a second."""

import contextlib
from hashlib import sha256
from pathlib import Path

import structlog
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from jinja2.bccache import Bucket

log = structlog.get_logger()


class _Kept(FileSystemBytecodeCache):
    """A disk that is full, or a folder that was cleaned away, costs time and no page."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)


def kept_bytecode(*made_by: Path) -> BytecodeCache | None:
    """Return a cache in this user's own folder among the system's temporary files; None where there can't be one.

    What is kept depends on a template's text, and on the code in `made_by`: another version of it finds nothing.
    """
    version = sha256(b"".join(path.read_bytes() for path in made_by)).hexdigest()[:16]
    try:
        return _Kept(pattern=f"mayfly-{version}-%s.cache")
    except (OSError, RuntimeError) as error:
        log.info("templates.not_kept", error=repr(error))
        return None
