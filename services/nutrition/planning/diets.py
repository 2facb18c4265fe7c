"""Which foods the common menu leaves out because many pupils keep a special diet; the few get a dish of their own."""

from collections.abc import Iterable

from services.nutrition.canteens.domain import Diet, DietKind, Profile
from services.nutrition.foods.domain import Food

FROM_PERMILLE = 100
"""A diet that so many of the pupils keep is everybody's. An assumption of this project; a request may say otherwise."""
_ANIMALS = frozenset({"meat", "fish", "animal_fat"})


def avoided_foods(profile: Profile, foods: Iterable[Food], from_permille: int = FROM_PERMILLE) -> frozenset[str]:
    """Return the foods in no dish of the common menu: those of diets that `from_permille` of the pupils keep."""
    kept = [diet for diet in profile.diets if diet.pupils and diet.pupils * 1000 >= from_permille * profile.pupils]
    return frozenset(food.food_code for food in foods if any(leaves_out(diet, food) for diet in kept))


def leaves_out(diet: Diet, food: Food) -> bool:
    """Whether a diet goes without a food."""
    match diet.kind:
        case DietKind.NO_PORK:
            return food.food_code.startswith(("pork", "lard"))
        case DietKind.VEGETARIAN:
            return food.food_group in _ANIMALS
        case DietKind.ALLERGEN_FREE:
            return diet.allergen in food.allergens
