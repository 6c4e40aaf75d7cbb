"""Why a download link did not lead to its file, in words, and the way on. No link is a dead end."""

from typing import Any

from app.core.i18n import gettext as _
from app.orders.downloading import Outcome

STATUS = {
    Outcome.EXPIRED: 410,
    Outcome.ELSEWHERE: 403,
    Outcome.UNPAID: 403,
    Outcome.REFUNDED: 403,
    Outcome.EXHAUSTED: 429,
    Outcome.THROTTLED: 429,
    Outcome.MISSING: 404,
    Outcome.STORE_FAILED: 502,
}


def refusal_of(outcome: Outcome, token: str) -> dict[str, Any]:
    """Return what `orders/refused.html` shows for the link `token`, `status` included."""
    title, message = _words()[outcome]
    helped = outcome in (Outcome.EXPIRED, Outcome.ELSEWHERE)
    passing = outcome in (Outcome.STORE_FAILED, Outcome.THROTTLED)
    return _shown(
        STATUS[outcome],
        title,
        message,
        confirm_url=f"/d/{token}/confirmation" if helped else None,
        retry_url=f"/d/{token}" if passing else None,
    )


def mailed() -> dict[str, Any]:
    """Return what is shown once a fresh link is on its way."""
    message = _("A fresh link is on its way to the address the order was made with.")
    return _shown(200, _("Look into your mail"), message)


def outlived() -> dict[str, Any]:
    """Return what is shown for an order's link that is too old."""
    message = _("For your safety it works for a limited time. We can mail you a new one.")
    return _shown(410, _("This link has grown too old"), message)


def _shown(
    status: int,
    title: str,
    message: str,
    *,
    confirm_url: str | None = None,
    retry_url: str | None = None,
) -> dict[str, Any]:
    return {
        "status": status,
        "title": title,
        "message": message,
        "confirm_url": confirm_url,
        "retry_url": retry_url,
    }


def _words() -> dict[Outcome, tuple[str, str]]:
    return {
        Outcome.EXPIRED: (
            _("This download link has expired"),
            _("Download links live for a few minutes. You can have a new one by mail."),
        ),
        Outcome.ELSEWHERE: (
            _("Is it you?"),
            _(
                "This link was made for another network. If you bought this, confirm it by mail and go on from here."
            ),
        ),
        Outcome.UNPAID: (
            _("This order has not been paid"),
            _("There is nothing to download yet. Once it is paid, the link arrives by mail."),
        ),
        Outcome.REFUNDED: (
            _("This order was refunded"),
            _("The money went back or is disputed, so the files can't be downloaded any more."),
        ),
        Outcome.EXHAUSTED: (
            _("Downloaded many times"),
            _(
                "This order's downloads are used up. Please ask the seller to send you the link again."
            ),
        ),
        Outcome.THROTTLED: (
            _("Please wait a moment"),
            _("That was a lot of tries in a short time. Try again in a minute."),
        ),
        Outcome.MISSING: (
            _("The file is not there"),
            _("The seller has removed or replaced it. Your order page shows what there is now."),
        ),
        Outcome.STORE_FAILED: (
            _("The file storage does not answer"),
            _("Nothing is lost and nothing was used up. Please try again in a moment."),
        ),
    }
