"""Small markets for the tests of sourcing: lines, offers, problems, drawn at random or written out."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from services.procurement.sourcing.problem import Line, Offer, Problem, Terms

MONDAY = date(2026, 11, 30)
HOME = (28.15, 109.2)


def a_line(
    need_g: int = 10_000, demand_id: str = "d", food: str = "rice", day: date = MONDAY, school: str = "school"
) -> Line:
    """Return a demand line of the school's county."""
    return Line(demand_id, "county-a", food, day, need_g, HOME, school)


def an_offer(offer_id: str = "o", price: int = 400, remaining_g: int = 50_000, **more: object) -> Offer:
    """Return an offer of rice for the week, from the school's county."""
    fields: dict[str, object] = {
        "county_code": "county-a",
        "food_code": "rice",
        "available_from": MONDAY,
        "available_until": MONDAY + timedelta(days=6),
        "minimum_lot_g": 0,
        "poor_share_permille": 500,
        "place": (28.2, 109.3),
        "cooperative_id": f"coop-{offer_id}",
    }
    fields |= more
    return Offer(offer_id=offer_id, remaining_g=remaining_g, price_fen_per_kg=price, **fields)  # type: ignore[arg-type]


def a_problem(
    lines: list[Line], offers: list[Offer], *excluded: tuple[str, str], terms: Terms | None = None
) -> Problem:
    """Return a problem."""
    return Problem(tuple(lines), tuple(offers), frozenset(excluded), MONDAY - timedelta(days=3), terms or Terms())


_places = st.one_of(st.none(), st.tuples(st.floats(27.9, 30.0), st.floats(108.0, 110.0)))
_schools = st.sampled_from(["school", "other school"])
_counties = st.sampled_from(["county-a", "county-b"])
_foods = st.sampled_from(["rice", "pork", "cabbage"])
_days = st.integers(0, 4).map(lambda days: MONDAY + timedelta(days=days))


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Draw a small market with scarce offers, gaps in availability, exclusions and unknown places."""
    lines = [
        Line(
            f"d{i}",
            draw(_counties),
            draw(_foods),
            draw(_days),
            draw(st.integers(1, 5000)),
            draw(_places),
            draw(_schools),
        )
        for i in range(draw(st.integers(0, 12)))
    ]
    offers = []
    for i in range(draw(st.integers(0, 10))):
        first = draw(_days)
        offers.append(
            an_offer(
                f"o{i}",
                draw(st.integers(1, 60)) * 10,
                draw(st.integers(0, 8000)),
                county_code=draw(_counties),
                food_code=draw(_foods),
                available_from=first,
                available_until=first + timedelta(days=draw(st.integers(0, 3))),
                minimum_lot_g=draw(st.integers(0, 2000)),
                poor_share_permille=draw(st.integers(0, 1000)),
                place=draw(_places),
                cooperative_id=draw(st.sampled_from(["coop-1", "coop-2", "coop-3"])),
                harvest_day=draw(st.none() | _days),
                shelf_life_days=draw(st.none() | st.integers(0, 5)),
            )
        )
    pairs = st.tuples(st.sampled_from([f"d{i}" for i in range(12)]), st.sampled_from([f"o{i}" for i in range(10)]))
    excluded = draw(st.frozensets(pairs, max_size=6))
    return Problem(tuple(lines), tuple(offers), excluded, MONDAY + timedelta(days=draw(st.integers(-2, 2))))


_cooperatives = st.sampled_from(["coop-1", "coop-2", "coop-3", "coop-4"])


@st.composite
def ruled_problems(draw: st.DrawFn) -> Problem:
    """Draw a small market with any of the rules a county may have switched on, all of them close to what is needed."""
    problem = draw(problems())
    pack_g = draw(st.lists(st.sampled_from([0, 0, 7, 250, 1000]), min_size=10, max_size=10))
    terms = replace(
        problem.terms,
        handling_g_per_day=draw(st.none() | st.integers(0, 20_000)),
        suppliers_per_week=draw(st.none() | st.integers(1, 3)),
        whole_packs=draw(st.booleans()),
    )
    stops = st.tuples(_schools, _cooperatives, _days)
    return replace(
        problem,
        terms=terms,
        offers=tuple(replace(offer, pack_g=pack) for offer, pack in zip(problem.offers, pack_g, strict=False)),
        income_room_fen=draw(st.dictionaries(_cooperatives, st.integers(0, 900))),
        handled_g={("coop-1", MONDAY): draw(st.integers(0, 1000))},
        standing=draw(st.frozensets(stops, max_size=3)),
        budget_room_fen=draw(st.dictionaries(st.tuples(_schools, st.just(MONDAY)), st.integers(0, 2_500))),
    )
