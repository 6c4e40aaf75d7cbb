"""The code that a page hands out, as its visitors see it at a moment: pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.pages.loading import PageRecord
from app.stock.codes.standing import Code, Standing
from app.stock.levels import Level


@dataclass(frozen=True)
class Coupon:
    """A page's code: `text` is what the page says, `code` what is stored of it. `level` is how its uses stand, None as
    long as nobody counted them. A page that was not saved yet has no stored code: then nothing limits it."""

    text: str
    percent: int
    standing: Standing
    code: Code | None
    level: Level | None

    @property
    def good(self) -> bool:
        """Whether buying here with the code costs less."""
        return self.standing is Standing.GOOD

    @property
    def left(self) -> int | None:
        """How many uses are left; None is without limit, or not counted."""
        return self.level.available if self.level else None


def coupon_of(page: PageRecord, levels: Mapping[UUID, Level], now: datetime) -> Coupon | None:
    """Return the code that a page hands out, if any."""
    text, percent = page.sells.code, page.sells.discount_percent
    if not text:
        return None
    code = page.own_code
    if code is None:
        return Coupon(text, percent, Standing.GOOD, None, None)
    level = levels.get(code.stock_id)
    return Coupon(text, percent, code.standing(level, now), code, level)
