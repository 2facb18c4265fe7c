"""Why an offer got nothing: what is said would have changed it does change it."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.procurement.sourcing.allocation import Explained, explain
from services.procurement.sourcing.columns import UNKNOWN, columns_of
from services.procurement.sourcing.problem import Offer, Problem, Terms
from services.procurement.sourcing.reasons.limits import FARTHEST, LineLimit, OfferLimit
from services.procurement.sourcing.reasons.sentences import LineFacts, OfferFacts, about_line, about_offer
from tests.unit.procurement.markets import MONDAY, a_line, a_problem, an_offer

PLAIN = Terms(
    tolerance_permille=0,
    share_target_permille=0,
    target_tolerance_permille=0,
    stop_cost_fen=0,
    freight_fen_per_tonne_km=0,
)


def explained(problem: Problem) -> Explained:
    """Return the answer and its reasons."""
    return explain(columns_of(problem), lambda _done: None)


def limit_of(*offers: Offer, terms: Terms = PLAIN) -> OfferLimit:
    """Return what kept the first of some offers from more, where a school needs 10 kg of rice on Monday."""
    return explained(a_problem([a_line()], list(offers), terms=terms)).offers.limit[0]


@st.composite
def markets(draw: st.DrawFn) -> Problem:
    """Draw a market of one food without stops, freight and premium, more on offer than needed."""
    prices = draw(st.lists(st.integers(100, 900), min_size=2, max_size=5, unique=True))
    offers = [an_offer(f"o{n}", price, draw(st.integers(1, 20)) * 1000) for n, price in enumerate(prices)]
    lines = [a_line(draw(st.integers(1, 9)) * 1000, f"d{n}", school=f"s{n}") for n in range(draw(st.integers(1, 4)))]
    return a_problem(lines, offers, terms=PLAIN)


@settings(max_examples=60, deadline=None)
@given(markets())
def test_at_the_price_that_is_named_an_offer_gets_more(problem: Problem) -> None:
    """A fen below the price named it is ordered more from, a fen above it is not."""
    reasons = explained(problem).offers
    for place, limit in enumerate(reasons.limit):
        if limit is not OfferLimit.PRICE:
            continue
        for more, gets in ((1, True), (-1, False)):
            cheaper = problem.offers[place].price_fen_per_kg - int(reasons.cut[place]) - more
            offers = list(problem.offers)
            offers[place] = replace(offers[place], price_fen_per_kg=cheaper)
            again = explained(replace(problem, offers=tuple(offers))).offers
            assert bool(again.planned_g[place] > reasons.planned_g[place]) == gets


@settings(max_examples=60, deadline=None)
@given(markets())
def test_reasons_account_for_every_gram(problem: Problem) -> None:
    """Planned and left are what was offered, planned and unmet what was needed, and both sides plan the same."""
    found = explained(problem)
    assert (found.offers.planned_g + found.offers.left_g).tolist() == [offer.remaining_g for offer in problem.offers]
    needed = [line.need_g for line in problem.lines]
    assert (found.lines.planned_g + found.answer.unmet_g).tolist() == needed
    assert found.offers.planned_g.sum() == found.lines.planned_g.sum()
    used_up = [limit is OfferLimit.USED_UP for limit in found.offers.limit]
    assert used_up == [left == 0 for left in found.offers.left_g.tolist()]


def test_every_limit_is_named() -> None:
    """Too dear, too late, too far, too big a lot, declined, from outside, enough: each is told from the others."""
    other = an_offer("other", 400)
    assert limit_of(an_offer("dear", 500), other) is OfferLimit.PRICE
    assert limit_of(an_offer("small", 300, 4_000), other) is OfferLimit.USED_UP
    assert limit_of(an_offer("cheap", 300), other) is OfferLimit.SERVED
    assert limit_of(an_offer("late", 300, available_from=MONDAY + timedelta(days=2)), other) is OfferLimit.DAYS
    far = an_offer("far", 300, county_code="b", place=(26.0, 106.0))
    assert limit_of(far, other) is OfferLimit.REACH
    assert limit_of(an_offer("near", 300, county_code="b"), other) is OfferLimit.OUTSIDE
    assert limit_of(an_offer("big", 300, minimum_lot_g=20_000), other) is OfferLimit.MINIMUM_LOT
    declined = a_problem([a_line()], [an_offer(), other], ("d", "o"), terms=PLAIN)
    assert explained(declined).offers.limit == [OfferLimit.DECLINED, OfferLimit.SERVED]


def test_how_far_off_an_offer_was_is_told() -> None:
    """Days to the nearest line that needs the food, metres beyond reach; what nobody would save by is unknown."""
    late = an_offer("late", available_from=MONDAY + timedelta(days=2))
    far = an_offer("far", county_code="b", place=(29.15, 109.2))
    found = explained(
        a_problem([a_line()], [late, far, an_offer("short", 100, 4_000)], terms=replace(PLAIN, reach_m=100_000))
    )
    assert found.offers.missing_days.tolist() == [2, UNKNOWN, UNKNOWN]
    assert 11_000 < found.offers.missing_m[1] < 12_000
    assert found.offers.worth.tolist() == [UNKNOWN, UNKNOWN, FARTHEST]
    assert found.lines.limit == [LineLimit.UNMET]


def test_where_nobody_offers_anything_lines_are_told_so() -> None:
    """A market without a single offer is accounted for like any other."""
    found = explained(a_problem([a_line()], [], terms=PLAIN))
    assert (found.lines.limit, found.lines.planned_g.tolist()) == ([LineLimit.UNMET], [0])
    assert found.offers.limit == []


def test_a_line_is_told_why_it_did_not_get_its_cheapest_offer() -> None:
    """Used up by others, or passed over to save a stop."""
    first, second = a_line(demand_id="d1", school="s1"), a_line(demand_id="d2", school="s2")
    scarce = a_problem([first, second], [an_offer("a", 400, 10_000), an_offer("b", 450)], terms=PLAIN)
    assert sorted(explained(scarce).lines.limit) == [LineLimit.CHEAPEST, LineLimit.CHEAPEST_USED_UP]
    rice = an_offer("rice", 400, cooperative_id="coop-rice")
    here = an_offer("here", 440, cooperative_id="coop-rice", food_code="cabbage")
    there = an_offer("there", 400, food_code="cabbage")
    found = explained(a_problem([a_line(), a_line(demand_id="e", food="cabbage")], [rice, here, there]))
    assert found.lines.limit == [LineLimit.CHEAPEST, LineLimit.STOPS_AND_SHARE]
    assert found.lines.above.tolist() == [0, 40]


def test_every_reason_is_a_sentence_in_both_languages() -> None:
    """No reason is without words, and the words hold the figures."""
    for limit in OfferLimit:
        said = about_offer(OfferFacts(limit, 0, 50_000, 500, 20, 30, 1500, 2, 3, 20_000))
        assert said.en.startswith("None of 50 kg was planned. ")
        assert said.zh.startswith("50 公斤中没有安排采购。")
        assert said.en.count(".") > 1
    for line_limit in LineLimit:
        said = about_line(LineFacts(line_limit, 4_500, 10_000, 3, 40, 450))
        assert said.en.startswith("4.5 of 10 kg were planned; 3 offers")
        assert said.zh.startswith("需要 10 公斤，计划采购 4.5 公斤")
    dear = about_offer(OfferFacts(OfferLimit.PRICE, 0, 50_000, 500, 20, UNKNOWN, UNKNOWN, UNKNOWN, 3, 0))
    assert "at ¥4.80, that is ¥0.20 less" in dear.en
    assert "降低 ¥0.20" in dear.zh
