"""The rules that hold where a county has set none: data/rules/sourcing.json."""

import json
from functools import cache
from pathlib import Path

from services.procurement.sourcing.rules.domain import EVERYWHERE, Rules

FILE = Path(__file__).resolve().parents[4] / "data" / "rules" / "sourcing.json"


@cache
def default_rules() -> Rules:
    """Return them. Raises what reading the file raises: without rules nothing is bought."""
    return Rules(county_code=EVERYWHERE, valid_from=None, **json.loads(FILE.read_text("utf-8")))
