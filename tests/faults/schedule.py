"""When which fault comes, drawn from a seed: the same seed, the same schedule."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from shared.messaging.bus import SERVICES
from tests.faults.controls import POINTS
from tests.faults.faults import (
    DieAt,
    Fault,
    FillDisk,
    Kill,
    KillBrokers,
    KillPostgres,
    Pause,
    StepClock,
    Unruly,
    Upgrade,
)
from tests.faults.messages import POISON, Again, Poison
from tests.faults.migration import Migrate, Replicas
from tests.faults.network import Cut, Delay, Wire

Draw = Callable[[random.Random], Fault]
Seconds = tuple[float, float]

DRAWS: Mapping[str, tuple[Draw, Seconds]] = {
    "kill": (lambda dice: Kill((dice.choice(SERVICES),)), (0.5, 2.0)),
    "kill-several": (lambda dice: Kill(tuple(sorted(dice.sample(SERVICES, dice.randint(2, 4))))), (0.5, 2.0)),
    "die-at-a-seam": (lambda dice: DieAt(dice.choice(SERVICES), dice.choice(POINTS)), (2.0, 4.0)),
    "broker": (lambda _: KillBrokers((0,)), (1.0, 4.0)),
    "postgres": (lambda _: KillPostgres(), (1.0, 4.0)),
    "full-disk": (lambda _: FillDisk(), (2.0, 4.0)),
    "cut-clients": (lambda dice: Cut(_wire(dice, "clients")), (0.5, 2.0)),
    "cut-database": (lambda dice: Cut(_wire(dice, "database")), (0.5, 3.0)),
    "cut-brokers": (lambda dice: Cut(_wire(dice, "brokers")), (1.0, 4.0)),
    "delay-clients": (lambda dice: Delay(_wire(dice, "clients"), dice.uniform(0.05, 0.4)), (1.0, 3.0)),
    "delay-database": (lambda dice: Delay(_wire(dice, "database"), dice.uniform(0.01, 0.1)), (1.0, 3.0)),
    "delay-brokers": (lambda dice: Delay(_wire(dice, "brokers"), dice.uniform(0.05, 0.4)), (1.0, 3.0)),
    # Longer than a member of a group may keep silent: it wakes up and is not one any more.
    "pause": (lambda dice: Pause(dice.choice(SERVICES)), (11.0, 12.0)),
    "clock-step": (lambda dice: StepClock(dice.choice(SERVICES), dice.choice((-600.0, 600.0))), (1.0, 4.0)),
    "unruly-messages": (lambda dice: Unruly(dice.choice(SERVICES), 0.5, dice.uniform(0.1, 0.5)), (3.0, 6.0)),
    "migration": (lambda dice: Migrate(dice.choice(SERVICES)), (1.0, 3.0)),
    "replicas": (lambda dice: Replicas(dice.choice(SERVICES)), (1.0, 4.0)),
    "told-again": (lambda dice: Again(dice.getrandbits(32), dice.randint(20, 200)), (0.0, 0.1)),
    "rolling-upgrade": (lambda dice: Upgrade(dice.choice(SERVICES)), (0.0, 1.0)),
    "poison": (lambda dice: Poison(dice.getrandbits(32), tuple(dice.sample(sorted(POISON), 3))), (0.0, 0.1)),
}
CLUSTER_DRAWS: Mapping[str, tuple[Draw, Seconds]] = {
    "brokers-1-of-3": (lambda dice: KillBrokers((dice.randrange(3),), "brokers-1-of-3"), (2.0, 8.0)),
    "brokers-2-of-3": (lambda dice: KillBrokers(tuple(dice.sample(range(3), 2)), "brokers-2-of-3"), (2.0, 6.0)),
}
"""What comes in place of `broker` where there are three."""
RARE = ("pause", "rolling-upgrade", "migration", "replicas", "full-disk", "brokers-2-of-3")
"""What takes long: in a long run it comes a third as often as the rest."""
SERVERS = ("broker", "brokers-1-of-3", "brokers-2-of-3", "postgres", "full-disk", "told-again", "poison", "migration")
"""What needs a server for itself: in a long run it is one hand's work, or hands would wait for each other."""
AFTERWARDS = ("told-again", "unruly-messages", "kill")
LONG_PAUSE: Seconds = (60.0, 60.0)


@dataclass(frozen=True, slots=True)
class Planned:
    """A fault to come: `after_s` the one before is over, for `lasts_s`."""

    after_s: float
    lasts_s: float
    fault: Fault


def each_once(seed: int) -> list[Planned]:
    """Return every kind of fault once, in a random order; of poison, all kinds at once.

    What needs messages that are there already comes late.
    """
    dice = random.Random(seed)
    kinds = [kind for kind in DRAWS if kind not in (*AFTERWARDS, "poison")]
    dice.shuffle(kinds)
    planned = [_planned(dice, *DRAWS[kind]) for kind in (*kinds, *AFTERWARDS)]
    planned.insert(-2, Planned(0.2, 0.1, Poison(dice.getrandbits(32), tuple(POISON))))
    return planned


def endless(seed: int, *, cluster: bool, wanted: Callable[[str], bool] = lambda _: True) -> Iterator[Planned]:
    """Yield faults of all kinds that are wanted, for as long as anybody asks."""
    dice = random.Random(seed)
    draws = {kind: drawn for kind, drawn in DRAWS.items() if not (cluster and kind == "broker")}
    draws |= CLUSTER_DRAWS if cluster else {}
    draws["pause"] = (draws["pause"][0], LONG_PAUSE)
    kinds = [kind for kind in draws if wanted(kind)]
    weights = [1 / 3 if kind in RARE else 1.0 for kind in kinds]
    while True:
        yield _planned(dice, *draws[dice.choices(kinds, weights)[0]])


def by_hand(seed: int, hands: int, *, cluster: bool) -> list[Iterator[Planned]]:
    """Return what each hand breaks in a long run: of several the first breaks servers, the others services."""
    if hands == 1:
        return [endless(seed, cluster=cluster)]
    seeds = [seed + 1000 * hand for hand in range(hands)]
    servers = endless(seeds[0], cluster=cluster, wanted=lambda kind: kind in SERVERS)
    return [servers, *(endless(own, cluster=cluster, wanted=lambda kind: kind not in SERVERS) for own in seeds[1:])]


def _planned(dice: random.Random, draw: Draw, lasts: Seconds) -> Planned:
    return Planned(round(dice.uniform(0.2, 1.5), 2), round(dice.uniform(*lasts), 2), draw(dice))


def _wire(dice: random.Random, end: str) -> Wire:
    return Wire(dice.choice(SERVICES), end)
