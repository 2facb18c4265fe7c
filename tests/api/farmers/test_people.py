"""What is private: who a household is, whom to call, where money goes."""

import sqlite3
from contextlib import closing
from datetime import timedelta

from shared.sealing import Sealer, new_key
from tests.api.farmers.builders import COOP, a_county, post, put
from tests.conftest import WorldOf
from tests.world import World, ok, refused

NAME, PHONE = "虚构赵铁柱", "13800001234"
ACCOUNT = {"bank": "虚构银行", "holder": "向穗合作社（虚构）", "number": "6200 0000 0000 4321"}


def person(household_id: str = "hh-1", **other: str) -> dict[str, str]:
    """A row of `PUT /household-people`."""
    return {"household_id": household_id, "name": NAME, "phone": PHONE} | other


def stored(world: World) -> str:
    """Everything in the database, as text."""
    file = world.services["farmers"].settings.database_of("farmers").removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as database:
        return "\n".join(database.iterdump())


async def test_a_household_has_a_person_and_answers_masked(world_of: WorldOf) -> None:
    """Said again nothing changes, said otherwise it does; anybody sees the first character and the last digits."""
    world = await world_of("farmers")
    await a_county(world)
    client = world.client("farmers")
    for row, what in (
        (person(), "created"),
        (person(phone="138 0000-1234"), "unchanged"),
        (person(name="虚构钱"), "changed"),
        (person(), "changed"),
    ):
        assert (await put(world, "/household-people", row))[what] == 1
    assert await ok(await client.get("/households/hh-1/person")) == {
        "household_id": "hh-1",
        "name": "虚**",
        "phone": "*******1234",
    }
    refused(await client.get("/households/hh-2/person"), 404, "unknown-household-person")


async def test_a_name_is_shown_with_a_reason_for_a_while(world_of: WorldOf) -> None:
    """Who asks and why is kept; the name is shown for a quarter of an hour, for that household only."""
    world = await world_of("farmers")
    await a_county(world)
    client = world.client("farmers")
    await put(world, "/household-people", person(), person("hh-2"))
    asked = {"asked_by": "clerk-7", "reason": "payment came back"}
    keyed = await client.post("/households/hh-1/disclosures", json=asked, headers={"Idempotency-Key": "k1"})
    shown = {"disclosure_id": (await ok(keyed))["disclosure_id"]}
    answer = await ok(await client.get("/households/hh-1/person", params=shown))
    assert (answer["name"], answer["phone"]) == (NAME, PHONE)
    refused(await client.get("/households/hh-2/person", params=shown), 404, "unknown-disclosure")
    world.clock.advance(timedelta(minutes=16))
    refused(await client.get("/households/hh-1/person", params=shown), 422, "disclosure-over")
    listed = (await ok(await client.get("/households/hh-1/disclosures")))["items"]
    assert [(one["asked_by"], one["reason"]) for one in listed] == [("clerk-7", "payment came back")]
    refused(await client.post("/households/hh-3/disclosures", json=asked), 404, "unknown-household-person")
    assert NAME not in stored(world)


async def test_bad_people_are_named_without_repeating_them(world_of: WorldOf) -> None:
    """A refusal says field and rule, never the name or the number that was refused."""
    world = await world_of("farmers")
    await a_county(world)
    answer = await world.client("farmers").put(
        "/household-people",
        json={
            "rows": [
                person("hh-404"),
                person(),
                person(),
                person("hh-2", phone="call me"),
                person("hh-3", phone="1" * 16),
                person("hh-3", name=""),
                person("hh-3", name="赵" * 61),
            ]
        },
    )
    done = await ok(answer)
    assert done["created"] == 1
    assert [(one["index"], one["field"], one["rule"]) for one in done["refused"]] == [
        (0, "household_id", "unknown-household"),
        (2, "household_id", "twice-in-request"),
        (3, "phone", "string_pattern_mismatch"),
        (4, "phone", "value_error"),
        (5, "name", "string_too_short"),
        (6, "name", "string_too_long"),
    ]
    assert NAME not in answer.text
    assert "1" * 16 not in answer.text


async def test_contacts_are_called_in_order(world_of: WorldOf) -> None:
    """Contacts are replaced as a whole and read in the order to try; at rest they are sealed."""
    world = await world_of("farmers")
    await a_county(world)
    client = world.client("farmers")
    said = [
        {"role": "clerk", "name": NAME, "phone": PHONE},
        {"role": "head", "name": "虚构孙", "phone": "0856-6000000"},
    ]
    path = f"/cooperatives/{COOP}/contacts"
    put_twice = [await client.put(path, json={"contacts": order}) for order in (said[::-1], said)]
    assert (await ok(put_twice[1]))["contacts"][0] == {"role": "clerk", "name": "虚**", "phone": "*******1234"}
    assert [one["phone"] for one in (await ok(await client.get(path)))["contacts"]] == [PHONE, "08566000000"]
    assert NAME not in stored(world)
    refused(await client.put(path, json={"contacts": [said[0], said[0]]}), 422, "twice-in-request")
    refused(await client.put(path, json={"contacts": said * 6}), 422, "invalid-input")
    refused(await client.put("/cooperatives/coop-404/contacts", json={"contacts": []}), 404, "unknown-cooperative")
    await ok(await client.put(path, json={"contacts": []}))
    assert (await ok(await client.get(path)))["contacts"] == []


async def test_an_account_is_masked_and_what_it_was_stays_known(world_of: WorldOf) -> None:
    """Of an account four digits are shown; a change needs the version that was read and leaves the one before."""
    world = await world_of("farmers")
    await a_county(world)
    client = world.client("farmers")
    path = f"/cooperatives/{COOP}/account"
    empty = await client.get(path)
    assert (empty.headers["etag"], (await ok(empty))["account"]) == ('"0"', None)
    await ok(await client.put(path, json=ACCOUNT, headers={"If-Match": '"0"'}))
    await ok(await client.put(path, json=ACCOUNT | {"number": "6200000000004321"}, headers={"If-Match": '"1"'}))
    changed = await client.put(path, json=ACCOUNT | {"number": "6200 0000 0000 9999"}, headers={"If-Match": '"1"'})
    shown = await ok(changed)
    assert changed.headers["etag"] == '"2"'
    assert (shown["account"]["number"], [one["number"] for one in shown["before"]]) == (
        "************9999",
        ["************4321"],
    )
    refused(await client.put(path, json=ACCOUNT, headers={"If-Match": '"1"'}), 412, "stale-version")
    refused(await client.put(path, json=ACCOUNT | {"number": "12-34"}), 422, "invalid-input")
    kept = stored(world)
    assert "6200000000004321" not in kept
    assert ACCOUNT["holder"] not in kept


async def test_another_key_seals_and_the_old_one_opens(world_of: WorldOf) -> None:
    """A new key in front seals what is written from then on; what the old one sealed opens as long as it is there."""
    world = await world_of("farmers")
    await a_county(world)
    await put(world, "/household-people", person())
    service = world.services["farmers"]
    old = (service.settings.var / "secret.keys").read_text()
    service.sealer = Sealer.of_text(f"{new_key('newer')},{old}")
    assert (await put(world, "/household-people", person(), person("hh-2")))["unchanged"] == 1
    kept = stored(world)
    assert ("'local." in kept, "'newer." in kept) == (True, True)
    await post(world, "/households/hh-1/disclosures", asked_by="a", reason="b")
