"""A dish cooked with another food: a copy in the canteen's own library that only the menu it was made for serves."""

from collections import Counter
from collections.abc import Sequence

from pydantic import ValidationError

from services.nutrition.dishes import queries as dishes
from services.nutrition.dishes import reading
from services.nutrition.dishes.domain import Scope
from services.nutrition.dishes.schemas import DishRow
from services.nutrition.dishes.usecases import columns_of
from services.nutrition.menus.domain import Menu, Planned
from services.nutrition.substitution.replacing import portion_mg
from shared.errors import DomainError
from shared.events.procurement import DishSwap, FoodSwap
from shared.ids import derived_id
from shared.unit_of_work import UnitOfWork

LONGEST_NAME = 200


async def swaps_of(
    uow: UnitOfWork, menu: Menu, meals: Sequence[Planned], food: FoodSwap, names: tuple[str, str]
) -> list[DishSwap]:
    """Make the dishes of some meals that need a food with another one; return what stands in the place of what.

    The copies are open to menus until they are retired again. Raises DomainError `food-not-there` where no dish needs
    the food any more.
    """
    wanted = {dish for meal in meals for dish in meal.dishes}
    recipes = await dishes.recipes_at(uow.session, wanted, menu.county_code)
    concerned = {dish for dish, recipe in recipes.items() if food.instead_of in recipe.food_codes}
    if not concerned:
        raise DomainError("food-not-there", f"no dish of the day needs {food.instead_of} any more", field="foods")
    made = {dish: await _make(uow, menu.canteen_id, dish, food, names) for dish in sorted(concerned)}
    return [
        DishSwap(meal=meal.meal, instead_of=dish[0], dish_code=made[dish])
        for meal in meals
        for dish in meal.dishes
        if dish in made
    ]


async def _make(uow: UnitOfWork, canteen_id: str, dish: tuple[str, int], food: FoodSwap, names: tuple[str, str]) -> str:
    """Put a dish with another food into a canteen's library; the same again is the same dish.

    Raises DomainError `food-does-not-fit`, for a dish that would weigh too much.
    """
    row, recipe = await reading.one(uow.session, *dish, None)
    portions: Counter[str] = Counter()
    for part in recipe.ingredients:
        if part.food_code == food.instead_of:
            portions[food.food_code] += portion_mg(part.portion_mg, food.edible_permille)
        else:
            portions[part.food_code] += part.portion_mg
    other = derived_id("dish-with", canteen_id, dish[0], food.instead_of, food.food_code)
    said = {name: row._mapping[name] for name in dishes.VERSIONED} | {
        "dish_code": f"{dish[0][:27]}-{other}",
        "name_zh": f"{row.name_zh}（用{names[0]}）"[:LONGEST_NAME],
        "name_en": f"{row.name_en} (with {names[1]})"[:LONGEST_NAME],
        "scope": Scope.CANTEEN,
        "canteen_id": canteen_id,
        "ingredients": [{"food_code": code, "portion_mg": mg} for code, mg in portions.items()],
    }
    try:
        copy = DishRow.model_validate(said)
    except ValidationError as error:
        detail = f"{dish[0]} cannot be cooked with {food.food_code}: {error.errors()[0]['msg']}"
        raise DomainError("food-does-not-fit", detail, field="foods") from error
    origin = {"copied_from": dish[0], "copied_version": dish[1]}
    await dishes.put(uow, {(copy.dish_code,): columns_of(copy) | origin})
    await dishes.set_retired(uow, copy.dish_code, None)
    return copy.dish_code


async def retire(uow: UnitOfWork, made: Sequence[DishSwap], reason: str) -> None:
    """Keep copies out of other menus; the one they were made for keeps them."""
    for code in sorted({swap.dish_code for swap in made}):
        await dishes.set_retired(uow, code, reason)
