"""The ledger on both databases: its chain survives parallel writers, and every fen is where it should be."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from services.procurement.disputes import queries as dispute_queries
from services.procurement.disputes import usecases as disputes
from services.procurement.disputes.domain import Decision
from services.procurement.ledger import links, proof, queries, sealing
from services.procurement.main import definition
from services.procurement.months import Month
from services.procurement.orders import queries as orders
from services.procurement.orders.domain import Line, Order, Status
from services.procurement.partners import usecases as partners
from services.procurement.paymentfiles import usecases as files
from services.procurement.payments import queries as payment_queries
from services.procurement.payments import usecases as payments
from services.procurement.payments.domain import Asked
from services.procurement.reports import earned, opened
from services.procurement.reports.days import Days
from services.procurement.reports.month import month_report
from services.procurement.settlement import usecases as settlement
from services.procurement.settlement.domain import accounts_of_school
from services.procurement.terms import usecases as terms
from services.procurement.terms.models import funding_share, settlement_terms
from shared import migrate
from shared.clock import ManualClock
from shared.database import Database, open_database
from shared.errors import DomainError
from shared.events.farmers import HouseholdsPaid, Payout
from shared.events.logistics import LineReceived, LotAccepted, ReceiptSigned
from shared.events.procurement import PaymentConfirmed, SettlementRecorded
from shared.fields import PayoutMethod
from shared.messaging.embedded import EmbeddedBus
from shared.routing import Paging
from shared.service import Service
from shared.settings import Settings
from tests.api.procurement import facts
from tests.world import World

COUNTIES = ("520628", "520602")
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
ALL = Paging(limit=1000)
LOT = facts.a_lot("lot-1", 40_000, **{"poor-1": 10_000, "hh-2": 20_000})


@pytest.fixture(params=["sqlite", "postgres"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """Procurement alone, with a cooperative and a lot."""
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    settings = {"procurement": Settings(var=tmp_path, database_url=url)}
    async with World([definition], EmbeddedBus(tmp_path / "bus.sqlite"), settings) as opened:
        async with opened.services["procurement"].begin() as uow:
            await partners.keep_cooperatives(uow, [facts.a_cooperative()])
            await partners.keep_lots(uow, [LOT])
        yield opened


def an_order(number: int, price: int = 333) -> Order:
    """Return an order of 10 kg that was dispatched whole."""
    line = Line(f"line-{number}", "d1", "cabbage", "f1", "ambient", price, 10_000, 1, None, 500)
    line = replace(line, confirmed_g=10_000, dispatched_g=10_000)
    county = COUNTIES[number % len(COUNTIES)]
    made = Order(
        f"order-{number}", "school-1", "coop-1", county, TODAY, Status.DISPATCHED, 2, "run", NOW, NOW, NOW, NOW
    )
    return replace(made, lines=(line,))


def a_receipt(number: int, accepted_g: int, version: int = 1) -> ReceiptSigned:
    """Return a receipt of one of the orders."""
    lots = (LotAccepted(lot_id="lot-1", accepted_g=accepted_g),) if accepted_g else ()
    line = LineReceived(
        line_id=f"line-{number}", food_code="cabbage", received_g=10_000, accepted_g=accepted_g, lots=lots
    )
    return ReceiptSigned(
        receipt_id=f"receipt-{number}",
        version=version,
        order_id=f"order-{number}",
        canteen_id="school-1",
        cooperative_id="coop-1",
        delivery_day=TODAY,
        signers=("a", "b"),
        lines=(line,),
        signed_at=NOW,
    )


async def settle(service: Service, *receipts: ReceiptSigned) -> None:
    """Book receipts in one unit of work."""
    async with service.begin() as uow:
        await settlement.settle(uow, receipts)


async def place(service: Service, numbers: Sequence[int]) -> None:
    """Have orders that were dispatched."""
    async with service.begin() as uow:
        await orders.add(uow.session, [an_order(number) for number in numbers])


async def proved(service: Service) -> list[str]:
    """Return what the proof of the ledger says, which must hold."""
    proofs = await proof.prove_in(service.database, None)
    assert all(each.holds for each in proofs), proofs
    return [each.text for each in proofs]


async def test_the_chain_survives_parallel_settlement(world: World) -> None:
    """Many settle at once while two seal at once: every transaction has one link, and every link holds."""
    service = world.services["procurement"]
    await place(service, range(40))
    settling = [settle(service, a_receipt(number, 9_000), a_receipt(number + 1, 8_000)) for number in range(0, 40, 2)]
    sealing_too = [sealing.seal_waiting(service) for _ in range(6)]
    await asyncio.gather(*settling, *sealing_too)
    await sealing.seal_waiting(service)
    texts = await proved(service)
    assert [text.split(",")[0] for text in texts] == [
        "520602: 20 links hold",
        "520628: 20 links hold",
        "160 entries sum to 0 fen",
    ]
    assert await sealing.seal_waiting(service) == 0


async def test_nobody_waits_for_the_chain(world: World) -> None:
    """While somebody seals a county and is not done, receipts of it are booked all the same."""
    service = world.services["procurement"]
    await place(service, range(4))
    await settle(service, a_receipt(0, 9_000))
    if service.database.dialect == "sqlite":
        await sealing.seal_waiting(service)
    else:
        async with service.begin() as uow:
            assert await sealing.seal(uow, COUNTIES[0]) == 1
            await asyncio.wait_for(settle(service, a_receipt(2, 9_000)), 10)
            async with service.begin() as other:
                assert await sealing.seal(other, COUNTIES[0]) == 0
    await sealing.seal_waiting(service)
    await proved(service)


async def test_two_files_at_once_pay_nothing_twice(world: World) -> None:
    """Two officials make a payment file of a county at the same moment: what is in one is not in the other."""
    service = world.services["procurement"]
    await place(service, range(0, 8, 2))
    await settle(service, *(a_receipt(number, 9_000) for number in range(0, 8, 2)))

    async def make() -> int:
        async with service.begin() as uow:
            try:
                return (await files.make(uow, COUNTIES[0], TODAY, "official-1")).amount_fen
            except DomainError:
                return 0

    assert sorted(await asyncio.gather(*(make() for _ in range(3)))) == [0, 0, 4 * 2_997]


async def test_two_confirmations_at_once_pay_once(world: World) -> None:
    """With one reference they are one payment; with two, one of them finds nothing due."""
    service = world.services["procurement"]
    await place(service, range(6))
    await settle(service, *(a_receipt(number, 9_000) for number in range(6)))

    async def confirm(reference: str) -> str:
        return await _refusal(service, Asked("coop-1", TODAY, reference, "2026-11"))

    assert await asyncio.gather(*(confirm("same") for _ in range(4))) == [""] * 4
    await place(service, range(6, 12))
    await settle(service, *(a_receipt(number, 9_000) for number in range(6, 12)))
    done = await asyncio.gather(*(confirm(f"ref-{number}") for number in range(4)))
    assert done.count("nothing-due") == 3
    await world.settle()
    assert sum(told.amount_fen for told in world.told_of(PaymentConfirmed)) == 12 * 2_997
    await proved(service)


@pytest.mark.parametrize("change", ["amount_fen = amount_fen + 1", "account = 'household/other'"])
async def test_what_was_changed_behind_the_triggers_is_found(world: World, change: str) -> None:
    """Whoever can switch the triggers off and changes what was booked is found out, and where."""
    service = world.services["procurement"]
    await place(service, range(0, 10, 2))
    for number in range(0, 10, 2):
        await settle(service, a_receipt(number, 9_000))
        await sealing.seal_waiting(service)
    async with service.begin() as uow:
        third = (await links.after(uow.session, COUNTIES[0], 2, 1))[0]
    tampered = f"UPDATE ledger_entry SET {change} WHERE transaction_id = :t AND account = 'household/poor-1'"
    with pytest.raises(DBAPIError, match="append-only"):
        async with service.begin() as uow:
            await uow.session.execute(text(tampered), {"t": third.transaction_id})
    await _without_triggers(service.database)
    async with service.begin() as uow:
        await uow.session.execute(text(tampered), {"t": third.transaction_id})
    found = [each.text for each in await proof.prove_in(service.database, COUNTIES[0]) if not each.holds]
    assert found[0].startswith(f"{COUNTIES[0]}: link 3 (transaction {third.transaction_id}) is broken")


async def _without_triggers(database: Database) -> None:
    def drop(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE ledger_entry DISABLE TRIGGER USER"))
            return
        for change in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER ledger_entry_no_{change}"))

    await database.run_sync(drop)


async def test_a_transaction_past_the_chain_is_found(world: World) -> None:
    """What was booked and waits for no link is named, too."""
    service = world.services["procurement"]
    await place(service, [0, 2])
    await settle(service, a_receipt(0, 9_000), a_receipt(2, 9_000))
    async with service.begin() as uow:
        last = "SELECT MAX(transaction_id) FROM ledger_transaction"
        await uow.session.execute(text(f"DELETE FROM ledger_waiting WHERE transaction_id IN ({last})"))
    await sealing.seal_waiting(service)
    (found, _) = await proof.prove_in(service.database, COUNTIES[0])
    assert "link 2" in found.text
    assert "past-the-chain" in found.text


async def test_money_is_conserved_whatever_happens(world: World) -> None:
    """Over receipts, corrections, disputes, payments and payouts every fen is in one place."""
    service = world.services["procurement"]
    luck = random.Random(5)
    await place(service, range(8))
    agreed = {"region_code": "52", "valid_from": TODAY, "payment_days": 9, "dispute_days": 5}
    shares = {"scope": "region:520628", "valid_from": TODAY, "central_permille": 333, "local_permille": 667}
    async with service.begin() as uow:
        tolerance = {"weight_permille": 20, "tolerance_fen": 100}
        await terms.put_rows(uow, settlement_terms, [(0, agreed | tolerance)])
        await terms.put_rows(uow, funding_share, [(0, shares | {"parents_permille": 0})])
    versions = dict.fromkeys(range(8), 0)
    for step in range(80):
        number = luck.randrange(8)
        act = luck.choice(("receive", "receive", "pay", "part", "pass on", "decide"))
        if act == "receive":
            versions[number] += 1
            await settle(service, a_receipt(number, luck.choice((0, 1, 3_333, 9_999, 10_000)), versions[number]))
        elif act == "pass on":
            await _pass_on(service, luck, f"payout-{step}")
        elif act == "decide":
            await _decide(service, luck)
        else:
            await _pay(service, luck, f"ref-{step}", whole=act == "pay")
        await _in_one_place(service)
    await sealing.seal_waiting(service)
    await world.settle()
    await proved(service)
    earned = sum(told.amount_fen for told in world.told_of(SettlementRecorded))
    async with service.begin() as uow:
        _, spent = await queries.earned(uow.session, accounts_of_school("school-1"), TODAY, TODAY)
        orders_now = await orders.for_update(uow.session, [f"order-{number}" for number in range(8)])
        held = sum(one.held_fen for one in await dispute_queries.page(uow.session, ALL, {}, None))
        in_dispute = (await queries.balances(uow.session, ["school/school-1/disputed"])).get("school/school-1/disputed")
    assert spent == -earned == -sum(line.amount_fen for order in orders_now.values() for line in order.lines)
    assert held == (in_dispute or 0)
    await _reported(service, -spent, held)


async def _reported(service: Service, spent_fen: int, disputed_fen: int) -> None:
    """The month's report agrees with the ledger to the fen, in all figures and in what they are opened down to."""
    month = Month.of(f"{TODAY:%Y-%m}")
    days = Days(month.first, month.last, None)
    async with service.begin(read_only=True) as uow:
        report = await month_report(uow, month, None)
        lines = await opened.lines(uow.session, days, ALL)
        households = await earned.households(uow.session, days, ALL)
        rows = await payment_queries.settlements(uow.session, ALL, {})
    total = report.total
    assert total.spend_fen == spent_fen == sum(line.amount_fen for line in lines) == total.from_province_fen
    assert total.accepted_g == sum(line.accepted_g for line in lines)
    assert total.households_fen == sum(one.amount_fen for one in households)
    assert total.spend_fen == sum(row.amount_fen for row in rows)
    assert total.paid_fen == sum(row.paid_fen for row in rows)
    assert total.held_fen == sum(row.held_fen - row.passed_fen for row in rows)
    assert total.disputed_fen == disputed_fen
    assert total.spend_fen == sum(county.spend_fen for county in report.counties)


