"""What the changing requests of logistics change (decision 50)."""

from services.logistics.coldchain.models import ColdChainAlarm, TemperatureLimit
from services.logistics.consignments.models import Consignment
from services.logistics.devices.models import Device
from services.logistics.fleet.models import Access, Availability, Depot, Driver, DrivingRule, SpareCapacity, Vehicle
from services.logistics.photos.models import Photo
from services.logistics.plans.models import TripPlan
from services.logistics.recalls.models import Recall
from services.logistics.receipts.models import Receipt, WeightTolerance
from services.logistics.tables import table_of
from services.logistics.tracking.models import TrackingRule
from services.logistics.trips.models import Trip
from shared.audit.recording import Audited

audited = Audited(
    objects={
        # Of a number or a name there is nothing to read but what is sealed.
        "/access": table_of(Access),
        "/canteens/{canteen_id}/phone": None,
        "/canteens/{canteen_id}/signers": None,
        "/cooperatives/{cooperative_id}/phone": None,
        "/drivers/{driver_id}/phone": None,
        "/availability": table_of(Availability),
        "/cold-chain-alarms": table_of(ColdChainAlarm),
        "/consignments": table_of(Consignment),
        "/depots": table_of(Depot),
        "/devices": table_of(Device),
        "/drivers": table_of(Driver),
        "/driving-rules": table_of(DrivingRule),
        "/photos": table_of(Photo),
        "/recalls": table_of(Recall),
        "/receipts": table_of(Receipt),
        "/spare-capacity": table_of(SpareCapacity),
        "/temperature-limits": table_of(TemperatureLimit),
        "/tracking-rules": table_of(TrackingRule),
        "/trip-plans": table_of(TripPlan),
        "/trips": table_of(Trip),
        "/vehicles": table_of(Vehicle),
        "/weight-tolerances": table_of(WeightTolerance),
    },
    passed_over={
        "POST /points": "readings of devices, kept as they are",
        "POST /trips/{trip_id}/points": "readings of devices, kept as they are",
    },
)
