"""From draft to menu: everything that stands against it is named at once, and only what was checked is published."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from services.nutrition.analysis import usecases as analyses
from services.nutrition.canteens import queries as canteens
from services.nutrition.canteens.domain import Canteen
from services.nutrition.closures import queries as closures
from services.nutrition.days import DayKind, has_begun
from services.nutrition.dishes import queries as dishes
from services.nutrition.dishes.domain import Recipe
from services.nutrition.drafts import domain, queries
from services.nutrition.drafts.domain import Draft, DraftStatus
from services.nutrition.menus import domain as menu_rules
from services.nutrition.menus import queries as menu_queries
from services.nutrition.menus import usecases as menus
from services.nutrition.menus.domain import Menu, Planned, Wish
from shared.errors import DomainError
from shared.fields import Meal
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Objection:
    """One thing that stands against publishing: the rule, and where in the draft."""

    rule: str
    field: str | None
    detail: str


async def check_draft(uow: UnitOfWork, draft_id: str, expected_version: int | None) -> tuple[Draft, list[Objection]]:
    """Name everything hard that stands against a draft; with nothing against it, it is checked as it stands.

    Its version stays: that counts what the draft says. One that was checked and can no longer be published is a draft.
    """
    draft = await queries.one(uow.session, draft_id, lock=True)
    domain.check_open(draft, expected_version)
    found = await _objections(uow, draft)
    status = DraftStatus.DRAFT if found else DraftStatus.CHECKED
    if status is not draft.status:
        draft = replace(draft, status=status)
        await queries.save(uow.session, draft)
    return draft, found


async def publish_draft(uow: UnitOfWork, draft_id: str, expected_version: int | None) -> tuple[Draft, Menu]:
    """Publish a checked draft as its canteen's menu of the week. Raises what `publish_menu` raises."""
    draft = await queries.one(uow.session, draft_id, lock=True)
    domain.check_publishable(draft, expected_version)
    menu, _ = await menus.publish_menu(uow, draft.canteen_id, draft.week_start, draft.content.meals)
    published = replace(draft, status=DraftStatus.PUBLISHED, menu_id=menu.menu_id)
    await queries.save(uow.session, published)
    return published, menu


async def _objections(uow: UnitOfWork, draft: Draft) -> list[Objection]:
    canteen = await canteens.lock(uow.session, draft.canteen_id)
    wishes, last = draft.content.meals, draft.week_start + timedelta(days=6)
    calendar = await canteens.calendar(uow.session, canteen.county_code, draft.week_start, last)
    closed = await closures.still_served(uow.session, [canteen.canteen_id], draft.week_start, last)
    still_served = closed.get(canteen.canteen_id, {})
    codes = {code for wish in wishes for code in wish.dish_codes}
    recipes = await dishes.recipes(uow.session, codes, canteen.county_code)
    limits = await canteens.equipment_limits(uow.session, canteen.canteen_id)
    another = await menu_queries.standing(uow.session, draft.canteen_id, draft.week_start)
    standing = [] if another is None else await _present(uow, another)
    found = [] if wishes else [Objection("nothing-planned", "days", "there is no meal in the draft")]
    for wish in wishes:
        asked = _Asked(draft.week_start, canteen, calendar, still_served, recipes, limits, standing, uow.now)
        found += _refused(_rules(wish, asked))
    return [*_against_another(draft, another), *(found or await _against_the_week(uow, draft))]


async def _present(uow: UnitOfWork, menu_id: str) -> list[Planned]:
    menu = await menu_queries.one(uow.session, menu_id)
    return await menu_queries.meals(uow.session, menu_id, menu.version)


def _against_another(draft: Draft, standing: str | None) -> list[Objection]:
    if standing is None:
        return []
    refused = menu_rules.menu_exists(draft.canteen_id, draft.week_start, standing)
    return [Objection(refused.rule, refused.field, refused.detail)]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the meals of a draft are held against; `standing` is what a menu plans for the week already."""

    week_start: date
    canteen: Canteen
    calendar: Mapping[date, DayKind]
    still_served: Mapping[date, Collection[Meal]]
    recipes: Mapping[str, Recipe]
    dishes_per_meal: Mapping[str, int]
    standing: Sequence[Planned]
    now: datetime


def _rules(wish: Wish, asked: _Asked) -> list[Callable[[], object]]:
    """Return every rule of publishing that one meal is asked, whatever the others say.

    A draft of a week for which a menu stands can only change that: what is amended is asked no more than by amending.
    A day that has begun stays as it is, whatever became of its dishes since.
    """
    canteen, recipes, standing = asked.canteen, asked.recipes, asked.standing
    in_time: list[Callable[[], object]] = [
        lambda: menu_rules.check_wishes(asked.week_start, [wish], canteen, asked.calendar, asked.now),
        lambda: menu_rules.check_open([wish], asked.still_served),
    ]
    if standing and has_begun(wish.day, asked.now):
        return in_time[:1]
    kept = {code for meal in standing for code, _ in meal.dishes}
    return [
        *in_time,
        lambda: _require_dishes(wish),
        lambda: menu_rules.check_dishes([wish], canteen, recipes, kept),
        lambda: menu_rules.check_equipment([wish], recipes, asked.dishes_per_meal, standing),
        lambda: menu_rules.recipes_of(wish, recipes),
        lambda: menu_rules.eaters_of(wish, canteen),
    ]


def _refused(rules: Iterable[Callable[[], object]]) -> list[Objection]:
    found = []
    for rule in rules:
        try:
            rule()
        except DomainError as refused:
            found.append(Objection(refused.rule, refused.field, refused.detail))
    return found


def _require_dishes(wish: Wish) -> None:
    if not wish.dish_codes:
        raise DomainError(
            "meal-empty", f"nothing is planned for {wish.meal} of {wish.day}", field=wish.field("dish_codes")
        )


async def _against_the_week(uow: UnitOfWork, draft: Draft) -> list[Objection]:
    """Return what stands against the week as a whole: more than there is to spend on it, diets nobody cooks for.

    A day may cost more than its own money where another costs less: a week is planned with the money of its days.
    """
    analysis = await analyses.of_wishes(uow, draft.canteen_id, draft.week_start, draft.content.meals)
    found = []
    if analysis.over_budget:
        cost, budget = (sum(getattr(day, name) for day in analysis.days) for name in ("cost_fen", "budget_fen"))
        found.append(Objection("over-budget", "days", f"the week costs {cost} fen a child, there are {budget}"))
    found += [
        Objection("unpriced-food", "days", f"nobody has a price for {food}, so its cost is not known")
        for food in analysis.unpriced
    ]
    for place, meal in enumerate(analysis.meals if not draft.content.diets_apart else []):
        for diet, pupils in meal.diets_broken.items():
            detail = f"{pupils} pupils keep {diet}; change the meal, or say that they are cooked for apart"
            found.append(Objection("diet-broken", f"days.{place}.dish_codes", detail))
    return found
