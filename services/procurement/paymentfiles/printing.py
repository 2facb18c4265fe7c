"""Payment files as a bank takes them."""

from collections.abc import Mapping
from typing import Any

from services.procurement.paymentfiles.domain import PaymentFile
from shared.tabular import guarded, write_table

_COLUMNS = ("reference", "cooperative_id", "cooperative", "bank", "account_masked", "amount_yuan", "purpose")


def csv_of(file: PaymentFile, payees: Mapping[str, Any]) -> bytes:
    """Return a file's rows as CSV; a cooperative whose account nobody has told of has none in its row."""
    rows = []
    for row in file.rows:
        payee = payees.get(row.cooperative_id)
        told = (payee.name_zh, payee.bank or "", payee.account_masked or "") if payee else ("", "", "")
        amount = f"{row.amount_fen // 100}.{row.amount_fen % 100:02}"
        rows.append([row.reference, row.cooperative_id, *map(guarded, told), amount, file.purpose.value])
    return write_table(_COLUMNS, rows)
