"""What a run leaves behind for whoever judges it, and what is found wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FAULT_HEADER = "fault"
"""The header of a record that the bench made up, and that every consumer must bury: its value is the kind of poison."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A run that came to rest: every service has read everything, and was then ended in order; the servers run.

    `journal`: its file (`tests.faults.journal`). `databases`: by service, the addresses of their databases for the
    administrator, whom no policy of rows binds. `bootstrap`: the brokers, which hold all that was published. A record
    of the topics with `FAULT_HEADER` is poison; records without it, if told twice, carry the same `ce_id`.
    """

    journal: Path
    databases: Mapping[str, str]
    bootstrap: str


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that was not kept: the rule's name, what it is about, and what was found."""

    rule: str
    subject: str
    found: str
