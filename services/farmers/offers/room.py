"""What contracts and seasons have room for, while the offers of a request are taken one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.farmers.capacities.domain import Capacity
from services.farmers.contracts.domain import Contract, ContractStatus
from services.farmers.contracts.pricing import Priced
from services.farmers.offers.domain import Offer, Terms
from shared.errors import Conflict, DomainError, NotFound


@dataclass(frozen=True, slots=True)
class Room:
    """What is left, in g, by contract and by capacity; :meth:`take` lowers it.

    `prices` are by contract and first day, `seasons` by cooperative and food.
    """

    today: date
    contracts: Mapping[str, Contract]
    left_under: dict[str, int]
    prices: Mapping[tuple[str, date], Priced | DomainError]
    seasons: Mapping[tuple[str, str], Sequence[Capacity]]
    left_in: dict[str, int]

    def take(self, cooperative_id: str, terms: Terms, before: Offer | None) -> None:
        """Take room for an offer, `before` giving back its own; raises DomainError and takes none where it lacks.

        Offers that count in no declared season, and offers without a contract, are limited by nothing.
        """
        had = before.offered_g if before is not None else 0
        drew = before.drawn_g(self.today) if before is not None else 0
        contract = self._contract(cooperative_id, terms, before)
        if contract is not None:
            left = self.left_under[contract.contract_id] + drew
            if terms.quantity_g > left:
                raise Conflict("beyond-contract", f"{left} g are left of the contract", field="quantity_g")
        season = self._season(cooperative_id, terms)
        earlier = self._season(cooperative_id, before.terms) if before is not None else None
        if season is not None:
            left = self.left_in[season.capacity_id] + (had if earlier == season else 0)
            if terms.quantity_g > left:
                detail = f"{left} g are left of what {season.season_from} to {season.season_until} can bring"
                raise Conflict("beyond-capacity", detail, field="quantity_g")
        if contract is not None:
            self.left_under[contract.contract_id] += drew - terms.quantity_g
        if earlier is not None:
            self.left_in[earlier.capacity_id] += had
        if season is not None:
            self.left_in[season.capacity_id] -= terms.quantity_g

    def _season(self, cooperative_id: str, terms: Terms) -> Capacity | None:
        seasons = self.seasons.get((cooperative_id, terms.food_code), ())
        return next((season for season in seasons if season.covers(terms.available_from)), None)

    def _contract(self, cooperative_id: str, terms: Terms, before: Offer | None) -> Contract | None:
        if terms.contract_id is None:
            return None
        contract = self.contracts.get(terms.contract_id)
        if contract is None:
            raise NotFound("contract", terms.contract_id, field="contract_id")
        if contract.cooperative_id != cooperative_id:
            detail = f"it is {contract.cooperative_id}'s contract"
            raise Conflict("another-cooperatives-contract", detail, field="contract_id")
        agreed = contract.terms
        if agreed.food_code != terms.food_code:
            raise Conflict("another-food", f"the contract is about {agreed.food_code}", field="food_code")
        if contract.status != ContractStatus.OPEN and (before is None or terms.quantity_g > before.terms.quantity_g):
            raise Conflict("contract-cancelled", "nothing more is offered under it", field="contract_id")
        for field in ("available_from", "available_until"):
            if not agreed.season_from <= getattr(terms, field) <= agreed.season_until:
                detail = f"the contract runs from {agreed.season_from} to {agreed.season_until}"
                raise Conflict("outside-the-season", detail, field=field)
        self._check_price(contract, terms, before)
        return contract

    def _check_price(self, contract: Contract, terms: Terms, before: Offer | None) -> None:
        """A price once agreed stands as long as the offer's first day does."""
        kept = before is not None and (before.terms.price_fen_per_kg, before.terms.available_from) == (
            terms.price_fen_per_kg,
            terms.available_from,
        )
        if kept:
            return
        priced = self.prices[contract.contract_id, terms.available_from]
        if isinstance(priced, DomainError):
            raise priced
        if priced.price_fen_per_kg != terms.price_fen_per_kg:
            detail = f"for {terms.available_from} the contract pays {priced.price_fen_per_kg} fen per kg"
            raise Conflict("not-the-contract-price", detail, field="price_fen_per_kg")
