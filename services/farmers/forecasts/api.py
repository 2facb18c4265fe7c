"""Routes of forecasts."""

from datetime import timedelta
from typing import Annotated

from fastapi import Path, Query, Response

from services.farmers.forecasts import queries, usecases
from services.farmers.forecasts.domain import Forecast, ForecastStatus
from services.farmers.forecasts.schemas import (
    Confirmation,
    ConfirmedRead,
    ForecastIn,
    ForecastPage,
    ForecastRead,
    ForecastRows,
    WeekExpected,
    WeeksExpected,
)
from services.farmers.offers import usecases as offers
from services.farmers.offers.schemas import OfferRead
from services.farmers.paging import next_after
from shared.bulk import Imported, parse
from shared.fields import Code, Day, Id
from shared.routing import ExpectedVersion, Page, UoW, service_router

router = service_router(prefix="/forecasts", tags=["forecasts"])

ForecastId = Annotated[Id, Path()]
MOST_WEEKS = 104


@router.put("")
async def forecast_harvests(uow: UoW, body: ForecastRows) -> Imported:
    """Say what is expected to be harvested week by week, or say it anew; it is shown to all and promised to nobody."""
    good, refused = parse(ForecastIn, body)
    done = await usecases.forecast_harvests(uow, [(index, row.said()) for index, row in good])
    done.refused = sorted(refused + done.refused, key=lambda refusal: refusal.index)
    return done


@router.post("/{forecast_id}/confirm", status_code=201)
async def confirm_forecast(
    uow: UoW, forecast_id: ForecastId, body: Confirmation, expected: ExpectedVersion, response: Response
) -> ConfirmedRead:
    """Let a forecast become an offer of what is really there; from now on it can be ordered."""
    forecast, offer = await usecases.confirm_forecast(uow, forecast_id, body.terms(), expected)
    response.headers["Location"] = f"/offers/{offer.offer_id}"
    found = await offers.references(uow, [offer])
    return ConfirmedRead(forecast=_tagged(forecast, response), offer=OfferRead.of(offer, found.get(offer.offer_id)))


@router.post("/{forecast_id}/withdraw")
async def withdraw_forecast(
    uow: UoW, forecast_id: ForecastId, expected: ExpectedVersion, response: Response
) -> ForecastRead:
    """Expect nothing of a forecast any more."""
    return _tagged(await usecases.withdraw_forecast(uow, forecast_id, expected), response)


@router.get("")
async def list_forecasts(
    uow: UoW,
    page: Page,
    cooperative_id: Annotated[Id | None, Query()] = None,
    county_code: Annotated[Code | None, Query(examples=["520628"])] = None,
    food_code: Annotated[Code | None, Query()] = None,
    status: Annotated[ForecastStatus | None, Query()] = None,
    first_week: Annotated[Day | None, Query()] = None,
) -> ForecastPage:
    """List forecasts, ordered by id."""
    wanted = {"cooperative_id": cooperative_id, "county_code": county_code, "food_code": food_code, "status": status}
    items = [ForecastRead.of(each) for each in await queries.page(uow.session, page, wanted, first_week)]
    return ForecastPage(items=items, next=next_after(page, [item.forecast_id for item in items]))


@router.get("/by-week")
async def list_weeks(
    uow: UoW,
    county_code: Annotated[Code, Query(examples=["520628"])],
    first_week: Annotated[Day, Query()],
    weeks: Annotated[int, Query(ge=1, le=MOST_WEEKS)] = 26,
) -> WeeksExpected:
    """Sum up what a county's cooperatives still expect, by food and week; what became an offer is not counted."""
    last = first_week + timedelta(weeks=weeks - 1)
    rows = await queries.by_week(uow.session, county_code, first_week, last)
    return WeeksExpected(items=[WeekExpected.model_validate(row) for row in rows])


@router.get("/{forecast_id}")
async def get_forecast(uow: UoW, forecast_id: ForecastId, response: Response) -> ForecastRead:
    """Return one forecast; its version is the ETag."""
    return _tagged(await queries.one(uow.session, forecast_id), response)


def _tagged(forecast: Forecast, response: Response) -> ForecastRead:
    response.headers["ETag"] = f'"{forecast.version}"'
    return ForecastRead.of(forecast)
