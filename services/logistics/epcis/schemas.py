"""EPCIS 2.0 documents in JSON-LD: the part of the standard the trace graph needs; what else they say is passed over.

Names are the standard's. Ours stand under the prefix `xn:`, the standard's place for extensions; weights are whole
grams (UN/ECE Recommendation 20: GRM).
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from services.logistics.epcis.identifiers import VOCABULARY
from shared.fields import Celsius, Code, Day, Grams, Id, Instant, Meal, PositiveGrams, TemperatureClass
from shared.fields import Version as VersionNumber
from shared.routing import Input

CONTEXT: list[Any] = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"xn": VOCABULARY}]

Uri = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:[!-~]+$")]
Number = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
Action = Literal["ADD", "OBSERVE", "DELETE"]
Step = Annotated[str, StringConstraints(max_length=200, pattern=r"^[!-~]+$")]


_NAMES = {
    "context": "@context",
    "event_id": "eventID",
    "parent_id": "parentID",
    "lot_number": "cbvmda:lotNumber",
    "harvest_day": "cbvmda:harvestStartDate",
    **{name: f"xn:{name}" for name in ("contents", "households", "meal", "order", "receipt")},
}
"""What stands in a document under another name than its own in camel case."""


def _our_name(name: str) -> str:
    return f"xn:{to_camel(name)}"


def _lot_name(name: str) -> str:
    return _NAMES.get(name) or _our_name(name)


def _standard_name(name: str) -> str:
    return _NAMES.get(name) or to_camel(name)


class _Standard(Input):
    """A part whose names are the standard's."""

    model_config = ConfigDict(extra="ignore", alias_generator=_standard_name, populate_by_name=True)


class _Ours(Input):
    """A part whose names are ours."""

    model_config = ConfigDict(extra="forbid", alias_generator=_our_name, populate_by_name=True)


class Place(_Standard):
    """Where something happened."""

    id: Uri


class Quantity(_Standard):
    """So much of a class: grams of a lot or food, or servings of a meal (no unit)."""

    epc_class: Uri
    quantity: Annotated[int, Field(ge=0, le=10**12)]
    uom: Literal["GRM"] | None = None


Quantities = Annotated[list[Quantity], Field(max_length=1000)]


class BusinessTransaction(_Standard):
    """An order (`po`), receipt (`recadv`), trip (`desadv`) or certificate (`cert`)."""

    type: Step | None = None
    biz_transaction: Uri


class SensorMetadata(_Standard):
    """When was measured."""

    start_time: Instant
    end_time: Instant


class SensorReport(_Standard):
    """The lowest and highest, or the one value measured."""

    type: Literal["Temperature"] = "Temperature"
    value: Celsius | None = None
    min_value: Celsius | None = None
    max_value: Celsius | None = None
    uom: Literal["CEL"] = "CEL"


class SensorElement(_Standard):
    """What sensors measured."""

    sensor_metadata: SensorMetadata | None = None
    sensor_report: Annotated[list[SensorReport], Field(min_length=1, max_length=200)]


class LotData(Input):
    """Master data of a lot: CBV's for agriculture, and ours; households are counted."""

    model_config = ConfigDict(extra="ignore", alias_generator=_lot_name, populate_by_name=True)

    lot_number: Id
    harvest_day: Day
    food_code: Code
    certificate_no: Number
    households: Annotated[int, Field(ge=0, le=10**6)]
    poor_households: Annotated[int, Field(ge=0, le=10**6)]


class LinePart(_Ours):
    """A line of an order, in g."""

    line_id: Id
    food_code: Code
    temperature_class: TemperatureClass
    confirmed_g: Grams
    dispatched_g: Grams


class OrderPart(_Ours):
    """What an order is about."""

    version: VersionNumber
    county_code: Code
    delivery_day: Day
    lines: Annotated[list[LinePart], Field(min_length=1, max_length=200)]


class SharePart(_Ours):
    """Grams of a lot in a line."""

    line_id: Id
    lot_id: Id
    quantity_g: PositiveGrams


Shares = Annotated[list[SharePart], Field(max_length=1000)]


class WeighedPart(_Ours):
    """What was weighed and accepted of a line, in g; how warm it was, in °C."""

    line_id: Id
    received_g: Grams
    accepted_g: Grams
    temperature_c: Celsius | None = None


class ReceiptPart(_Ours):
    """A receipt; who signed is not told."""

    version: VersionNumber
    lines: Annotated[list[WeighedPart], Field(min_length=1, max_length=200)]


class UsedPart(_Ours):
    """Grams as bought of a food in a meal, and of which lot if that is known."""

    food_code: Code
    lot_id: Id | None = None
    quantity_g: Grams


