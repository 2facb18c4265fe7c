"""What the changing requests of farmers change (decision 50)."""

from services.farmers.admissions.models import Application
from services.farmers.capacities.models import Capacity
from services.farmers.certificates.models import Certificate, CertificateRequirement
from services.farmers.contracts.models import Contract
from services.farmers.cooperatives.models import Cooperative
from services.farmers.files.models import StoredFile
from services.farmers.forecasts.models import Forecast
from services.farmers.guidance.models import Crop
from services.farmers.households.models import Household, HouseholdStatus, Membership
from services.farmers.lotphotos.models import LotPhoto
from services.farmers.lots.models import Lot
from services.farmers.offers.models import Offer
from services.farmers.orders.models import PurchaseOrder
from services.farmers.payouts.models import Payout
from services.farmers.tables import table_of
from services.farmers.webhooks.models import WebhookEndpoint
from shared.audit.recording import Audited

audited = Audited(
    objects={
        # Thousands an afternoon: an answer says what became of the order, so it is not read before and after.
        "/acceptances": None,
        "/orders/{order_id}/accept": None,
        "/orders/{order_id}/decline": None,
        "/admissions": table_of(Application),
        "/applications": table_of(Application),
        "/capacities": table_of(Capacity),
        "/certificate-requirements": table_of(CertificateRequirement),
        "/certificates": table_of(Certificate),
        "/contracts": table_of(Contract),
        "/cooperatives": table_of(Cooperative),
        "/cooperatives/{cooperative_id}/webhooks": table_of(WebhookEndpoint),
        "/crops": table_of(Crop),
        "/dispatches": table_of(PurchaseOrder),
        "/files": table_of(StoredFile),
        "/forecasts": table_of(Forecast),
        "/household-statuses": table_of(HouseholdStatus),
        "/households": table_of(Household),
        "/households/{household_id}/moves": table_of(Membership),
        "/lots": table_of(Lot),
        "/lots/{lot_id}/photo": table_of(LotPhoto),
        "/offers": table_of(Offer),
        "/orders": table_of(PurchaseOrder),
        "/payouts": table_of(Payout),
        "/webhooks": table_of(WebhookEndpoint),
    },
)
