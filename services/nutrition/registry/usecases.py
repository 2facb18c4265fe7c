"""What can happen with the registry: its counts are fetched, looked at and taken, and nothing else of it is kept."""

from datetime import date
from typing import Any

import structlog
from pydantic import ValidationError

from services.nutrition.canteens import queries as canteens
from services.nutrition.days import today
from services.nutrition.funding import usecases as funding
from services.nutrition.funding.queries import count
from services.nutrition.registry.port import Fetched, Registry
from services.nutrition.registry.schemas import RegistryImport, RegistryRow
from shared.audit.recording import Asker, recorded
from shared.bulk import Imported, Refusal, Rows
from shared.service import Service
from shared.unit_of_work import UnitOfWork

BATCH = 500
MOST_REFUSALS = 1000
_SAID = {
    "not-asked-for": "the row holds more than a count; nothing of it was taken",
    "unknown-canteen": "no such canteen is registered (in the county)",
    "unknown-funding-class": "no such funding class is known",
}
"""Details that repeat nothing of a row: an id somebody else made up may be a name."""
log = structlog.get_logger()


async def import_counts(
    service: Service, registry: Registry, on: date | None, county_code: str | None, asker: Asker
) -> RegistryImport:
    """Fetch counts and take the good rows, some hundred to a unit of work and act; told again they change nothing.

    Everything is fetched before anything is taken. Raises RegistryFailed.
    """
    day = on or today(service.clock.now())
    fetched = await registry.counts(day, county_code)
    good, refused = _looked_at(fetched)
    total = Imported()
    for start in range(0, len(good), BATCH):
        batch = good[start : start + BATCH]
        async with service.begin() as uow:
            batch, strange = await _of_county(uow, batch, county_code)
            rows = [row for _, row in batch]
            async with recorded(uow, asker, count, rows):
                taken = await funding.put_counts(uow, Rows(rows=rows))
        refused += strange
        total.created += taken.created
        total.changed += taken.changed
        total.unchanged += taken.unchanged
        refused += [_without_words(one, batch[one.index][0]) for one in taken.refused]
    counted = {name: getattr(total, name) for name in ("created", "changed", "unchanged")}
    log.info("registry-imported", source=fetched.source, fetched=len(fetched.rows), refused=len(refused), **counted)
    return RegistryImport(
        source=fetched.source or None,
        on=day,
        fetched=len(fetched.rows),
        **counted,
        refused=sorted(refused, key=lambda one: one.index)[:MOST_REFUSALS],
    )


async def _of_county(
    uow: UnitOfWork, batch: list[tuple[int, dict[str, Any]]], county_code: str | None
) -> tuple[list[tuple[int, dict[str, Any]]], list[Refusal]]:
    """Return the rows about canteens of the county that was asked for, and the refusals of the others."""
    if county_code is None:
        return batch, []
    counties = await canteens.counties_of(uow, sorted({row["canteen_id"] for _, row in batch}))
    own = [one for one in batch if counties.get(one[1]["canteen_id"]) == county_code]
    strange = [
        Refusal(index=index, field="canteen_id", rule="unknown-canteen", detail=_SAID["unknown-canteen"])
        for index, row in batch
        if counties.get(row["canteen_id"]) != county_code
    ]
    return own, strange


def _looked_at(fetched: Fetched) -> tuple[list[tuple[int, dict[str, Any]]], list[Refusal]]:
    """Return the rows that are counts and nothing but, by their place, and the refusals of the others."""
    good, refused = [], []
    for index, row in enumerate(fetched.rows):
        try:
            count = RegistryRow.model_validate(row)
        except ValidationError as error:
            refused.append(_refusal(index, error))
        else:
            good.append((index, count.model_dump(mode="json") | {"source": fetched.source}))
    return good, refused


def _refusal(index: int, error: ValidationError) -> Refusal:
    found = error.errors(include_input=False, include_url=False, include_context=False)
    if any(one["type"] == "extra_forbidden" for one in found):
        return Refusal(index=index, field="", rule="not-asked-for", detail=_SAID["not-asked-for"])
    first = found[0]
    return Refusal(index=index, field=str(first["loc"][0]), rule=first["type"], detail="the value is not such a thing")


def _without_words(refusal: Refusal, index: int) -> Refusal:
    """Return a refusal that names the row by its place, and repeats nothing of it."""
    detail = _SAID.get(refusal.rule, refusal.detail if refusal.rule == "more-than-enrolled" else refusal.rule)
    return Refusal(index=index, field=refusal.field, rule=refusal.rule, detail=detail)
