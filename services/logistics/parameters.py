"""Path and query parameters that many routes share, each with an example for the API's document."""

from typing import Annotated

from fastapi import Path, Query

from shared.fields import Code, Day, Id

_DERIVED = "0b8f4d0e-6d0e-5a50-9d0b-2f7c6b1f3f10"
_NEW = "0192f0c1-7a5e-7c3b-8f1e-5d2a9b7c4e60"

OrderId = Annotated[Id, Path(examples=[_DERIVED])]
TripId = Annotated[Id, Path(examples=[_DERIVED])]
PlanId = Annotated[Id, Path(examples=[_NEW])]
ReceiptId = Annotated[Id, Path(examples=[_DERIVED])]
RecallId = Annotated[Id, Path(examples=[_DERIVED])]
MealId = Annotated[Id, Path(examples=["meal-1"])]
AlarmId = Annotated[Id, Path(examples=[_NEW])]
LotId = Annotated[Id, Path(examples=["lot-1"])]

InPath = Annotated[Code, Path(examples=["520628"])]
DayInPath = Annotated[Day, Path(examples=["2026-11-30"])]

InCounty = Annotated[Code | None, Query(examples=["520628"])]
OfDepot = Annotated[Id | None, Query(examples=["dep-520628-1"])]
OfCanteen = Annotated[Id | None, Query(examples=["sch-520628-0001"])]
OfCooperative = Annotated[Id | None, Query(examples=["coop-520628-001"])]
OfDriver = Annotated[Id | None, Query(examples=["drv-520628-001"])]
OfTrip = Annotated[Id | None, Query(examples=[_DERIVED])]
OnDay = Annotated[Day | None, Query(examples=["2026-11-30"])]
