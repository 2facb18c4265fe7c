"""SQL of the market: what cooperatives offer and agreed to bring, and what each food costs a county in a week."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, Table, bindparam, func, select

from services.nutrition.canteens.models import Canteen
from services.nutrition.foods.domain import Food
from services.nutrition.market.domain import (
    SERVING_G,
    Due,
    PriceSource,
    Quote,
    Supply,
    Worth,
    quote_of_reference,
    quote_of_supplies,
    quotes_at,
    share_of_week,
    supply_of_due,
)
from services.nutrition.market.models import Contract, Cooperative, Offer, PriceRound
from services.nutrition.menus.models import DemandLine, Menu
from services.nutrition.tables import insert_into, table_of
from shared.database import Session
from shared.models import newest_for
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

cooperative, contract = table_of(Cooperative), table_of(Contract)
offer, price_round = table_of(Offer), table_of(PriceRound)
_canteen, _menu, _line = table_of(Canteen), table_of(Menu), table_of(DemandLine)

# Statements of hot paths are built once: building one costs as much as running it.
_FINAL = (
    select(price_round.c.prices)
    .where(
        price_round.c.county_code == bindparam("county_code"),
        price_round.c.week_start == bindparam("week_start"),
        price_round.c.final,
    )
    .order_by(price_round.c.published_at.desc(), price_round.c.planning_id.desc(), price_round.c.round.desc())
    .limit(1)
)
_ASKED = (
    select(_line.c.food_code, func.sum(_line.c.quantity_g))
    .select_from(_menu.join(_line, _line.c.menu_id == _menu.c.menu_id))
    .where(_menu.c.week_start == bindparam("week_start"), _menu.c.county_code == bindparam("county_code"))
    .group_by(_line.c.food_code)
)
_PUPILS = select(func.coalesce(func.sum(_canteen.c.pupils), 0)).where(
    _canteen.c.county_code == bindparam("county_code")
)


async def keep_newest(uow: UnitOfWork, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write whole-state rows by primary key; a row with no higher version than the present one changes nothing."""
    await uow.session.execute(newest_for(uow.dialect, table, rows[0]), list(rows))


async def close_offers(uow: UnitOfWork, tombstones: Sequence[Mapping[str, Any]]) -> None:
    """Close offers; one not heard of leaves a tombstone that an older publication cannot overwrite."""
    await uow.session.execute(newest_for(uow.dialect, offer, ("withdrawn", "version")), list(tombstones))


