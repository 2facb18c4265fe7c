"""All SQL about contracts. What is drawn from one is summed up from its offers, never counted beside them."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Select, delete, func, insert, or_, select, update

from services.farmers.contracts.domain import Contract as State
from services.farmers.contracts.domain import ContractTerms, Delivery, Drawn
from services.farmers.contracts.models import Contract, ContractDelivery, ContractVersion
from services.farmers.contracts.pricing import PriceKind, PriceRule
from services.farmers.contracts.schedule import Schedule
from services.farmers.cooperatives.queries import lies_in
from services.farmers.guidance import changes
from services.farmers.offers.domain import OfferStatus
from services.farmers.offers.models import Offer
from services.farmers.offers.queries import drawn_g
from services.farmers.orders.models import OrderLine, PurchaseOrder
from services.farmers.tables import table_of
from shared.database import Session
from shared.errors import NotFound
from shared.routing import Paging

contract = table_of(Contract)
delivery = table_of(ContractDelivery)
version = table_of(ContractVersion)
offer = table_of(Offer)
order, line = table_of(PurchaseOrder), table_of(OrderLine)


async def one(session: Session, contract_id: str, *, for_update: bool = False) -> State:
    """Return a contract, locked if it is to be changed. Raises NotFound."""
    statement = select(contract).where(contract.c.contract_id == contract_id)
    found = await _read(session, statement.with_for_update() if for_update else statement)
    if not found:
        raise NotFound("contract", contract_id)
    return found[0]


async def named(session: Session, ids: Collection[str]) -> dict[str, State]:
    """Return those of the contracts that exist."""
    if not ids:
        return {}
    found = await _read(session, select(contract).where(contract.c.contract_id.in_(sorted(ids))))
    return {each.contract_id: each for each in found}


async def of_food(session: Session, cooperative_id: str, food_code: str) -> list[State]:
    """Return a cooperative's contracts for one food."""
    same = (contract.c.cooperative_id == cooperative_id, contract.c.food_code == food_code)
    return await _read(session, select(contract).where(*same))


async def lock(session: Session, ids: Collection[str]) -> None:
    """Lock contracts in the order of their ids: those who draw on one, or tell of one, take turns."""
    named_ones = select(contract.c.contract_id).where(contract.c.contract_id.in_(sorted(ids)))
    # Others may go on inserting offers that refer to them.
    await session.execute(named_ones.order_by(contract.c.contract_id).with_for_update(key_share=True))


async def count_telling(session: Session, ids: Collection[str], today: date) -> dict[str, int]:
    """Count that locked contracts are told once more, today; returns how often each was."""
    told = contract.c.told_version + 1
    statement = update(contract).where(contract.c.contract_id.in_(sorted(ids))).values(told_version=told, told_on=today)
    rows = (await session.execute(statement.returning(contract.c.contract_id, contract.c.told_version))).all()
    return {row[0]: row[1] for row in rows}


async def to_tell(session: Session, today: date, limit: int) -> list[str]:
    """Return up to `limit` contracts nobody was told of, or with an unsold offer that ended since they were told."""
    over = (offer.c.available_until >= contract.c.told_on, offer.c.available_until < today)
    unsold = (
        select(offer.c.offer_id)
        .where(offer.c.contract_id == contract.c.contract_id, *over)
        .where(offer.c.status == OfferStatus.OPEN.value, offer.c.promised_g < offer.c.quantity_g)
        .exists()
    )
    statement = (
        select(contract.c.contract_id)
        .where(or_(contract.c.told_on.is_(None), unsold))
        .order_by(contract.c.contract_id)
        .limit(limit)
    )
    return list((await session.scalars(statement)).all())


async def promised(session: Session, ids: Collection[str]) -> dict[str, list[tuple[date, int]]]:
    """Return by contract the grams orders hold for each day of delivery; exact for whoever locked the contracts."""
    if not ids:
        return {}
    statement = (
        select(offer.c.contract_id, order.c.delivery_day, func.sum(line.c.promised_g))
        .join_from(offer, line, line.c.offer_id == offer.c.offer_id)
        .join(order, order.c.order_id == line.c.order_id)
        .where(offer.c.contract_id.in_(sorted(ids)), line.c.promised_g > 0)
        .group_by(offer.c.contract_id, order.c.delivery_day)
    )
    found: dict[str, list[tuple[date, int]]] = {each: [] for each in ids}
    for contract_id, day, grams in (await session.execute(statement)).all():
        found[contract_id].append((day, int(grams)))
    return found


async def schedules(session: Session, ids: Collection[str]) -> dict[str, Schedule]:
    """Return what contracts deliver by week and what orders hold of it; exact for whoever locked them."""
    held = await promised(session, ids)
    return {key: Schedule.of(each.terms, held[key]) for key, each in (await named(session, ids)).items()}


