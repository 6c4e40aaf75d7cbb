"""Stripe's errors, as the API answers them."""

from typing import Any


class ApiError(Exception):
    """Answered as `{"error": {type, code, message, param}}` with an HTTP status."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str = "",
        param: str = "",
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        named = {"code": code, "param": param}
        fields = {key: value for key, value in named.items() if value}
        self.body: dict[str, Any] = {"error": {"message": message, "type": kind, **fields, **more}}


def missing(name: str, id: str, param: str = "id") -> ApiError:
    """No such object: 404 for one in the path, 400 for one in a parameter."""
    return ApiError(
        f"No such {name}: '{id}'",
        status=404 if param == "id" else 400,
        code="resource_missing",
        param=param,
    )
