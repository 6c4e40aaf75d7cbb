"""Form-encoded requests: nesting (`a[0][b]=c`) and validation against the parameters an endpoint takes.

A specification is `"text"`, `"integer"`, `"boolean"`, `"email"`, `"url"`, `"map"` (free keys), a set of
words, a one-element list (an array of that), or a dict (a hash of named parameters).
"""

import re
from typing import Any
from urllib.parse import parse_qsl

from app.sandbox.stripe.errors import ApiError

Specification = str | frozenset[str] | list[Any] | dict[str, Any]
PART = re.compile(r"\[([^\]]*)\]")
MOST_METADATA, MOST_KEY, MOST_VALUE, MOST_TEXT = 50, 40, 500, 5000


def decode(body: str) -> dict[str, Any]:
    """`a[b][0]=c&d[]=e` as `{"a": {"b": {"0": "c"}}, "d": {"0": "e"}}`."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(body, keep_blank_values=True):
        head = name.split("[", 1)[0]
        path = [head, *PART.findall(name)]
        place = tree
        for part in path[:-1]:
            below = place.setdefault(part or str(len(place)), {})
            if not isinstance(below, dict):
                raise ApiError(f"Invalid hash: {name}", param=head)
            place = below
        place[path[-1] or str(len(place))] = value
    return tree


def validate(given: dict[str, Any], known: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """`given` with texts made into what `known` says; raises ApiError at the first that does not fit."""
    result: dict[str, Any] = {}
    for name, value in given.items():
        param = f"{prefix}[{name}]" if prefix else name
        if name not in known:
            message = f"Received unknown parameter: {param}"
            raise ApiError(message, code="parameter_unknown", param=param)
        result[name] = _convert(value, known[name], param)
    return result


def required(given: dict[str, Any], name: str, prefix: str = "") -> Any:
    """The value; raises ApiError (`parameter_missing`) when it is absent or empty."""
    if given.get(name) in (None, "", [], {}):
        param = f"{prefix}[{name}]" if prefix else name
        raise ApiError(f"Missing required param: {param}.", code="parameter_missing", param=param)
    return given[name]


def _convert(value: Any, wanted: Specification, param: str) -> Any:
    if isinstance(wanted, dict):
        return validate(_hash(value, param), wanted, param)
    if isinstance(wanted, list):
        items = _hash(value, param) if value != "" else {}
        return [_convert(item, wanted[0], f"{param}[{key}]") for key, item in items.items()]
    if wanted == "map":
        return _metadata(value, param)
    if not isinstance(value, str):
        raise ApiError(f"Invalid string: {value}", param=param)
    if isinstance(wanted, frozenset):
        return _word(value, wanted, param)
    return SCALARS[wanted](value, param)


def _hash(value: Any, param: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ApiError("Invalid object", param=param)
    return value


def _metadata(value: Any, param: str) -> dict[str, str]:
    if value == "":
        return {}
    entries = _hash(value, param)
    if len(entries) > MOST_METADATA:
        raise ApiError(f"Metadata can have at most {MOST_METADATA} keys.", param=param)
    for key, text in entries.items():
        if not isinstance(text, str) or len(key) > MOST_KEY or len(text) > MOST_VALUE:
            message = f"Metadata keys have at most {MOST_KEY} characters, values {MOST_VALUE}."
            raise ApiError(message, param=f"{param}[{key}]")
    return entries


def _word(value: str, wanted: frozenset[str], param: str) -> str:
    if value not in wanted:
        raise ApiError(f"Invalid {param}: must be one of {', '.join(sorted(wanted))}", param=param)
    return value


def _text(value: str, param: str) -> str:
    if len(value) > MOST_TEXT:
        message = f"Invalid string; must be at most {MOST_TEXT} characters"
        raise ApiError(message, param=param)
    return value


def _integer(value: str, param: str) -> int:
    if not re.fullmatch(r"-?\d{1,18}", value):
        message = f"Invalid integer: {value}"
        raise ApiError(message, code="parameter_invalid_integer", param=param)
    return int(value)


def _boolean(value: str, param: str) -> bool:
    if value not in ("true", "false"):
        raise ApiError(f"Invalid boolean: {value}", param=param)
    return value == "true"


def _email(value: str, param: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        raise ApiError(f"Invalid email address: {value}", code="email_invalid", param=param)
    return value


def _url(value: str, param: str) -> str:
    if not re.match(r"https?://[^\s/]+", value):
        raise ApiError("Not a valid URL", code="url_invalid", param=param)
    return _text(value, param)


SCALARS = {"text": _text, "integer": _integer, "boolean": _boolean, "email": _email, "url": _url}
