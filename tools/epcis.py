"""Validate what a running system tells as EPCIS 2.0 against a JSON Schema file; ends with 1 when something is wrong.

    python -m tools.epcis SCHEMA --at http://127.0.0.1:8000/logistics --from 2026-11-30 --until 2026-12-04

Who asks is said by a token in `CLOUD_TOKEN`. `tests/api/logistics/epcis_2_0.json` is our own schema of the part that is
written. GS1's may not be passed on: whoever has taken it from https://ref.gs1.org/standards/epcis/ names their copy.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import httpx
from jsonschema import Draft7Validator
from jsonschema.validators import validator_for

_PAGE = 200
_SHOWN = 20


@dataclass
class Checked:
    """How many documents and events were looked at, and what is wrong with them: where, and why."""

    documents: int = 0
    events: int = 0
    faults: list[str] = field(default_factory=list)


async def documents(logistics: httpx.AsyncClient, first: date, until: date) -> AsyncIterator[dict[str, Any]]:
    """Give the documents that tell what was harvested, delivered and served from a day to a day, page by page."""
    page: httpx.URL | None = httpx.URL("epcis/events", params={"from": f"{first}", "until": f"{until}", "limit": _PAGE})
    while page is not None:
        answer = await logistics.get(page)
        answer.raise_for_status()
        yield answer.json()
        page = answer.url.join(answer.links["next"]["url"]) if "next" in answer.links else None


async def check(logistics: httpx.AsyncClient, schema: dict[str, Any], first: date, until: date) -> Checked:
    """Validate everything a system tells of a period of up to 31 days against a schema."""
    kind = validator_for(schema, default=Draft7Validator)
    validator = kind(schema, format_checker=kind.FORMAT_CHECKER)
    checked = Checked()
    async for document in documents(logistics, first, until):
        checked.documents += 1
        checked.events += len(document["epcisBody"]["eventList"])
        checked.faults += [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]
    return checked


async def _check_at(address: str, schema: dict[str, Any], first: date, until: date) -> Checked:
    token = os.environ.get("CLOUD_TOKEN")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(base_url=address.rstrip("/") + "/", headers=headers, timeout=60) as logistics:
        return await check(logistics, schema, first, until)


def main() -> None:
    """Validate a period of a running system."""
    parser = argparse.ArgumentParser(prog="python -m tools.epcis", description=__doc__.partition("\n")[0])
    parser.add_argument("schema", type=Path, help="a JSON Schema file: our own, or your copy of GS1's")
    parser.add_argument("--at", required=True, help="where logistics answers")
    parser.add_argument("--from", dest="first", type=date.fromisoformat, required=True, help="first day")
    parser.add_argument("--until", type=date.fromisoformat, required=True, help="last day, up to 31 days later")
    options = parser.parse_args()
    schema = json.loads(options.schema.read_text())
    checked = asyncio.run(_check_at(options.at, schema, options.first, options.until))
    for fault in checked.faults[:_SHOWN]:
        print(fault)
    print(f"{checked.events} events in {checked.documents} documents, {len(checked.faults)} faults")
    sys.exit(1 if checked.faults or not checked.events else 0)


if __name__ == "__main__":
    main()
