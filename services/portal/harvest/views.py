"""What the harvest pages show: pure functions from what services answer to what a template needs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from services.portal.inbox.views import called
from services.portal.languages import N_
from services.portal.naming import Names, said_in
from shared.quantities import split

Json = Mapping[str, Any]

SHARING = {
    "last": N_("As last time"),
    "equal": N_("Equal parts for those ticked"),
    "each": N_("By the weights below"),
    "own": N_("Our own fields, no household"),
}
_SHAPES = (
    ("mushroom", ("mushroom", "shiitake", "enoki", "king_oyster", "fungus", "wood_ear", "tremella")),
    ("egg", ("egg",)),
    ("meat", ("pork", "beef", "chicken", "duck", "goat", "goose", "rabbit", "carp", "trout", "fish")),
    ("grain", ("rice", "corn", "wheat", "millet", "oats", "sorghum", "coix", "buckwheat")),
    ("root", ("radish", "carrot", "potato", "taro", "yam", "turnip", "ginger", "garlic", "onion", "lotus", "konjac")),
    ("pod", ("bean", "pea", "soy", "edamame")),
    (
        "leaf",
        ("cabbage", "choi", "choy", "lettuce", "spinach", "celery", "greens", "mustard", "shoot", "leaf", "romaine"),
    ),
    ("leaf", ("amaranth", "scallion", "coriander", "chrysanthemum", "houttuynia", "toon", "celtuce")),
)
_NOT_EGGS = ("eggplant",)


def shape_of(food_code: str) -> str:
    """Return which shape pictures a product, by what it is called; the round one where nothing fits."""
    if food_code in _NOT_EGGS:
        return "fruit"
    words = (shape for shape, parts in _SHAPES if any(part in food_code for part in parts))
    return next(words, "fruit")


@dataclass(frozen=True, slots=True)
class Product:
    """What a cooperative brings in, with its shape."""

    code: str
    name: str
    shape: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A harvest that was entered."""

    lot_id: str
    product: Product
    day: str
    quantity_g: int
    remaining_g: int
    households: int
    certificate_no: str
    stopped: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """A food that is still wanted: how much in all, when to sow it next, what the market pays, and by week."""

    product: Product
    grown: bool
    wanted_g: int
    sow_from: str | None
    market_fen: int | None
    weeks: list[Json] = field(default_factory=list)

    @property
    def first_week(self) -> str:
        """The Monday of the first week that wants it."""
        return str(self.weeks[0]["week_start"]) if self.weeks else ""


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer as the last search for suppliers saw it: what was ordered and is left of it, and why not more."""

    product: Product
    ordered_g: int
    left_g: int
    price: int
    why: str


def product(code: str, names: Names, language: str) -> Product:
    """Return a product with its name and shape."""
    return Product(code, called(names, "foods", code, language), shape_of(code))


def codes_of(lots: Iterable[Json], offers: Iterable[Json]) -> list[str]:
    """Return what may have been harvested: what was brought in last comes first, then what is on offer."""
    brought = sorted(lots, key=lambda lot: (lot["harvest_day"], lot["harvested_at"]), reverse=True)
    return list(dict.fromkeys([*(lot["food_code"] for lot in brought), *(offer["food_code"] for offer in offers)]))


def entries_of(lots: Iterable[Json], names: Names, language: str, most: int = 20) -> list[Entry]:
    """Return what was entered, the newest first."""
    newest = sorted(lots, key=lambda lot: (lot["harvested_at"], lot["lot_id"]), reverse=True)[:most]
    return [
        Entry(
            lot_id=lot["lot_id"],
            product=product(lot["food_code"], names, language),
            day=lot["harvest_day"],
            quantity_g=lot["quantity_g"],
            remaining_g=lot["remaining_g"],
            households=len(lot["contributions"]),
            certificate_no=lot["certificate_no"],
            stopped=bool(lot["recalled_at"] or lot["unfit_at"]),
        )
        for lot in newest
    ]


def last_of(lots: Iterable[Json], food_code: str | None = None) -> Json | None:
    """Return the harvest that was entered last, of a product or of any."""
    own = [lot for lot in lots if food_code in (None, lot["food_code"])]
    return max(own, key=lambda lot: (lot["harvested_at"], lot["lot_id"]), default=None)


def days_to_choose(today: date) -> list[str]:
    """Return the days whose harvest is entered as a rule: today and the three before it."""
    return [(today - timedelta(days=back)).isoformat() for back in range(4)]


def shared_out(sharing: str, quantity_g: int, ticked: Sequence[str], last: Json | None) -> list[dict[str, Any]]:
    """Return what each household brought: equal parts, or in the proportions of last time; to the gram."""
    if sharing == "equal" and ticked:
        return _parts(list(ticked), split(quantity_g, [1] * len(ticked)))
    if sharing == "last" and last is not None:
        before = [(each["household_id"], each["quantity_g"]) for each in last["contributions"]]
        weights = [grams for _, grams in before]
        parts = split(quantity_g, [*weights, last["quantity_g"] - sum(weights)])
        return _parts([household for household, _ in before], parts[: len(before)])
    return []


def wanted_of(told: Json, names: Names, language: str) -> list[Wanted]:
    """Return what is still wanted: what the cooperative grows first, then the most."""
    found = [
        Wanted(
            product=product(each["food_code"], names, language),
            grown=each["grown"],
            wanted_g=each["wanted_g"],
            sow_from=each["next_sowing_week"],
            market_fen=each["reference"]["price_fen_per_kg"] if each["reference"] else None,
            weeks=[week for week in each["weeks"] if week["wanted_g"]],
        )
        for each in told["items"]
        if each["wanted_g"]
    ]
    return sorted(found, key=lambda each: (not each.grown, -each.wanted_g, each.product.code))


def offered_of(told: Json, names: Names, language: str) -> list[tuple[str, list[Offered]]]:
    """Return a cooperative's offers by week, as they are told."""
    weeks: dict[str, list[Offered]] = {}
    for each in told["items"]:
        offer = Offered(
            product=product(each["food_code"], names, language),
            ordered_g=each["ordered_g"],
            left_g=each["left_g"],
            price=each["price_fen_per_kg"],
            why=said_in(language, each),
        )
        weeks.setdefault(each["week_start"], []).append(offer)
    return list(weeks.items())


def _parts(households: list[str], grams: Sequence[int]) -> list[dict[str, Any]]:
    pairs = zip(households, grams, strict=True)
    return [{"household_id": household, "quantity_g": each} for household, each in pairs if each]
