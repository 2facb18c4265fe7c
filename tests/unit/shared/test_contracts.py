"""A published event keeps its promise: new readers read old events, old readers read new ones."""

import json
from pathlib import Path
from typing import Annotated, Any

import jsonschema
import pytest
from pydantic import Field, create_model

from shared.events import Spec, all_specs
from shared.events.__main__ import ASYNCAPI, check, listeners, write
from shared.events.asyncapi import document
from shared.events.contracts import Contracts, Incompatible, new_sample, schema_of
from shared.events.registry import Event, Part
from shared.fields import Grams, Id, Instant

COMMITTED = Contracts(all_specs())


class Line(Part):
    """A line of the event below."""

    line_id: Id
    ordered_g: Grams


class LineWithPrice(Line):
    """A line that must have a price now."""

    price_fen_per_kg: int


FIELDS: dict[str, Any] = {
    "order_id": (Id, ...),
    "canteen_id": (Id, ...),
    "cooperative_id": (Id, ...),
    "kind": (Annotated[str, Field(max_length=20, json_schema_extra={"enum": ["canteen", "kitchen"]})], ...),
    "lot_id": (Id | None, ...),
    "reason": (str, "none"),
    "quantity_g": (Grams, ...),
    "lines": (Annotated[tuple[Line, ...], Field(max_length=10)], ...),
    "signers": (tuple[Id, Id], ...),
    "placed_at": (Instant, ...),
}


