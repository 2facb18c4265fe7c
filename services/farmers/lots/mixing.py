"""Mixing and splitting: new lots made of others, in which every gram keeps the household that brought it.

What is taken of a lot is shared out over what its households and its own base still have in it, in proportion and to
the gram, so that however often a lot is split the parts of a household never sum to more than it brought.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.farmers.lots.domain import Harvest, Link, Lot
from shared.errors import AlreadyDone, Conflict, DomainError, NotFound
from shared.quantities import split

MOST_PARENTS = 50
"""Lots one may be mixed from; what the event holds."""

MOST_HOUSEHOLDS = 500
"""Households one lot may name; what the event holds."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Grams taken of a lot."""

    lot_id: str
    quantity_g: int


@dataclass(frozen=True, slots=True)
class Mixture:
    """A lot somebody mixes from others, under a certificate of its own."""

    lot_id: str
    certificate_no: str
    portions: tuple[Portion, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A lot somebody splits off; without a number of its own it keeps the certificate of the whole."""

    lot_id: str
    certificate_no: str | None
    quantity_g: int


def mix(said: Mixture, lots: Mapping[str, Lot], today: date, now: datetime) -> tuple[Lot, list[Lot]]:
    """Return the new lot and its parents after it; `lots` are those that exist. Raises what breaks a rule.

    The new lot counts as harvested with its oldest part and is good as long as the one that spoils first.
    """
    taken: list[tuple[Lot, Mapping[str, int], int]] = []
    for place, portion in enumerate(said.portions):
        field = f"parts.{place}"
        if portion.lot_id not in lots:
            raise NotFound("lot", portion.lot_id, field=f"{field}.lot_id")
        if any(portion.lot_id == before.harvest.lot_id for before, _, _ in taken):
            raise DomainError("lot-twice", "an earlier part names this lot", field=f"{field}.lot_id")
        one = lots[portion.lot_id]
        _require_usable(one, portion.quantity_g, today, field)
        _require_alike(one, lots[said.portions[0].lot_id], field)
        if one.harvest.certificate_no == said.certificate_no:
            detail = f"it is lot {portion.lot_id}'s; a mixed lot has a certificate of its own, which names the old ones"
            raise DomainError("certificate-of-old-lot", detail, field="certificate_no")
        taken.append((one, share(one, portion.quantity_g), portion.quantity_g))
    made = _made(said.lot_id, said.certificate_no, taken, now)
    return made, [_less(one, grams, brought) for one, brought, grams in taken]


def divide(whole: Lot, pieces: Sequence[Piece], today: date, now: datetime) -> tuple[list[Lot], Lot]:
    """Return the lots split off a lot, and what is left of it. Raises what breaks a rule."""
    made: list[Lot] = []
    for place, piece in enumerate(pieces):
        field = f"parts.{place}"
        if any(piece.lot_id == before.harvest.lot_id for before in made):
            raise DomainError("lot-twice", "an earlier part has this id", field=f"{field}.lot_id")
        _require_usable(whole, piece.quantity_g, today, field)
        brought = share(whole, piece.quantity_g)
        number = piece.certificate_no or whole.harvest.certificate_no
        made.append(_made(piece.lot_id, number, [(whole, brought, piece.quantity_g)], now))
        whole = _less(whole, piece.quantity_g, brought)
    return made, whole


def share(lot: Lot, grams: int) -> Mapping[str, int]:
    """Return what each household has in `grams` taken of a lot; what is missing to the sum is the own base's."""
    brought = sorted(lot.harvest.contributions.items())
    left = [each - lot.moved.get(household_id, 0) for household_id, each in brought]
    base = lot.harvest.quantity_g - lot.moved_g - sum(left)
    parts = split(grams, [*left, base])
    return {household_id: part for (household_id, _), part in zip(brought, parts, strict=False) if part}


def require_same_mixture(known: Lot, said: Mixture) -> None:
    """Raise AlreadyDone when a mixture is said again with other parts, or the id is another lot's."""
    parts = {(link.lot_id, link.quantity_g) for link in known.parents}
    same_parts = parts == {(portion.lot_id, portion.quantity_g) for portion in said.portions}
    if not same_parts or known.harvest.certificate_no != said.certificate_no:
        raise AlreadyDone("lot-exists", f"lot {said.lot_id} was entered before, differently", field="lot_id")


def require_same_piece(known: Lot, whole: Lot, piece: Piece, field: str) -> None:
    """Raise AlreadyDone when a piece is said again differently, or the id is another lot's."""
    same_parts = [(link.lot_id, link.quantity_g) for link in known.parents] == [
        (whole.harvest.lot_id, piece.quantity_g)
    ]
    number = piece.certificate_no or whole.harvest.certificate_no
    if not same_parts or known.harvest.certificate_no != number:
        raise AlreadyDone("lot-exists", f"lot {piece.lot_id} was entered before, differently", field=f"{field}.lot_id")


def _require_usable(lot: Lot, grams: int, today: date, field: str) -> None:
    name = lot.harvest.lot_id
    if lot.recalled_at is not None:
        raise Conflict("lot-recalled", f"lot {name} is recalled", field=f"{field}.lot_id")
    if lot.unfit_at is not None:
        raise Conflict("lot-unfit", f"a test of lot {name} failed", field=f"{field}.lot_id")
    if lot.harvest.best_before is not None and lot.harvest.best_before < today:
        raise Conflict("lot-expired", f"lot {name} was good until {lot.harvest.best_before}", field=f"{field}.lot_id")
    if lot.remaining_g < grams:
        raise Conflict("lot-exhausted", f"lot {name} has {lot.remaining_g} g left", field=f"{field}.quantity_g")


def _require_alike(lot: Lot, first: Lot, field: str) -> None:
    if lot.harvest.cooperative_id != first.harvest.cooperative_id:
        detail = f"lot {lot.harvest.lot_id} is {lot.harvest.cooperative_id}'s"
        raise DomainError("another-cooperative", detail, field=f"{field}.lot_id")
    if lot.harvest.food_code != first.harvest.food_code:
        detail = f"lot {lot.harvest.lot_id} is {lot.harvest.food_code}"
        raise DomainError("another-food", detail, field=f"{field}.lot_id")


def _made(lot_id: str, number: str, taken: Sequence[tuple[Lot, Mapping[str, int], int]], now: datetime) -> Lot:
    brought: dict[str, int] = {}
    standing: dict[str, bool] = {}
    for place, (lot, part, _) in enumerate(taken):
        for household_id, grams in part.items():
            poor = household_id in lot.poor
            if standing.setdefault(household_id, poor) != poor:
                # One lot says of a household that it counted as poor or not: no gram may change sides by being mixed.
                detail = f"{household_id} counted as poor on the harvest day of one lot and not of another"
                raise Conflict("household-status-differs", detail, field=f"parts.{place}.lot_id")
            brought[household_id] = brought.get(household_id, 0) + grams
    if len(brought) > MOST_HOUSEHOLDS:
        raise DomainError("too-many-households", f"a lot names at most {MOST_HOUSEHOLDS} households", field="parts")
    ends = [lot.harvest.best_before for lot, _, _ in taken if lot.harvest.best_before is not None]
    quantity_g = sum(grams for _, _, grams in taken)
    first = taken[0][0].harvest
    harvest = Harvest(
        lot_id=lot_id,
        cooperative_id=first.cooperative_id,
        food_code=first.food_code,
        harvest_day=min(lot.harvest.harvest_day for lot, _, _ in taken),
        certificate_no=number,
        quantity_g=quantity_g,
        contributions=brought,
        best_before=min(ends, default=None),
    )
    parents = sorted((Link(lot.harvest.lot_id, lot.harvest.certificate_no, g) for lot, _, g in taken), key=_by_id)
    poor_ones = frozenset(household_id for household_id, poor in standing.items() if poor)
    return Lot(harvest, poor_ones, quantity_g, now, parents=tuple(parents))


def _by_id(link: Link) -> str:
    return link.lot_id


def _less(lot: Lot, grams: int, brought: Mapping[str, int]) -> Lot:
    moved = {key: lot.moved.get(key, 0) + brought.get(key, 0) for key in lot.moved.keys() | brought.keys()}
    return replace(lot, remaining_g=lot.remaining_g - grams, moved_g=lot.moved_g + grams, moved=moved)
