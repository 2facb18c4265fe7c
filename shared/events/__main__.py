"""`python -m shared.events check|write`: prove or renew the committed contracts of the events.

`check` fails when a sample or schema is missing, a sample can no longer be read, a schema or the AsyncAPI document is
not the code's. `write` adds and renews what is compatible, and refuses what would break readers: that is a new version.
"""

import importlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from shared.events import Event, all_specs
from shared.events.asyncapi import document
from shared.events.contracts import Contracts, Finding, Incompatible, as_text
from shared.messaging.bus import SERVICES

ASYNCAPI = Path(__file__).parents[2] / "docs" / "api" / "asyncapi.json"
_MEND = ": run `python -m shared.events write`"


def listeners() -> Mapping[str, Sequence[type[Event]]]:
    """Return what each service handles, as its `handlers.py` says."""
    return {service: importlib.import_module(f"services.{service}.handlers").handlers.types() for service in SERVICES}


def present_document(contracts: Contracts) -> str:
    """Return the AsyncAPI document of the code and the committed samples."""
    specs = all_specs()
    return as_text(document(specs, {spec.type: contracts.sample(spec) for spec in specs}, listeners()))


def check(contracts: Contracts, asyncapi: Path) -> list[Finding]:
    """Return everything that is not as the code says."""
    found = contracts.check()
    if not found and (
        not asyncapi.exists() or json.loads(asyncapi.read_text()) != json.loads(present_document(contracts))
    ):
        found.append(Finding(asyncapi.name, "is not the code's", mendable=True))
    return found


def write(contracts: Contracts, asyncapi: Path) -> list[Path]:
    """Renew what may be renewed; returns the files written. Raises Incompatible, having written nothing."""
    written = contracts.write()
    text = present_document(contracts)
    if not asyncapi.exists() or asyncapi.read_text() != text:
        asyncapi.parent.mkdir(parents=True, exist_ok=True)
        asyncapi.write_text(text)
        written.append(asyncapi)
    return written


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit status."""
    contracts = Contracts(all_specs())
    match arguments:
        case ["check"]:
            found = check(contracts, ASYNCAPI)
            _show(found)
            print(f"{len(all_specs())} events, {len(found)} findings")
            return 1 if found else 0
        case ["write"]:
            try:
                written = write(contracts, ASYNCAPI)
            except Incompatible as refused:
                _show(refused.findings)
                print("nothing was written")
                return 1
            print(*(f"wrote {path.name}" for path in written), sep="\n")
            return 0
    print(__doc__)
    return 2


def _show(findings: Sequence[Finding]) -> None:
    for finding in findings:
        print(f"{finding.type}: {finding.text}{_MEND if finding.mendable else ''}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
