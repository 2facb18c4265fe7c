"""What nutrition keeps of what others own (decision 55)."""

from services.nutrition.market.queries import contract, cooperative, offer
from shared.copies import Copy

COPIES = {
    "cooperatives": Copy("farmers", [cooperative]),
    "offers": Copy("farmers", [offer]),
    "contracts": Copy("farmers", [contract]),
}