async def add_price_rounds(uow: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what was told of rounds of planning; a round that is known stays as it is."""
    await uow.session.execute(insert_into(uow, price_round).on_conflict_do_nothing(), list(rows))


async def quotes(session: Session, county_code: str, week_start: date, foods: Mapping[str, Food]) -> dict[str, Quote]:
    """Return what each of `foods` costs a county in the week from Monday `week_start`.

    The marginal price counts where procurement told a final one for that week (`domain.quotes_at`); else the county's
    offers and what its contracts deliver in the week set the price, the cheapest first (`domain.quote_of_supplies`);
    what none of them has, the licensed market supplier sells at its reference price. A food nobody has a price for gets
    no quote.
    """
    known = await quotes_of_offers(session, county_code, week_start, foods)
    settled, _ = quotes_at(await _final_worths(session, county_code, week_start), known, foods)
    return settled


def price_row(quote: Quote) -> list[int | str]:
    """Return a quote as a menu keeps it."""
    return [quote.price_fen_per_kg, quote.source.value, quote.local_permille, quote.poor_permille]


def quotes_kept(prices: Mapping[str, Sequence[Any]]) -> dict[str, Quote]:
    """Return quotes from how a menu kept them; how much there was is not kept."""
    return {
        code: Quote(code, price, PriceSource(source), local, poor, None)
        for code, (price, source, local, poor) in prices.items()
    }


async def quotes_of_offers(
    session: Session, county_code: str, week_start: date, foods: Mapping[str, Food]
) -> dict[str, Quote]:
    """Return what each of `foods` costs by offers, contracts and reference prices alone."""
    supplies = await _supplies(session, county_code, week_start, foods)
    asked = await _asked_g(session, county_code, week_start) if supplies else {}
    need_g = SERVING_G * await _pupils(session, county_code) if supplies else 0
    found = {}
    for code, food in foods.items():
        offered = quote_of_supplies(supplies.get(code, ()), asked.get(code, 0), need_g)
        quote = offered or quote_of_reference(food)
        if quote is not None:
            found[code] = quote
    return found


async def _final_worths(session: Session, county_code: str, week_start: date) -> dict[str, Worth]:
    """Return what procurement said last, when it had finished planning a county's week."""
    prices = await session.scalar(_FINAL, {"county_code": county_code, "week_start": week_start})
    return worths_of(prices or {})


def worths_of(prices: Mapping[str, Sequence[Any]]) -> dict[str, Worth]:
    """Return the prices of a round from its row."""
    return {code: Worth(*values) for code, values in prices.items()}


async def _supplies(
    session: Session, county_code: str, week_start: date, foods: Mapping[str, Food]
) -> dict[str, list[Supply]]:
    columns = (
        offer.c.offer_id,
        offer.c.contract_id,
        offer.c.food_code,
        offer.c.price_fen_per_kg,
        offer.c.quantity_g,
        offer.c.available_from,
        offer.c.available_until,
        func.coalesce(cooperative.c.county_code, offer.c.county_code).label("home"),
        offer.c.poor_share_permille,
    )
    found = defaultdict(list)
    offers = (await session.execute(_live(county_code, week_start, *columns))).all()
    for row in offers:
        grams = share_of_week(row.quantity_g, row.available_from, row.available_until, week_start)
        home = row.home == county_code
        supply = Supply(row.offer_id, row.food_code, row.price_fen_per_kg, grams, home, row.poor_share_permille)
        found[row.food_code].append(supply)
    for due in await _dues(session, county_code, week_start, offers):
        supply_due = supply_of_due(due, foods[due.food_code]) if due.food_code in foods else None
        if supply_due is not None:
            found[due.food_code].append(supply_due)
    return found


async def dues(session: Session, county_code: str, week_start: date) -> list[Due]:
    """Return what the county's open contracts deliver in a week, by id, and what of it is on offer under them."""
    columns = (offer.c.contract_id, offer.c.quantity_g, offer.c.available_from, offer.c.available_until)
    under = _live(county_code, week_start, *columns).where(offer.c.contract_id.is_not(None))
    return await _dues(session, county_code, week_start, (await session.execute(under)).all())


async def _dues(session: Session, county_code: str, week_start: date, offers: Sequence[Row[Any]]) -> list[Due]:
    """Return what is due beside the offers that stand in the week."""
    statement = (
        select(contract, func.coalesce(cooperative.c.county_code, contract.c.county_code).label("home"))
        .outerjoin(cooperative, cooperative.c.cooperative_id == contract.c.cooperative_id)
        .where(
            contract.c.county_code == county_code,
            contract.c.season_until >= week_start,
            contract.c.season_from <= week_start + timedelta(days=6),
            contract.c.open.is_(True),
        )
        .order_by(contract.c.contract_id)
    )
    rows = (await session.execute(statement)).all()
    offered = _offered_under(offers, week_start)
    return [
        Due(
            contract_id=row.contract_id,
            cooperative_id=row.cooperative_id,
            food_code=row.food_code,
            delivers_g=row.deliveries[week_start.isoformat()],
            offered_g=offered.get(row.contract_id, 0),
            remaining_g=row.remaining_g,
            price_fen_per_kg=row.price_fen_per_kg,
            difference_permille=row.difference_permille,
            floor_at_market_mean=row.floor_at_market_mean,
            local=row.home == county_code,
            poor_permille=row.poor_share_permille,
        )
        for row in rows
        if week_start.isoformat() in row.deliveries
    ]


def _offered_under(offers: Sequence[Row[Any]], week_start: date) -> dict[str, int]:
    """Return the grams of a week that are on offer, by contract."""
    found: dict[str, int] = defaultdict(int)
    for row in offers:
        if row.contract_id is not None:
            found[row.contract_id] += share_of_week(row.quantity_g, row.available_from, row.available_until, week_start)
    return found


def _live(county_code: str, week_start: date, *columns: Any) -> Any:
    """Return the SELECT of a county's offers that stand in some day of a week."""
    return (
        select(*columns)
        .outerjoin(cooperative, cooperative.c.cooperative_id == offer.c.cooperative_id)
        .where(
            offer.c.county_code == county_code,
            offer.c.available_until >= week_start,
            offer.c.available_from <= week_start + timedelta(days=6),
            offer.c.withdrawn.is_(False),
            offer.c.quantity_g > 0,
        )
    )


async def _asked_g(session: Session, county_code: str, week_start: date) -> dict[str, int]:
    """Return the grams of each food that the county's published menus ask for in a week."""
    rows = (await session.execute(_ASKED, {"county_code": county_code, "week_start": week_start})).all()
    return {code: int(grams) for code, grams in rows}


async def _pupils(session: Session, county_code: str) -> int:
    return int(await session.scalar(_PUPILS, {"county_code": county_code}) or 0)


async def offers_page(session: Session, paging: Paging, county_code: str, week_start: date) -> Sequence[Row[Any]]:
    """Return the county's offers that stand in some day of a week, ordered by id, with their cooperative's name."""
    columns = (
        offer.c.offer_id,
        offer.c.cooperative_id,
        cooperative.c.name_zh,
        cooperative.c.name_en,
        offer.c.food_code,
        offer.c.available_from,
        offer.c.available_until,
        offer.c.quantity_g,
        offer.c.price_fen_per_kg,
        offer.c.poor_share_permille,
    )
    statement = _live(county_code, week_start, *columns).order_by(offer.c.offer_id).limit(paging.limit)
    if paging.after is not None:
        statement = statement.where(offer.c.offer_id > paging.after)
    return list((await session.execute(statement)).all())


async def names_of(session: Session, cooperative_ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return the Chinese and the English name of those of the cooperatives that have registered."""
    columns = (cooperative.c.cooperative_id, cooperative.c.name_zh, cooperative.c.name_en)
    statement = select(*columns).where(cooperative.c.cooperative_id.in_(sorted(cooperative_ids)))
    return {row[0]: (row[1], row[2]) for row in (await session.execute(statement)).all()}
