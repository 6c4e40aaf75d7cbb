"""What can go wrong, as exceptions that carry the status and the words a person gets to read."""

from app.core.i18n import gettext as _


class MayflyError(Exception):
    """Base of all expected errors. `status` is the HTTP status, `message` is safe to show."""

    status = 500

    def __init__(self, message: str | None = None) -> None:
        self.message = message or self.default_message()
        super().__init__(self.message)

    def default_message(self) -> str:
        return _("Something went wrong on our side.")


class Invalid(MayflyError):
    """The request can be read but not accepted (422)."""

    status = 422

    def default_message(self) -> str:
        return _("Some of what you sent can't be accepted.")


class BadRequest(MayflyError):
    status = 400

    def default_message(self) -> str:
        return _("The request is malformed.")


class Forbidden(MayflyError):
    status = 403

    def default_message(self) -> str:
        return _("You can't do that.")


class BadSignature(Forbidden):
    """A signed link whose signature does not fit its parameters."""

    def default_message(self) -> str:
        return _(
            "It was changed or cut off on its way. Open it again from your mail, or ask for a new one."
        )


class NotFound(MayflyError):
    status = 404

    def default_message(self) -> str:
        return _("The address may have a typing error, or what was here has been removed.")


class Conflict(MayflyError):
    """The thing changed meanwhile, or its state does not allow the action (409)."""

    status = 409

    def default_message(self) -> str:
        return _("That is no longer possible.")


class Gone(MayflyError):
    status = 410

    def default_message(self) -> str:
        return _("This page has retired.")


class ExpiredLink(Gone):
    """A signed link that was right, but is too old."""

    def default_message(self) -> str:
        return _("It worked for a while, as intended, and has run out.")


class TooLarge(MayflyError):
    status = 413

    def default_message(self) -> str:
        return _("That is too large.")


class TooSlow(MayflyError):
    """The rest of the request did not come in time (408)."""

    status = 408

    def default_message(self) -> str:
        return _("That took too long to arrive. Please send it again.")


class TooManyRequests(MayflyError):
    """A rate limit was reached; `retry_after` is in seconds."""

    status = 429

    def __init__(self, retry_after: int, message: str | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)

    def default_message(self) -> str:
        return _("That was a lot of tries. Please wait a moment and try again.")


class UpstreamFailed(MayflyError):
    """Stripe, the object store or the mail server did not answer as it should (502)."""

    status = 502

    def default_message(self) -> str:
        return _("A service we depend on did not answer. Nothing was lost; please try again.")
