"""One price for a plan of several weeks."""

from collections.abc import Mapping, Sequence

from services.nutrition.market.domain import PriceSource, Quote
from shared.quantities import divide

_BETTER = tuple(PriceSource)


def of_weeks(weeks: Sequence[Mapping[str, Quote]]) -> dict[str, Quote]:
    """Return the quotes of weeks planned together: mean prices and shares, grams summed, the worst of the sources.

    A food that has no price in one of the weeks has none; one that nobody limits in one of them is not limited.
    """
    if len(weeks) == 1:
        return dict(weeks[0])
    everywhere = set(weeks[0]).intersection(*weeks[1:])
    return {code: _together([week[code] for week in weeks]) for code in sorted(everywhere)}


def _together(quotes: Sequence[Quote]) -> Quote:
    grams = [quote.available_g for quote in quotes]
    return Quote(
        food_code=quotes[0].food_code,
        price_fen_per_kg=divide(sum(quote.price_fen_per_kg for quote in quotes), len(quotes)),
        source=max((quote.source for quote in quotes), key=_BETTER.index),
        local_permille=divide(sum(quote.local_permille for quote in quotes), len(quotes)),
        poor_permille=divide(sum(quote.poor_permille for quote in quotes), len(quotes)),
        available_g=None if None in grams else sum(gram for gram in grams if gram is not None),
    )