def spec(key: str = "canteen_id", aggregate: str = "order", **changes: Any) -> Spec:
    """An event as it was first published, with these fields changed (None removes one)."""
    fields = {name: kind for name, kind in {**FIELDS, **changes}.items() if kind is not None}
    model: type[Event] = create_model("OrderTried", __base__=Event, **fields)
    return Spec(model, "procurement", aggregate, key, 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder where the event is committed as it was first published."""
    assert len(Contracts([spec()], tmp_path).write()) == 2
    return tmp_path


@pytest.mark.parametrize("each", all_specs(), ids=lambda each: each.type)
def test_committed_samples_match_committed_schemas(each: Spec) -> None:
    """A reader in another language, who has the schema only, accepts the sample."""
    schema = json.loads((ASYNCAPI.parents[2] / f"shared/events/schemas/{each.type}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(COMMITTED.sample(each)["data"], schema, cls=jsonschema.Draft202012Validator)


def test_committed_contracts_are_the_codes() -> None:
    """Every event has a sample that is read and a schema that is the code's."""
    assert COMMITTED.check() == []


def test_no_county_is_a_key_but_that_of_its_forecast() -> None:
    """Events are in order by school, cooperative, trip, food or planning; by county its schools would wait in a row."""
    keys = {"canteen_id", "cooperative_id", "trip_id", "food_code", "planning_id"}
    assert {spec.name: spec.key_field for spec in all_specs() if spec.key_field not in keys} == {
        "DemandForecast": "county_code"
    }


def test_nothing_committed_is_found_and_mended(tmp_path: Path) -> None:
    """A new event is told to lack sample and schema; writing makes both, and the same ones anywhere."""
    contracts = Contracts([spec()], tmp_path)
    assert [finding.mendable for finding in contracts.check()] == [True, True]
    assert len(contracts.write()) == 2
    assert contracts.check() == []
    assert contracts.write() == []
    assert contracts.sample(spec()) == new_sample(spec())


def test_an_event_without_an_example_is_told(tmp_path: Path) -> None:
    """A field nobody gave an example value is named."""
    (sample, _) = Contracts([spec(colour=(str, ...))], tmp_path).check()
    assert "OrderTried.colour" in sample.text
    assert not sample.mendable


BOUNDED = Annotated[int, Field(ge=0, le=10)]
BREAKING: dict[str, tuple[dict[str, Any], str]] = {
    "removed": ({"reason": None}, "reason: removed"),
    "renamed": ({"quantity_g": None, "gross_g": (Grams, ...)}, "quantity_g: removed"),
    "required field added": ({"headcount": (int, ...)}, "headcount: added as a required field"),
    "made required": ({"reason": (str, ...)}, "reason: made required"),
    "made optional": ({"quantity_g": (Grams, 0)}, "quantity_g: no longer required"),
    "retyped": ({"quantity_g": (float, ...)}, "quantity_g: type 'integer' became 'number'"),
    "made nullable": ({"order_id": (Id | None, ...)}, "order_id: anyOf"),
    "no longer nullable": ({"lot_id": (Id, ...)}, "lot_id: anyOf"),
    "upper bound lowered": ({"quantity_g": (BOUNDED, ...)}, "new readers could not read old"),
    "upper bound raised": ({"quantity_g": (Annotated[int, Field(ge=0, le=10**15)], ...)}, "old readers could not"),
    "lower bound raised": ({"quantity_g": (Annotated[int, Field(ge=1, le=10**12)], ...)}, "new readers could not"),
    "bound dropped": ({"quantity_g": (Annotated[int, Field(ge=0)], ...)}, "maximum 1000000000000 removed: old readers"),
    "list shortened": ({"lines": (Annotated[tuple[Line, ...], Field(max_length=5)], ...)}, "lines: maxItems"),
    "enum narrowed": (
        {"kind": (Annotated[str, Field(max_length=20, json_schema_extra={"enum": ["canteen"]})], ...)},
        "new readers could not",
    ),
    "enum widened": (
        {"kind": (Annotated[str, Field(max_length=20, json_schema_extra={"enum": ["canteen", "kitchen", "x"]})], ...)},
        "old readers could not",
    ),
    "pattern changed": ({"order_id": (Annotated[str, Field(pattern="^[a-z]+$")], ...)}, "order_id: pattern"),
    "default changed": ({"reason": (str, "hail")}, "reason: default"),
    "tuple lengthened": ({"signers": (tuple[Id, Id, Id], ...)}, "signers: "),
    "part changed": (
        {"lines": (Annotated[tuple[LineWithPrice, ...], Field(max_length=10)], ...)},
        "lines[].price_fen_per_kg: added as a required field",
    ),
    "instant made a text": ({"placed_at": (str, ...)}, "placed_at: format"),
    "other key": ({"key": "cooperative_id"}, "another field"),
    "other topic": ({"aggregate": "trial"}, "x-topic"),
}


@pytest.mark.parametrize("change", BREAKING)
def test_a_breaking_change_is_caught_and_not_written(folder: Path, change: str) -> None:
    """What one side of the wire would not survive is named, and writing is refused with nothing written."""
    changes, expected = BREAKING[change]
    before = {path: path.read_bytes() for path in folder.rglob("*.json")}
    contracts = Contracts([spec(**changes)], folder)
    found = contracts.check()
    assert expected in "\n".join(finding.text for finding in found)
    with pytest.raises(Incompatible, match=r"procurement\.OrderTried\.v1"):
        contracts.write()
    assert {path: path.read_bytes() for path in folder.rglob("*.json")} == before


@pytest.mark.parametrize(
    "change", [{"colour": (str, "green")}, {"reason": (Annotated[str, Field(description="why")], "none")}]
)
def test_a_compatible_change_is_written(folder: Path, change: dict[str, Any]) -> None:
    """A field with a default and other words are renewed in the schema; the sample of old stays as it was."""
    contracts = Contracts([spec(**change)], folder)
    old = contracts.sample(spec())
    assert [(f.text, f.mendable) for f in contracts.check()] == [("changed compatibly", True)]
    assert [path.parent.name for path in contracts.write()] == ["schemas"]
    assert contracts.check() == []
    assert contracts.sample(spec()) == old


def test_an_event_that_is_gone_is_missed(folder: Path) -> None:
    """Readers still meet events that nobody publishes any more."""
    (found,) = Contracts([], folder).check()
    assert (found.type, found.mendable) == ("procurement.OrderTried.v1", False)


def test_a_new_version_stands_beside_the_old(folder: Path) -> None:
    """What may not be changed is published as version 2, on a topic of its own."""
    second = Spec(spec(kind=(str, ...)).model, "procurement", "order", "canteen_id", 2)
    contracts = Contracts([spec(), second], folder)
    assert len(contracts.write()) == 2
    assert contracts.check() == []
    assert second.topic == "procurement.order.v2"


def test_the_asyncapi_document_is_the_codes(tmp_path: Path) -> None:
    """A document that is missing or stale is found, and written anew."""
    path = tmp_path / "api" / "asyncapi.json"
    assert [finding.mendable for finding in check(COMMITTED, path)] == [True]
    assert write(COMMITTED, path) == [path]
    assert check(COMMITTED, path) == []
    assert write(COMMITTED, path) == []


def references(node: Any) -> list[str]:
    """Every reference in a document."""
    if isinstance(node, dict):
        own = [node["$ref"]] if "$ref" in node else []
        return own + [found for value in node.values() for found in references(value)]
    return [found for value in node for found in references(value)] if isinstance(node, list) else []


def test_the_asyncapi_document_holds_together() -> None:
    """Every reference leads somewhere, every event is on its channel, every payload schema accepts its example."""
    specs = all_specs()
    made = document(specs, {each.type: COMMITTED.sample(each) for each in specs}, listeners())
    for reference in references(made):
        node = made
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]
    for each in specs:
        assert each.type in made["channels"][each.topic]["messages"]
        message = made["components"]["messages"][each.type]
        (example,) = message["examples"]
        schema = message["payload"]["schema"]
        jsonschema.validate(example["payload"], schema, cls=jsonschema.Draft202012Validator)
    assert {operation["action"] for operation in made["operations"].values()} <= {"send", "receive"}
    assert set(made["asyncapi"].split(".")[0]) == {"3"}


def test_the_topic_and_key_of_an_event_are_in_its_schema() -> None:
    """Readers rely on topic and key as much as on fields."""
    schema = schema_of(spec())
    assert (schema["x-topic"], schema["x-key"]) == ("procurement.order.v1", "canteen_id")
