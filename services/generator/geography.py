"""The counties a data set covers, their towns, and points around them; coordinates in 1e-5 degrees (WGS 84)."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.generator.dice import Dice, share
from services.generator.reference import Division, Reference

SAMPLE_COUNTY = "520628"

# 17,890 canteens in 88 divisions; up to a large county's worth of schools stays in one.
SCHOOLS_PER_COUNTY = 203
LARGEST_SINGLE_COUNTY = 250

# With fewer towns on the map, schools are scattered over the county's whole width.
WELL_MAPPED_TOWNS = 8
NEAR_M, FAR_M = 7_000, 20_000


@dataclass(frozen=True, slots=True)
class Town:
    """A town of a county; coordinates in 1e-5 degrees."""

    code: str
    county_code: str
    name_zh: str
    name_en: str
    lat_e5: int
    lon_e5: int
    source: str


@dataclass(frozen=True, slots=True)
class County:
    """A county with its share of the data set; its seat is the first town, `first_school` counts schools before it."""

    division: Division
    towns: tuple[Town, ...]
    schools: int
    cooperatives: int
    first_school: int

    @property
    def code(self) -> str:
        return self.division.code

    @property
    def spread_m(self) -> int:
        return NEAR_M if len(self.towns) >= WELL_MAPPED_TOWNS else FAR_M


def counties_of(reference: Reference, schools: int, cooperatives: int, counties: int | None) -> Iterator[County]:
    """Counties in the order of their codes; schools and cooperatives are shared out by population."""
    chosen = _chosen(reference.divisions, _count(reference, schools, counties))
    whole = sum(division.population_10k for division in chosen)
    every_one = 1 if cooperatives >= len(chosen) else 0
    before = first_school = 0
    for division in chosen:
        own = division.population_10k
        county_schools = 1 + share(schools - len(chosen), before, own, whole)
        yield County(
            division=division,
            towns=tuple(_towns(reference, division)),
            schools=county_schools,
            cooperatives=every_one + share(cooperatives - every_one * len(chosen), before, own, whole),
            first_school=first_school,
        )
        before += own
        first_school += county_schools


def _count(reference: Reference, schools: int, counties: int | None) -> int:
    if counties is None:
        fitting = 1 if schools <= LARGEST_SINGLE_COUNTY else -(-schools // SCHOOLS_PER_COUNTY)
        return min(fitting, len(reference.divisions))
    if not 1 <= counties <= min(schools, len(reference.divisions)):
        raise ValueError(f"counties must be from 1 to {min(schools, len(reference.divisions))}")
    return counties


def _chosen(divisions: tuple[Division, ...], count: int) -> list[Division]:
    """The sample county first, then the most populous: a small data set never misses the county the demo shows."""
    order = sorted(divisions, key=lambda d: (d.code != SAMPLE_COUNTY, -d.population_10k, d.code))
    return sorted(order[:count], key=lambda division: division.code)


def _towns(reference: Reference, division: Division) -> Iterator[Town]:
    """The county seat, then the other towns with known coordinates by code."""
    places = [place for place in reference.places if place.county_code == division.code]
    if division.seat_place_id not in [place.place_id for place in places]:
        yield _seat(division)
    for place in sorted(places, key=lambda p: (p.place_id != division.seat_place_id, p.town_code, p.place_id)):
        code = place.town_code or f"{division.code}-{place.place_id}"
        yield Town(code, division.code, place.name_zh, place.name_en, place.lat_e5, place.lon_e5, place.source)


def _seat(division: Division) -> Town:
    """The seat of a county whose towns the gazetteer does not hold, named after the county."""
    autonomous = "自治县" in division.name_zh
    return Town(
        code=f"{division.code}-seat",
        county_code=division.code,
        name_zh=division.name_zh[:2] if autonomous else division.name_zh[:-1],
        name_en=division.name_en.split()[0],
        lat_e5=division.lat_e5,
        lon_e5=division.lon_e5,
        source="county seat: memory, unverified",
    )


def near(dice: Dice, town: Town, reach_m: int) -> tuple[float, float]:
    """A point within a square around a town, as decimal degrees.

    At 27 degrees north 1e-5 degrees are 1.11 m of latitude and 0.99 m of longitude; whole numbers keep every machine's
    result the same.
    """
    north, east = dice.between(-reach_m, reach_m), dice.between(-reach_m, reach_m)
    return degrees(town.lat_e5 + north * 90 // 100), degrees(town.lon_e5 + east * 101 // 100)


def degrees(e5: int) -> float:
    """Degrees from 1e-5 degrees."""
    return e5 / 100_000
