"""Feature flags: per organization and by percentage, in the database, asked from memory that follows changes live."""

from app.flags.asking import enabled
from app.flags.declaring import declare

__all__ = ["declare", "enabled"]
