"""Asking what is needed, and who supplies it."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import date, timedelta
from typing import Any

from services.procurement.market.models import market_supplier
from services.procurement.needs import queries
from services.procurement.needs.queries import Window
from services.procurement.needs.schemas import (
    DayClosing,
    DayNeed,
    FoodNeed,
    FoodSupply,
    NeedsRead,
    OfferSupply,
)
from services.procurement.orders.domain import Supplier
from services.procurement.partners import queries as partners
from services.procurement.partners.models import cooperative, food
from services.procurement.prices import usecases as prices
from services.procurement.rules import queries as rules
from services.procurement.sourcing.reasons.limits import OfferLimit
from services.procurement.sourcing.reasons.sentences import OfferFacts, Sentence, about_offer
from shared.errors import DomainError, NotFound
from shared.market import Reference, ReferenceRead
from shared.near import DaysNear
from shared.quantities import divide
from shared.unit_of_work import UnitOfWork
from shared.weeks import monday_of

_LONGEST = timedelta(days=31)
_GRAMS = ("quantity_g", "allocated_g", "open_g", "unmet_g")
_NOBODY = (None, None)


async def needs(uow: UnitOfWork, window: Window, county_code: str | None, canteen_id: str | None) -> NeedsRead:
    """Sum up what a county or a school needs. Raises DomainError `window`, `county-or-canteen`, NotFound."""
    _check(window)
    county = await _county_of(uow, county_code, canteen_id)
    rows = await queries.demand(uow.session, window, county, canteen_id)
    known = await rules.rules_of(uow.session, [county])
    return NeedsRead(
        first_day=window[0],
        last_day=window[1],
        days=[
            DayClosing(
                delivery_day=day,
                closes_at=known.holding(county, day).closes_at(day),
                closed=known.has_closed(county, day, uow.now),
            )
            for day in sorted({row.delivery_day for row in rows})
        ],
        foods=await _foods(uow, rows, window, county, canteen_id),
    )


async def days_near(uow: UnitOfWork, near: date, county_code: str | None, canteen_id: str | None) -> DaysNear:
    """Return the days nearest to one with needs. Raises DomainError `county-or-canteen`, NotFound."""
    county = await _county_of(uow, county_code, canteen_id)
    return await queries.days_near(uow.session, near, county, canteen_id)


async def _county_of(uow: UnitOfWork, county_code: str | None, canteen_id: str | None) -> str:
    """Return the county asked about: the one named, else the school's. Raises DomainError, NotFound."""
    county = county_code
    if canteen_id is not None:
        county = await queries.county_of(uow.session, canteen_id)
        if county is None or county_code not in (None, county):
            raise NotFound("canteen", canteen_id, field="canteen_id")
    if county is None:
        raise DomainError("county-or-canteen", "name a county or a canteen", field="county_code")
    return county


async def _foods(
    uow: UnitOfWork, rows: Iterable[Any], window: Window, county: str, canteen_id: str | None
) -> list[FoodNeed]:
    days: dict[str, list[DayNeed]] = {}
    for row in rows:
        grams = {name: int(getattr(row, name)) for name in _GRAMS}
        days.setdefault(row.food_code, []).append(DayNeed(delivery_day=row.delivery_day, **grams))
    ordered = {row.food_code: row for row in await queries.ordered(uow.session, window, county, canteen_id)}
    offered = {}
    if canteen_id is None:
        offered = {row.food_code: row for row in await queries.offered(uow.session, window, county)}
    names = await partners.names_of(uow.session, food, days)
    references = await prices.beside(uow, [(code, county, window[0]) for code in days])
    found = []
    for code, of_food in days.items():
        name_zh, name_en = names.get(code, _NOBODY)
        on_offer = offered.get(code)
        left = None if canteen_id is not None else int(on_offer.left_g) if on_offer else 0
        found.append(
            FoodNeed(
                food_code=code,
                name_zh=name_zh,
                name_en=name_en,
                offered_g=left,
                days=of_food,
                **{name: sum(getattr(day, name) for day in of_food) for name in _GRAMS},
                **_price(ordered.get(code), on_offer, references.get((code, county, window[0]))),
            )
        )
    return found