async def insert_new(session: Session, new: State) -> None:
    """Insert a contract with its deliveries, and begin its history."""
    await session.execute(insert(contract), [_row(new)])
    await _write_deliveries(session, new)
    await _keep_version(session, new)
    await changes.note(session, [(new.cooperative_id, new.terms.food_code)])


async def save(session: Session, changed: State) -> None:
    """Write a contract that was locked before, and add to its history."""
    statement = update(contract).where(contract.c.contract_id == changed.contract_id).values(_row(changed))
    await session.execute(statement)
    await session.execute(delete(delivery).where(delivery.c.contract_id == changed.contract_id))
    await _write_deliveries(session, changed)
    await _keep_version(session, changed)
    await changes.note(session, [(changed.cooperative_id, changed.terms.food_code)])


async def drawn(session: Session, ids: Collection[str], today: date) -> dict[str, Drawn]:
    """Return what offers draw from contracts; of one that is over, unsold grams are free again.

    Exact for whoever holds the lock of the cooperative: nobody else makes or raises an offer of it meanwhile, and an
    order can only lower the sum.
    """
    if not ids:
        return {}
    draws = drawn_g(today)
    counts = draws > 0
    statement = (
        select(
            offer.c.contract_id,
            func.sum(draws),
            func.sum(offer.c.promised_g),
            func.min(offer.c.available_from).filter(counts),
            func.max(offer.c.available_until).filter(counts),
        )
        .where(offer.c.contract_id.in_(sorted(ids)))
        .group_by(offer.c.contract_id)
    )
    rows = (await session.execute(statement)).all()
    sums = {row[0]: Drawn(int(row[1]), int(row[2]), row[3], row[4]) for row in rows}
    return {each: sums.get(each, Drawn()) for each in ids}


async def page(session: Session, paging: Paging, wanted: Mapping[str, Any], county_code: str | None) -> list[State]:
    """Return up to `limit` contracts, by id; `wanted` names columns and values, None: any."""
    statement = select(contract).order_by(contract.c.contract_id).limit(paging.limit)
    if paging.after is not None:
        statement = statement.where(contract.c.contract_id > paging.after)
    if county_code is not None:
        statement = statement.where(lies_in(contract.c.cooperative_id, county_code))
    for name, value in wanted.items():
        if value is not None:
            statement = statement.where(contract.c[name] == value)
    return await _read(session, statement)


async def versions(session: Session, contract_id: str, paging: Paging) -> Sequence[Any]:
    """Return up to `limit` versions of a contract, oldest first."""
    after = int(paging.after) if paging.after is not None and paging.after.isascii() and paging.after.isdigit() else 0
    statement = (
        select(version)
        .where(version.c.contract_id == contract_id, version.c.version > min(after, 2**31 - 1))
        .order_by(version.c.version)
        .limit(paging.limit)
    )
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows


async def _read(session: Session, statement: Select[Any]) -> list[State]:
    rows = (await session.execute(statement)).all()
    if not rows:
        return []
    ids = [row.contract_id for row in rows]
    weeks = select(delivery).where(delivery.c.contract_id.in_(ids)).order_by(delivery.c.week_start)
    of_contract: dict[str, list[Delivery]] = {}
    for week in await session.execute(weeks):
        of_contract.setdefault(week.contract_id, []).append(Delivery(week.week_start, week.quantity_g))
    return [_state(row, of_contract.get(row.contract_id, ())) for row in rows]


def _state(row: Any, deliveries: Iterable[Delivery]) -> State:
    rule = PriceRule(
        PriceKind(row.price_kind), row.price_fen_per_kg, row.difference_permille, bool(row.floor_at_market_mean)
    )
    terms = ContractTerms(
        row.food_code, row.season_from, row.season_until, row.quantity_g, row.grade, rule, tuple(deliveries)
    )
    return State(
        row.contract_id,
        row.cooperative_id,
        terms,
        row.status,
        row.version,
        row.signed_at,
        row.changed_at,
        row.reason,
    )


def _row(each: State) -> dict[str, Any]:
    terms = asdict(each.terms)
    rule = terms.pop("price")
    del terms["deliveries"]
    own = ("contract_id", "cooperative_id", "status", "version", "signed_at", "changed_at", "reason")
    price = {"price_kind": str(rule.pop("kind")), **rule}
    return terms | price | {name: getattr(each, name) for name in own}


async def _write_deliveries(session: Session, each: State) -> None:
    rows = [{"contract_id": each.contract_id, **asdict(week)} for week in each.terms.deliveries]
    await session.execute(insert(delivery), rows)


async def _keep_version(session: Session, each: State) -> None:
    said = _as_json(each.terms)
    own = ("contract_id", "version", "status", "changed_at", "reason")
    await session.execute(insert(version), [{name: getattr(each, name) for name in own} | {"said": said}])


def _as_json(terms: ContractTerms) -> str:
    return json.dumps(asdict(terms), default=_plain, ensure_ascii=False)


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is nothing a contract says")
