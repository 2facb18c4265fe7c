"""Routes of the feedback."""

from services.nutrition.feedback import usecases
from services.nutrition.feedback.schemas import ClassInput, FeedbackRead, VotesInput, WasteInput
from shared.fields import Code, Id
from shared.routing import UoW, service_router

router = service_router(prefix="/meals/{meal_id}", tags=["feedback"])


@router.post("/votes")
async def vote(meal_id: Id, body: VotesInput, uow: UoW) -> FeedbackRead:
    """Give dishes of a meal that was served 1 to 5 points; one voter votes once per dish, a second vote replaces it."""
    return await usecases.vote(uow, meal_id, body)


@router.put("/class-ratings/{class_code}")
async def rate_by_class(meal_id: Id, class_code: Code, body: ClassInput, uow: UoW) -> FeedbackRead:
    """Give dishes the points of a class, counted by a show of hands; told again it replaces them."""
    return await usecases.rate_by_class(uow, meal_id, class_code, body)


@router.put("/plate-waste")
async def weigh_waste(meal_id: Id, body: WasteInput, uow: UoW) -> FeedbackRead:
    """Say what was scraped from the plates, by dish; weighed again it replaces what was weighed of these dishes."""
    return await usecases.weigh_waste(uow, meal_id, body)


@router.get("/feedback")
async def read_feedback(meal_id: Id, uow: UoW) -> FeedbackRead:
    """Show how the dishes of a meal were liked, and what was left of them on the plates."""
    return await usecases.read_feedback(uow, meal_id)
