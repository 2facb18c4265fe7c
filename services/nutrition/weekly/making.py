"""Making drafts of meals somebody planned before: each canteen takes what it can, and hears what it cannot."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.nutrition.canteens import queries as canteens
from services.nutrition.closures import queries as closures
from services.nutrition.dishes import queries as dishes
from services.nutrition.drafts import domain as drafting
from services.nutrition.drafts import queries as drafts
from services.nutrition.drafts.domain import Content, Draft, DraftStatus, Origin
from services.nutrition.menus.domain import Wish, check_week
from services.nutrition.weekly.domain import Taken, take
from shared.errors import Conflict, DomainError
from shared.ids import new_id
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Source:
    """What drafts are made of: the meals as days of the week meant, and what the drafts say of their making."""

    origin: Origin
    source_id: str
    name: str
    meals: Sequence[Wish]
    diets_apart: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """The drafts that were made, and the canteens for which none could be."""

    drafts: tuple[Draft, ...]
    without: tuple[tuple[str, DomainError], ...]

    @property
    def only(self) -> Draft:
        """The draft of the one canteen that was asked for; raises what stood against it."""
        for _, refused in self.without:
            raise refused
        return self.drafts[0]


async def make_drafts(
    uow: UnitOfWork, source: Source, canteen_ids: Collection[str], county_code: str, week_start: date
) -> Made:
    """Make a draft for each of these canteens of a county. Raises NotFound for one that is unknown."""
    check_week(week_start, uow.now)
    last, session = week_start + timedelta(days=6), uow.session
    await canteens.lock_all(session, canteen_ids)
    calendar = await canteens.calendar(session, county_code, week_start, last)
    closed = await closures.still_served(session, canteen_ids, week_start, last)
    codes = {code for wish in source.meals for code in wish.dish_codes}
    recipes = await dishes.recipes(session, codes, county_code)
    count = await drafts.counts(session, sorted(canteen_ids), week_start)
    made, without = [], []
    for canteen_id in sorted(canteen_ids):
        canteen = await canteens.lock(session, canteen_id)
        still = closed.get(canteen_id, {})
        taken = take(source.meals, week_start, canteen, calendar, still, recipes, uow.now)
        refused = _why_none(canteen_id, taken, count.get(canteen_id, 0), week_start)
        if refused is None:
            made.append(_draft(uow, source, canteen_id, week_start, taken))
        else:
            without.append((canteen_id, refused))
    await drafts.insert_all(session, made)
    return Made(tuple(made), tuple(without))


def _why_none(canteen_id: str, taken: Taken, drafts_there_are: int, week_start: date) -> DomainError | None:
    if not taken.meals:
        why = sorted({left.rule for left in taken.left_empty}) or ["no meal is planned"]
        detail = f"{canteen_id} serves none of the meals in the week of {week_start}: {', '.join(why)}"
        return DomainError("nothing-served", detail, field="week_start")
    if drafts_there_are >= drafting.MOST_DRAFTS:
        detail = f"{canteen_id} has {drafting.MOST_DRAFTS} drafts for that week; delete some"
        return Conflict("too-many-drafts", detail, field="week_start")
    return None


def _draft(uow: UnitOfWork, source: Source, canteen_id: str, week_start: date, taken: Taken) -> Draft:
    return Draft(
        draft_id=new_id(),
        canteen_id=canteen_id,
        week_start=week_start,
        version=1,
        status=DraftStatus.DRAFT,
        origin=source.origin,
        source_id=source.source_id,
        content=Content(source.name, taken.meals, source.diets_apart),
        left_empty=taken.left_empty,
        menu_id=None,
        created_at=uow.now,
        changed_at=uow.now,
    )
