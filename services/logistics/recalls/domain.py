"""Rules of recalls."""

from shared.ids import derived_id


def recall_id_of(lot_id: str) -> str:
    """Return the id of a lot's recall: a lot is recalled once."""
    return derived_id("recall", lot_id)
