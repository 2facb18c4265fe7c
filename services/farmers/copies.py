"""What farmers keeps of what others own (decision 55)."""

from services.farmers.prices.models import ReferencePrice
from services.farmers.tables import table_of
from shared.copies import Copy

COPIES = {"prices": Copy("procurement", [table_of(ReferencePrice)])}