class MealPart(_Ours):
    """A meal as it was served."""

    version: VersionNumber
    menu_id: Id
    day: Day
    meal: Meal
    dish_codes: Annotated[list[Code], Field(max_length=100)]
    used: Annotated[list[UsedPart], Field(min_length=1, max_length=1000)]


class _Event(_Standard):
    """What every event says: when, under which id (needed here: an event is taken once)."""

    event_id: Uri
    event_time: Instant
    event_time_zone_offset: Annotated[str, StringConstraints(pattern=r"^[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00)$")]
    biz_step: Step | None = None
    disposition: Step | None = None
    read_point: Place | None = None
    biz_transaction_list: Annotated[list[BusinessTransaction], Field(max_length=100)] | None = None
    sensor_element_list: Annotated[list[SensorElement], Field(max_length=200)] | None = None


class ObjectEvent(_Event):
    """A lot harvested (ADD, commissioning); a consignment departing or received (OBSERVE)."""

    type: Literal["ObjectEvent"] = "ObjectEvent"
    action: Action
    epc_list: Annotated[list[Uri], Field(max_length=1000)] | None = None
    quantity_list: Quantities | None = None
    ilmd: LotData | None = None
    receipt: ReceiptPart | None = None


class AggregationEvent(_Event):
    """Lots packed into a consignment (ADD) and taken out of it at the school (DELETE)."""

    type: Literal["AggregationEvent"] = "AggregationEvent"
    action: Action
    parent_id: Uri
    child_quantity_list: Quantities | None = None
    contents: Shares = Field(default_factory=list)


class Source(_Standard):
    """Who sends."""

    type: Step
    source: Uri


class Destination(_Standard):
    """Who receives."""

    type: Step
    destination: Uri


class TransactionEvent(_Event):
    """A consignment tied to its order."""

    type: Literal["TransactionEvent"] = "TransactionEvent"
    action: Action
    biz_transaction_list: Annotated[list[BusinessTransaction], Field(min_length=1, max_length=100)]
    epc_list: Annotated[list[Uri], Field(min_length=1, max_length=1000)]
    source_list: Annotated[list[Source], Field(max_length=10)] | None = None
    destination_list: Annotated[list[Destination], Field(max_length=10)] | None = None
    order: OrderPart | None = None


class TransformationEvent(_Event):
    """Lots mixed or split into a lot, or cooked into servings of a meal."""

    type: Literal["TransformationEvent"] = "TransformationEvent"
    input_quantity_list: Annotated[list[Quantity], Field(min_length=1, max_length=1000)]
    output_quantity_list: Annotated[list[Quantity], Field(min_length=1, max_length=1000)]
    ilmd: LotData | None = None
    meal: MealPart | None = None


Event = Annotated[ObjectEvent | AggregationEvent | TransactionEvent | TransformationEvent, Field(discriminator="type")]

_EXAMPLE: dict[str, Any] = {
    "@context": CONTEXT,
    "type": "EPCISDocument",
    "schemaVersion": "2.0",
    "creationDate": "2026-11-30T08:00:00+08:00",
    "epcisBody": {
        "eventList": [
            {
                "type": "ObjectEvent",
                "eventID": "urn:uuid:0b8f4d0e-6d0e-5a50-9d0b-2f7c6b1f3f10",
                "eventTime": "2026-11-28T00:00:00+08:00",
                "eventTimeZoneOffset": "+08:00",
                "action": "ADD",
                "bizStep": "commissioning",
                "disposition": "active",
                "readPoint": {"id": "https://id.xiaonong.example/loc/cooperative/coop-1"},
                "quantityList": [
                    {"epcClass": "https://id.xiaonong.example/class/lot/lot-9", "quantity": 100_000, "uom": "GRM"}
                ],
                "ilmd": {
                    "cbvmda:lotNumber": "lot-9",
                    "cbvmda:harvestStartDate": "2026-11-28",
                    "xn:foodCode": "potato",
                    "xn:certificateNo": "CERT-9",
                    "xn:households": 3,
                    "xn:poorHouseholds": 2,
                },
            }
        ]
    },
}


class Body(_Standard):
    """The events."""

    event_list: Annotated[list[Event], Field(max_length=2000)]


class EpcisDocument(_Standard):
    """An EPCIS 2.0 document."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    context: list[Any] | Uri
    type: Literal["EPCISDocument"] = "EPCISDocument"
    schema_version: Annotated[str, StringConstraints(pattern=r"^2\.0(\.[0-9]+)?$")] = "2.0"
    creation_date: Instant
    epcis_body: Body


class Captured(BaseModel):
    """How many events were taken, and how many had been before."""

    taken: int
    known: int
