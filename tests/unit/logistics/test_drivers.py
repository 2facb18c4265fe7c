"""Who drives what."""

from dataclasses import replace
from datetime import date

from services.logistics.fleet.domain import Driver, drivers_for, fit_to_drive

DAY = date(2026, 11, 30)
YESTERDAY = date(2026, 11, 29)
DRIVER = Driver("drv-1", "dep-1", "C1", licence_until=DAY, health_certificate_until=DAY)


def test_nobody_drives_with_what_has_ended() -> None:
    """Licence and health certificate hold to their last day; what nobody has told of is not held against a driver."""
    assert fit_to_drive(DRIVER, DAY)
    assert not fit_to_drive(replace(DRIVER, licence_until=YESTERDAY), DAY)
    assert not fit_to_drive(replace(DRIVER, health_certificate_until=YESTERDAY), DAY)
    assert fit_to_drive(Driver("drv-2", "dep-1"), DAY)


def test_a_licence_covers_the_lighter_vehicles() -> None:
    """A driver of the depot whose licence covers the vehicle drives it; who may drive heavier ones is kept for them."""
    heavy = replace(DRIVER, driver_id="drv-0", licence="B2")
    elsewhere = replace(DRIVER, driver_id="drv-2", depot_id="dep-2")
    vehicles = [("veh-1", "dep-1", "C1"), ("veh-2", "dep-1", "B2"), ("veh-3", "dep-2", "B2")]
    assert drivers_for(vehicles, [heavy, DRIVER, elsewhere], {}) == {"veh-1": "drv-1", "veh-2": "drv-0"}


def test_a_driver_stays_with_the_vehicle_of_the_day() -> None:
    """Who drives a vehicle already goes on with it; nobody drives two."""
    assert drivers_for([("veh-1", "dep-1", "C1"), ("veh-2", "dep-1", "C1")], [DRIVER], {"veh-2": "drv-1"}) == {
        "veh-2": "drv-1"
    }
