"""From dishes and eaters to demand lines, and what of them is on hand already."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.nutrition.canteens.domain import Canteen
from services.nutrition.dishes.domain import Ingredient, Recipe
from services.nutrition.menus.domain import Planned, Wish, eaters_of, recipes_of
from services.nutrition.stocks.domain import Free, free_lots
from shared.errors import DomainError
from shared.events.nutrition import Demand
from shared.fields import AgeBand, TemperatureClass
from shared.quantities import as_bought_g, split

MOST_LINES = 2000


@dataclass(frozen=True, slots=True)
class Need:
    """Grams as bought of one food on one day."""

    food_code: str
    delivery_day: date
    temperature_class: TemperatureClass
    gross_g: int


@dataclass(frozen=True, slots=True)
class Line:
    """A demand line: what it needs, where it comes from, and how far its day has got (g as bought)."""

    food_code: str
    delivery_day: date
    temperature_class: TemperatureClass
    gross_g: int
    from_stock_g: int
    quantity_g: int
    accepted_g: int
    used_g: int
    left_g: int

    @property
    def reserved_g(self) -> int:
        """What lies in the store for this line: what it was given and what came in for it, until its meals are served.

        More than was asked for is nobody's, and no line holds more than its coming meals need.
        """
        for_it = self.from_stock_g + min(self.accepted_g, self.quantity_g) - self.used_g
        return max(0, min(for_it, self.left_g))

    @property
    def told(self) -> Demand:
        """What the others are told of it."""
        return Demand(
            food_code=self.food_code,
            delivery_day=self.delivery_day,
            temperature_class=self.temperature_class,
            gross_g=self.gross_g,
            from_stock_g=self.from_stock_g,
            quantity_g=self.quantity_g,
        )


@dataclass(slots=True)
class _Sum:
    """One food of one day: milligrams × 1/1000 by meal, summed before anything is rounded."""

    ingredient: Ingredient
    by_meal: dict[int, int]


def plan(wishes: Sequence[Wish], canteen: Canteen, recipes: Mapping[str, Recipe]) -> tuple[list[Planned], list[Need]]:
    """Return the meals as planned and what they need, rounded up once per food and day.

    The meals of a day share a line's grams in proportion, so that they sum to it.
    """
    heads = [eaters_of(wish, canteen) for wish in wishes]
    dishes = [recipes_of(wish, recipes) for wish in wishes]
    sums = _sums(wishes, heads, dishes)
    if len(sums) > MOST_LINES:
        raise DomainError("too-many-lines", f"a menu makes at most {MOST_LINES} demand lines", field="days")
    needs, shares = [], [dict[str, int]() for _ in wishes]
    for (day, food), total in sorted(sums.items()):
        net_mg = -(-sum(total.by_meal.values()) // 1000)
        gross_g = as_bought_g(net_mg, total.ingredient.edible_permille)
        needs.append(Need(food, day, total.ingredient.travels, gross_g))
        for place, grams in zip(total.by_meal, split(gross_g, list(total.by_meal.values())), strict=True):
            shares[place][food] = grams
    meals = [
        Planned(wish.day, wish.meal, eaters, tuple((dish.dish_code, dish.version) for dish in served), share)
        for wish, eaters, served, share in zip(wishes, heads, dishes, shares, strict=True)
    ]
    return meals, needs


def _sums(
    wishes: Sequence[Wish], heads: Sequence[Mapping[AgeBand, int]], dishes: Sequence[Sequence[Recipe]]
) -> dict[tuple[date, str], _Sum]:
    sums: dict[tuple[date, str], _Sum] = {}
    for place, (wish, eaters, served) in enumerate(zip(wishes, heads, dishes, strict=True)):
        for dish in served:
            portions = sum(n * dish.portion_permille[band] for band, n in eaters.items())
            for ingredient in dish.ingredients:
                total = sums.setdefault((wish.day, ingredient.food_code), _Sum(ingredient, {}))
                total.by_meal[place] = total.by_meal.get(place, 0) + ingredient.portion_mg * portions
    return sums


def cover(
    needs: Iterable[Need], free: Mapping[str, Sequence[Free]], accepted_g: Mapping[tuple[date, str], int] | None = None
) -> list[Line]:
    """Give each line of what is free in the store and keeps until its day, earlier days first.

    gross = quantity + from stock. `accepted_g` came in already for a (day, food) and lies in the store: it stays with
    its line and is not given twice.
    """
    ordered = sorted(needs, key=lambda need: (need.delivery_day, need.food_code))
    came = {key: (accepted_g or {}).get(key, 0) for key in ((n.delivery_day, n.food_code) for n in ordered)}
    kept = Counter[str]()
    for need in ordered:
        kept[need.food_code] += min(came[need.delivery_day, need.food_code], need.gross_g)
    pool = {food: free_lots(free.get(food, ()), grams) for food, grams in kept.items()}
    lines = []
    for need in ordered:
        accepted = came[need.delivery_day, need.food_code]
        wanted = need.gross_g - min(accepted, need.gross_g)
        keeps = [lot for lot in pool[need.food_code] if lot.use_by >= need.delivery_day]
        given = min(wanted, sum(lot.quantity_g for lot in keeps))
        pool[need.food_code] = free_lots(keeps, given)
        lines.append(_line(need, given, accepted))
    return lines


def _line(need: Need, from_stock_g: int, accepted_g: int) -> Line:
    return Line(
        food_code=need.food_code,
        delivery_day=need.delivery_day,
        temperature_class=need.temperature_class,
        gross_g=need.gross_g,
        from_stock_g=from_stock_g,
        quantity_g=need.gross_g - from_stock_g,
        accepted_g=accepted_g,
        used_g=0,
        left_g=need.gross_g,
    )
