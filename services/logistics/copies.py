"""What logistics keeps of what others own (decision 55)."""

from services.logistics.places.queries import place
from services.logistics.tables import table_of
from services.logistics.tracing.models import Lot
from shared.copies import Copy

COPIES = {
    "canteens": Copy("nutrition", [place], place.c.kind == "canteen"),
    "cooperatives": Copy("farmers", [place], place.c.kind == "cooperative"),
    "lots": Copy("farmers", [table_of(Lot)]),
}
