"""What the changing requests of procurement change (decision 50)."""

from services.procurement.disputes.models import Dispute
from services.procurement.freight.models import Freight
from services.procurement.joint.models import JointPlan
from services.procurement.market.models import MarketSupplier
from services.procurement.orders.models import PurchaseOrder
from services.procurement.paymentfiles.models import PaymentAccount, PaymentFile
from services.procurement.payments.models import Payment
from services.procurement.prices.models import ReferencePrice
from services.procurement.rules.models import OrderingRule
from services.procurement.sourcing.models import SourcingRun
from services.procurement.sourcing.rules.models import SourcingRules
from services.procurement.substitution.models import Substitution
from services.procurement.tables import table_of
from services.procurement.terms.models import FundingShare, SettlementTerms
from shared.audit.recording import Audited

audited = Audited(
    objects={
        "/disputes": table_of(Dispute),
        "/freight": table_of(Freight),
        "/funding-shares": table_of(FundingShare),
        "/joint-plans": table_of(JointPlan),
        "/market-orders": table_of(PurchaseOrder),
        "/market-suppliers": table_of(MarketSupplier),
        "/ordering-rules": table_of(OrderingRule),
        "/orders": table_of(PurchaseOrder),
        "/payment-accounts": table_of(PaymentAccount),
        "/payment-files": table_of(PaymentFile),
        "/payments": table_of(Payment),
        "/reference-prices": table_of(ReferencePrice),
        "/settlement-terms": table_of(SettlementTerms),
        "/sourcing-rules": table_of(SourcingRules),
        "/sourcing-runs": table_of(SourcingRun),
        "/substitutions": table_of(Substitution),
    },
)