def _price(ordered: Any, on_offer: Any, reference: Reference | None) -> dict[str, Any]:
    price = poor = None
    if ordered is not None:
        price = divide(int(ordered.value), int(ordered.ordered_g))
        poor = divide(int(ordered.poor_value), int(ordered.value)) if ordered.value else 0
    elif on_offer is not None:
        price = on_offer.price
    beside = None if price is None else ReferenceRead.of(reference, price)
    return {"price_fen_per_kg": price, "poor_permille": poor, "reference": beside}


async def supply(uow: UnitOfWork, window: Window, county_code: str, food_code: str) -> FoodSupply:
    """Say who supplies a food, and why. Raises DomainError `window`."""
    _check(window)
    session = uow.session
    taken = await queries.taken(session, window, county_code, food_code)
    rows = await queries.offers(session, window, county_code, food_code, {row.offer_id for row in taken})
    offers = {row.offer_id: row for row in rows}
    reasons = await queries.reasons(session, county_code, monday_of(window[0]), food_code)
    found = [_taken(row, offers.pop(row.offer_id, None), reasons.get(row.offer_id)) for row in taken]
    found += [_left(row, reasons.get(row.offer_id)) for row in offers.values()]
    await _name(uow, found)
    name_zh, name_en = (await partners.names_of(session, food, [food_code])).get(food_code, _NOBODY)
    found.sort(key=lambda one: (-one.ordered_g, one.price_fen_per_kg, one.offer_id or ""))
    return FoodSupply(food_code=food_code, name_zh=name_zh, name_en=name_en, offers=found)


def _taken(row: Any, offered: Any, reason: Any) -> OfferSupply:
    is_open = offered is not None and offered.status == "open"
    return OfferSupply(
        offer_id=row.offer_id or None,
        supplier=row.supplier,
        supplier_id=row.supplier_id,
        ordered_g=int(row.ordered_g),
        schools=row.schools,
        price_fen_per_kg=divide(int(row.value), int(row.ordered_g)),
        poor_share_permille=row.poor_share_permille,
        rank=row.rank or None,
        nearest_m=row.nearest_m,
        farthest_m=row.farthest_m,
        left_g=offered.left_g if is_open else 0,
        available_from=offered.available_from if offered else None,
        available_until=offered.available_until if offered else None,
        **_why(reason),
    )


def _left(row: Any, reason: Any) -> OfferSupply:
    return OfferSupply(
        offer_id=row.offer_id,
        supplier=Supplier.COOPERATIVE,
        supplier_id=row.cooperative_id,
        ordered_g=0,
        schools=0,
        price_fen_per_kg=row.price_fen_per_kg,
        poor_share_permille=row.poor_share_permille,
        rank=None,
        nearest_m=None,
        farthest_m=None,
        left_g=row.left_g,
        available_from=row.available_from,
        available_until=row.available_until,
        **_why(reason),
    )


def _why(row: Any) -> dict[str, Any]:
    """Return what is filled in of a reason, and names that are filled in later."""
    told: dict[str, Any] = {"name_zh": None, "name_en": None, "reason": None, "text_zh": None, "text_en": None}
    if row is None:
        return told
    limit = OfferLimit(row.reason)
    known = {field.name: getattr(row, field.name) for field in fields(OfferFacts) if field.name != "limit"}
    said: Sentence = about_offer(OfferFacts(limit=limit, **known))
    return told | {"reason": limit, "text_zh": said.zh, "text_en": said.en}


async def _name(uow: UnitOfWork, found: Iterable[OfferSupply]) -> None:
    for supplier, table in ((Supplier.COOPERATIVE, cooperative), (Supplier.MARKET, market_supplier)):
        of_kind = [one for one in found if one.supplier is supplier]
        names = await partners.names_of(uow.session, table, [one.supplier_id for one in of_kind])
        for one in of_kind:
            one.name_zh, one.name_en = names.get(one.supplier_id, _NOBODY)


def _check(window: Window) -> None:
    if not window[0] <= window[1] <= window[0] + _LONGEST:
        raise DomainError("window", "the last day is the first or up to 31 days later", field="last_day")
