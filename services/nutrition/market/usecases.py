"""What can happen to nutrition's copy of the market, and what is read from it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.nutrition.days import check_monday
from services.nutrition.foods import queries as foods
from services.nutrition.market import queries
from services.nutrition.market.domain import Quote
from services.nutrition.market.schemas import ContractRead, OfferRead
from shared.events.farmers import ContractChanged, CooperativeRegistered, OfferPublished, OfferWithdrawn
from shared.events.procurement import MarginalPrice, MarginalPricesPublished
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


async def keep_cooperatives(uow: UnitOfWork, registered: Sequence[CooperativeRegistered]) -> None:
    """Keep who cooperatives are and which county they belong to."""
    names = ("cooperative_id", "version", "name_zh", "name_en", "county_code")
    await queries.keep_newest(uow, queries.cooperative, [_row(event, names) for event in registered])


async def keep_offers(uow: UnitOfWork, published: Sequence[OfferPublished]) -> None:
    """Keep what cooperatives offer."""
    names = [column.name for column in queries.offer.columns if column.name != "withdrawn"]
    await queries.keep_newest(uow, queries.offer, [_row(event, names) | {"withdrawn": False} for event in published])


def _row(event: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(event, name) for name in names}


async def close_offers(uow: UnitOfWork, withdrawn: Sequence[OfferWithdrawn]) -> None:
    """Count no more on what was withdrawn."""
    tombstones = [
        {
            "offer_id": event.offer_id,
            "cooperative_id": event.cooperative_id,
            "county_code": "",
            "version": event.version,
            "withdrawn": True,
            "food_code": "",
            "available_from": event.withdrawn_at.date(),
            "available_until": event.withdrawn_at.date(),
            "quantity_g": 0,
            "price_fen_per_kg": 0,
            "poor_share_permille": 0,
            "contract_id": None,
        }
        for event in withdrawn
    ]
    await queries.close_offers(uow, tombstones)


async def keep_contracts(uow: UnitOfWork, changed: Sequence[ContractChanged]) -> None:
    """Keep what cooperatives agreed to deliver."""
    names = [column.name for column in queries.contract.columns if column.name != "deliveries"]
    rows = [
        _row(event, names) | {"deliveries": {each.week_start.isoformat(): each.quantity_g for each in event.deliveries}}
        for event in changed
    ]
    await queries.keep_newest(uow, queries.contract, rows)


async def keep_prices(uow: UnitOfWork, published: Sequence[MarginalPricesPublished]) -> None:
    """Keep what foods are worth, whoever asked; a food told twice counts as told first."""
    rows = [
        {
            **_row(event, ("planning_id", "round", "county_code", "week_start", "final", "gap_permille")),
            "prices": {price.food_code: list(_worth(price)) for price in reversed(event.prices)},
            "chosen": {one.canteen_id: one.draft_id for one in reversed(event.chosen)},
            "published_at": event.published_at,
        }
        for event in published
    ]
    await queries.add_price_rounds(uow, rows)


def _worth(price: MarginalPrice) -> tuple[int, int, int, int | None]:
    return price.price_fen_per_kg, price.poor_permille, price.local_permille, price.available_g


async def list_quotes(uow: UnitOfWork, paging: Paging, county_code: str, week_start: date) -> list[Quote]:
    """Return a page of what foods cost a county in a week, by food. Raises DomainError `week-starts-monday`."""
    check_monday(week_start)
    library = await foods.library(uow.session, county_code)
    found = await queries.quotes(uow.session, county_code, week_start, library)
    wanted = sorted(code for code in found if paging.after is None or code > paging.after)
    return [found[code] for code in wanted[: paging.limit]]


async def list_contracts(uow: UnitOfWork, paging: Paging, county_code: str, week_start: date) -> list[ContractRead]:
    """Return a page of what contracts deliver to a county in a week, by id. Raises DomainError `week-starts-monday`."""
    check_monday(week_start)
    found = await queries.dues(uow.session, county_code, week_start)
    dues = [due for due in found if paging.after is None or due.contract_id > paging.after][: paging.limit]
    library = await foods.library(uow.session, county_code, {due.food_code for due in dues})
    names = await queries.names_of(uow.session, {due.cooperative_id for due in dues})
    return [ContractRead.of(due, library.get(due.food_code), names.get(due.cooperative_id)) for due in dues]


async def list_offers(uow: UnitOfWork, paging: Paging, county_code: str, week_start: date) -> list[OfferRead]:
    """Return a page of the county's offers of a week, by id. Raises DomainError `week-starts-monday`."""
    check_monday(week_start)
    rows = await queries.offers_page(uow.session, paging, county_code, week_start)
    return [OfferRead.of(row, week_start) for row in rows]
