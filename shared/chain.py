"""Hash chains: whoever changes what a link covers has to compute every later hash anew.

The last hash, kept by somebody else, shows it.
"""

import hashlib
import json
from collections.abc import Sequence

START = "0" * 64
"""What stands before the first link."""


def hash_of(previous: str, number: int, content: Sequence[object]) -> str:
    """Return the SHA-256 (hex) of a link: the hash before it, its number and what it covers, in one way of writing."""
    written = json.dumps([previous, number, *content], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()
