"""What can happen to forecasts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.farmers.cooperatives import queries as cooperatives
from services.farmers.days import today
from services.farmers.forecasts import queries
from services.farmers.forecasts.domain import (
    Expected,
    Forecast,
    ForecastStatus,
    check_expected,
    check_week,
    confirm,
    renewed,
    require_version,
    withdraw,
)
from services.farmers.offers.domain import Offer, Terms
from services.farmers.offers.usecases import Proposal, publish_offer
from shared.bulk import Imported, refuse
from shared.errors import Conflict, DomainError, NotFound
from shared.ids import derived_id, new_id
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Said:
    """A forecast as a cooperative says it."""

    cooperative_id: str
    food_code: str
    week_start: date
    expected: Expected

    @property
    def forecast_id(self) -> str:
        """The same id for the same cooperative, food and week."""
        return derived_id("forecast", self.cooperative_id, self.food_code, self.week_start)


async def forecast_harvests(uow: UnitOfWork, rows: Sequence[tuple[int, Said]]) -> Imported:
    """Take forecasts, new ones and changed ones; bad rows are named, the others are taken."""
    done = Imported()
    known = await cooperatives.counties(uow.session, uow.dialect, {row.cooperative_id for _, row in rows})
    present = await queries.lock(uow.session, {row.forecast_id for _, row in rows})
    new: dict[str, tuple[int, Forecast]] = {}
    changed: dict[str, Forecast] = {}
    seen: set[str] = set()
    for index, row in rows:
        try:
            _check_row(row, known, seen, today(uow.now))
            before = present.get(row.forecast_id)
            after = _made(row, uow) if before is None else renewed(before, row.expected, uow.now)
        except DomainError as error:
            done.refused.append(refuse(index, error))
            continue
        seen.add(row.forecast_id)
        if after is None:
            done.unchanged += 1
        elif before is None:
            new[row.forecast_id] = (index, after)
        else:
            changed[row.forecast_id] = after
    inserted = await queries.insert(uow.session, uow.dialect, [each for _, each in new.values()])
    await queries.save(uow.session, list(changed.values()))
    lost = Conflict("changed-meanwhile", "somebody else forecast it just now", field="week_start")
    done.refused += [refuse(index, lost) for key, (index, _) in new.items() if key not in inserted]
    done.created, done.changed = len(inserted), len(changed)
    return done


def _check_row(row: Said, known: dict[str, str], seen: set[str], day: date) -> None:
    if row.forecast_id in seen:
        raise DomainError("twice-in-request", "an earlier row names food and week", field="week_start")
    if row.cooperative_id not in known:
        raise NotFound("cooperative", row.cooperative_id, field="cooperative_id")
    check_week(row.week_start, day)
    check_expected(row.expected)


def _made(row: Said, uow: UnitOfWork) -> Forecast:
    key = (row.forecast_id, row.cooperative_id, row.food_code, row.week_start)
    return Forecast(*key, row.expected, ForecastStatus.OPEN, None, 1, uow.now)


async def confirm_forecast(
    uow: UnitOfWork, forecast_id: str, terms: Terms, expected_version: int | None
) -> tuple[Forecast, Offer]:
    """Let a forecast become an offer of what is really there; from now on it can be promised. Raises DomainError."""
    owner = (await queries.one(uow.session, forecast_id)).cooperative_id
    await cooperatives.lock(uow.session, uow.dialect, [owner])
    forecast = await queries.one(uow.session, forecast_id, for_update=True)
    require_version(forecast, expected_version)
    offer_id = new_id()
    confirmed = confirm(forecast, offer_id, terms.available_from, uow.now)
    offer = await publish_offer(uow, Proposal(offer_id, owner, replace(terms, food_code=forecast.food_code)))
    await queries.save(uow.session, [confirmed])
    return confirmed, offer


async def withdraw_forecast(uow: UnitOfWork, forecast_id: str, expected_version: int | None) -> Forecast:
    """Expect nothing of a forecast any more."""
    forecast = await queries.one(uow.session, forecast_id, for_update=True)
    require_version(forecast, expected_version)
    withdrawn = withdraw(forecast, uow.now)
    if withdrawn is not forecast:
        await queries.save(uow.session, [withdrawn])
    return withdrawn