async def _pay(service: Service, luck: random.Random, reference: str, *, whole: bool) -> None:
    async with service.begin() as uow:
        rows = await payment_queries.settlements(uow.session, ALL, {"open": True})
    amounts = {}
    for row in rows:
        left = row.amount_fen - row.paid_fen
        amounts[row.settlement_id] = left if whole or abs(left) < 2 else left // 2
    rule = await _refusal(service, Asked("coop-1", TODAY, reference, amounts_fen=amounts or {"none": 1}))
    assert rule in ("", "negative-payment", "unknown-settlement", "paid-whole-only")


async def _refusal(service: Service, asked: Asked) -> str:
    try:
        async with service.begin() as uow:
            await payments.confirm(uow, asked)
    except DomainError as refused:
        return refused.rule
    return ""


async def _decide(service: Service, luck: random.Random) -> None:
    async with service.begin() as uow:
        found = await dispute_queries.page(uow.session, ALL, {"status": "open"}, None)
        if not found:
            return
        one, decision = luck.choice(found), luck.choice(list(Decision))
        amount = luck.randint(one.weighed_fen, one.ordered_fen) if decision is Decision.AMOUNT else None
        await disputes.decide(uow, one.dispute_id, decision, amount, "official-1", "seen", None)


async def _pass_on(service: Service, luck: random.Random, payout_id: str) -> None:
    async with service.begin() as uow:
        rows = await payment_queries.settlements(uow.session, ALL, {})
        parts = tuple(
            Payout(
                household_id=luck.choice(("poor-1", "hh-2")),
                settlement_id=row.settlement_id,
                amount_fen=luck.randint(-5, 500),
            )
            for row in rows[: luck.randrange(4)]
        )
        event = HouseholdsPaid(
            payout_id=payout_id,
            cooperative_id="coop-1",
            payouts=(*parts, Payout(household_id="hh-2", settlement_id="never-told", amount_fen=1)),
            paid_on=TODAY,
            method=PayoutMethod.BANK,
            confirmed_at=NOW,
        )
        await payments.pass_on(uow, [event])


