"""What the page of operations says of backups: pure functions from what services tell of their databases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.portal.languages import N_
from services.portal.operations.views import NAMES
from services.portal.upstream import Away
from shared.backed_up import OLD_S


@dataclass(frozen=True, slots=True)
class Database:
    """When a service's database was last backed up, `age_s` ago; `failed_at` and why, if one failed since.

    `away`: nobody knows, because the service or its database does not answer.
    """

    service: str
    away: bool = False
    last_at: datetime | None = None
    age_s: float = 0.0
    failed_at: datetime | None = None
    failure: str | None = None

    @property
    def name(self) -> str:
        """What people call whose it is (a msgid)."""
        return NAMES[self.service]

    @property
    def old(self) -> bool:
        """Whether the last is missing, or older than a night's may be."""
        return not self.away and (self.last_at is None or self.age_s > OLD_S)


@dataclass(frozen=True, slots=True)
class Backups:
    """Each database's backups, and in a sentence (a msgid) how all of them stand."""

    tone: str
    text: str
    databases: Sequence[Database]


def shown(told: Mapping[str, Any], now: datetime) -> Backups:
    """Return how backups stand by what each service told, in the order services have everywhere."""
    found = [_database(name, told[name], now) for name in NAMES if name in told]
    if any(each.failed_at for each in found):
        return Backups("bad", N_("The last backup failed. Mend the cause, and make one now."), found)
    if any(each.old for each in found):
        return Backups("warn", N_("There is no backup of the last 26 hours."), found)
    if any(each.away for each in found):
        return Backups("warn", N_("Not every part says when it was backed up."), found)
    return Backups("ok", N_("Every database was backed up within 26 hours."), found)


def _database(service: str, told: Any, now: datetime) -> Database:
    # A service of the release before tells nothing of backups.
    backup = None if isinstance(told, Away) else told.get("backup")
    if backup is None:
        return Database(service, away=True)
    last_at, failed_at = (_instant(backup[name]) for name in ("last_at", "failed_at"))
    age_s = 0.0 if last_at is None else max(0.0, (now - last_at).total_seconds())
    return Database(service, False, last_at, age_s, failed_at, backup["failure"])


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
