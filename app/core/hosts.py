"""Whether a host is one on the public web, as far as its name says. Nothing is looked up: the server asks no host that
people name, it sends their browsers there.
"""

import re
import unicodedata
from urllib.parse import unquote

# What such names mean depends on who reads them: this machine, or the network that it stands in.
PRIVATE_ENDINGS = (
    "localhost", "localdomain", "local", "internal", "intranet", "private", "lan", "home", "home.arpa", "corp",
)  # fmt: skip
LONGEST_HOST = 253
# Browsers read a host as a number when its last part is one, in any of three notations.
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_DOTS = str.maketrans(dict.fromkeys("\u3002\uff0e\uff61", "."))


def is_public_name(host: str) -> bool:
    """Whether `host` is a name under a public ending: no number, no name of one part, nothing inside a network."""
    name = _as_browsers_read(host)
    parts = name.split(".")
    if len(host) > LONGEST_HOST or len(parts) < 2 or not all(parts):
        return False
    if ":" in name or _NUMBER.fullmatch(parts[-1]):
        return False
    return not any(name == ending or name.endswith(f".{ending}") for ending in PRIVATE_ENDINGS)


def _as_browsers_read(host: str) -> str:
    name = unicodedata.normalize("NFKC", unquote(host).translate(_DOTS)).casefold().rstrip(".")
    # Some of what can't be seen is left out by them, so all of it is for the comparison.
    return "".join(each for each in name if unicodedata.category(each)[0] not in "CMZ")