async def _in_one_place(service: Service) -> None:
    """Everything the school paid is due, paid, held or passed on, as ledger and settlements both say."""
    accounts = [
        *accounts_of_school("school-1"),
        "cooperative/coop-1",
        "cooperative/coop-1/paid",
        "cooperative/coop-1/held",
    ]
    accounts += [f"household/{name}{part}" for name in ("poor-1", "hh-2") for part in ("", "/paid")]
    async with service.begin(read_only=True) as uow:
        balances = await queries.balances(uow.session, accounts)
        rows = await payment_queries.settlements(uow.session, ALL, {})
    assert sum(balances.values()) == 0
    due = sum(balances.get(name, 0) for name in ("cooperative/coop-1", "household/poor-1", "household/hh-2"))
    assert due == sum(row.amount_fen - row.paid_fen for row in rows)
    assert balances.get("cooperative/coop-1/held", 0) == sum(row.held_fen - row.passed_fen for row in rows)
    assert balances.get("cooperative/coop-1/paid", 0) == sum(row.paid_fen - row.held_fen for row in rows)
    assert all(row.open or row.paid_fen == row.amount_fen for row in rows)


BEFORE = """
INSERT INTO purchase_order (order_id, canteen_id, cooperative_id, county_code, delivery_day, status, version, run_id,
                            answer_by, placed_at)
VALUES ('o1', 'school-1', 'coop-1', '520628', '2026-11-30', 'settled', 3, 'r', '2026-11-23 01:00:00{zone}',
        '2026-11-23 01:00:00{zone}');
INSERT INTO ledger_transaction (transaction_id, receipt_id, receipt_version, order_id, county_code, delivery_day,
                                booked_at)
VALUES ('t-b', 'r1', 1, 'o1', '520628', '2026-11-30', '2026-11-30 01:00:00{zone}'),
       ('t-a', 'r1', 2, 'o1', '520628', '2026-11-30', '2026-12-01 01:00:00{zone}'),
       ('t-c', 'r1', 3, 'o1', '520628', '2026-11-30', '2026-12-02 01:00:00{zone}');
INSERT INTO ledger_entry (transaction_id, account, kind, poor, amount_fen, accepted_g)
VALUES ('t-b', 'school/school-1/food-money', 'school', false, -400, 1000),
       ('t-b', 'cooperative/coop-1', 'cooperative', false, 100, 250),
       ('t-b', 'household/hh-2', 'household', true, 300, 750),
       ('t-a', 'school/school-1/food-money', 'school', false, 40, -100),
       ('t-a', 'household/hh-2', 'household', true, -40, -100)
"""


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
async def test_what_was_booked_before_is_due_and_sealed_in_its_order(
    dialect: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Migrating carries every booking over: as what is still to be paid, and in the order of booking into the chain."""
    url = f"sqlite:///{tmp_path}/procurement.sqlite"
    database = open_database(url if dialect == "sqlite" else request.getfixturevalue("postgres_url"))

    def before(connection: Connection) -> None:
        config = migrate._config(definition.migrations, definition.metadata, connection)
        command.upgrade(config, "0002")
        zone = "+00" if database.dialect == "postgresql" else ".000000"
        for statement in BEFORE.format(zone=zone).split(";"):
            connection.execute(text(statement))

    await database.run_sync(before)
    await migrate.upgrade(database, definition.migrations)
    service = Service(
        definition,
        Settings(var=tmp_path, database_url=None if dialect == "sqlite" else request.getfixturevalue("postgres_url")),
        EmbeddedBus(tmp_path / "bus.sqlite"),
        ManualClock(NOW),
    )
    await sealing.seal_waiting(service)
    async with database.transaction(read_only=True) as session:
        sealed = await links.after(session, "520628", 0, 10)
        due = await payment_queries.settlements(session, ALL, {})
    assert [link.transaction_id for link in sealed] == ["t-b", "t-a", "t-c"]
    shown = [(row.settlement_id, row.amount_fen, row.cooperative_fen, str(row.due_on), row.open) for row in due]
    assert shown == [("t-a", -40, 0, "2026-12-30", True), ("t-b", 400, 100, "2026-12-30", True)]
    await proved(service)
    for table in ("ledger_entry", "ledger_transaction", "ledger_link"):
        with pytest.raises(DBAPIError, match="append-only"):
            async with database.transaction() as session:
                await session.execute(text(f"DELETE FROM {table}"))
    assert await migrate.differences(database, definition) == []
    await service.stop()
    await service.bus.close()
    await database.close()
