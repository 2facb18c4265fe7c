"""What procurement keeps of what others own (decision 55)."""

from services.procurement.partners.models import canteen, cooperative, food, held_offer, lot, offer
from shared.copies import Copy

COPIES = {
    "canteens": Copy("nutrition", [canteen]),
    "foods": Copy("nutrition", [food]),
    "cooperatives": Copy("farmers", [cooperative]),
    "offers": Copy("farmers", [offer, held_offer]),
    "lots": Copy("farmers", [lot]),
}
