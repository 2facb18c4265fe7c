"""Fictional depots, vehicles and drivers: enough for the busiest day at one trip a vehicle."""

from collections.abc import Iterator

from services.generator.dice import Dice
from services.generator.geography import County, Town

SCHOOLS_PER_DEPOT = 40

# Four times the busiest day: on mountain roads a driver's lawful hours run out before the room does.
CAPACITY_PERCENT = 400
CAPACITIES_G = ((800_000, 30), (1_200_000, 40), (1_500_000, 20), (3_000_000, 10))

# One driver in five stands by.
VEHICLES_PER_SPARE_DRIVER = 5


def depots_of(county: County) -> Iterator[tuple[str, Town]]:
    """At the seat first, then in further towns."""
    towns = len(county.towns)
    depots = min(1 + county.schools // SCHOOLS_PER_DEPOT, towns)
    for number in range(depots):
        yield f"dep-{county.code}-{number + 1}", county.towns[number * towns // depots]


def vehicles_of(county: County, cooled_g: int, total_g: int, seed: int) -> Iterator[tuple[str, str, int, str]]:
    """(id, plate, capacity in g, class): cooled vans until the cooled food fits, then others until all food fits."""
    dice = Dice(seed, "fleet", county.code)
    number = capacity = 0
    for temperature_class, need_g in (("chilled", cooled_g), ("ambient", total_g)):
        while number == 0 or capacity < need_g * CAPACITY_PERCENT // 100:
            number += 1
            own = dice.pick_weighted(CAPACITIES_G)
            capacity += own
            plate = f"虚构-{county.code}-{number:03d}"
            yield f"veh-{county.code}-{number:03d}", plate, own, temperature_class


def drivers_of(county: County, vehicles: int) -> Iterator[str]:
    """One driver a vehicle and the spare ones, as pseudonyms."""
    for number in range(1, vehicles + vehicles // VEHICLES_PER_SPARE_DRIVER + 2):
        yield f"drv-{county.code}-{number:03d}"
