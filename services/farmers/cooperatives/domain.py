"""What a cooperative is, and when there is something new to tell of it."""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.events.farmers import CooperativeRegistered
from shared.fields import TemperatureClass


@dataclass(frozen=True, slots=True)
class Particulars:
    """What the registry says of a cooperative; `lat` and `lon` are WGS-84 degrees.

    `priority_group` is the one its share counts for, `further_groups` are others it belongs to, `vehicle_classes` what
    vehicles that can fetch from it keep: a cold truck may not come up its road. What is None was left unsaid.
    """

    cooperative_id: str
    name_zh: str
    name_en: str
    county_code: str
    town_code: str
    lat: float
    lon: float
    priority_group: str
    village: str | None = None
    further_groups: tuple[str, ...] | None = None
    vehicle_classes: tuple[TemperatureClass, ...] | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """Member households, and how many of them count as poor."""

    households: int = 0
    poor_households: int = 0

    @property
    def poor_share_permille(self) -> int:
        """The poor households' share in 1/1000, rounded down so that no share is promised that is not there."""
        return 1000 * self.poor_households // self.households if self.households else 0


@dataclass(frozen=True, slots=True)
class Cooperative:
    """A cooperative as it was last told of."""

    particulars: Particulars
    counts: Counts
    version: int
    registered_at: datetime

    def told(self) -> CooperativeRegistered:
        """Return the event that tells of it."""
        said = self.particulars
        return CooperativeRegistered(
            cooperative_id=said.cooperative_id,
            version=self.version,
            name_zh=said.name_zh,
            name_en=said.name_en,
            county_code=said.county_code,
            town_code=said.town_code,
            lat=said.lat,
            lon=said.lon,
            priority_group=said.priority_group,
            households=self.counts.households,
            poor_households=self.counts.poor_households,
            vehicle_classes=said.vehicle_classes,
            registered_at=self.registered_at,
        )


def renewed(present: Cooperative, particulars: Particulars, counts: Counts) -> Cooperative | None:
    """Return the cooperative with its next version, None when nothing is new; what is unsaid stays."""
    known = present.particulars
    village = known.village if particulars.village is None else particulars.village
    further = known.further_groups if particulars.further_groups is None else particulars.further_groups
    vehicles = known.vehicle_classes if particulars.vehicle_classes is None else particulars.vehicle_classes
    particulars = replace(particulars, village=village, further_groups=further, vehicle_classes=vehicles)
    if (present.particulars, present.counts) == (particulars, counts):
        return None
    return replace(present, particulars=particulars, counts=counts, version=present.version + 1)
