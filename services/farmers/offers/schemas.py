"""Request bodies and answers about offers."""

from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from services.farmers.offers.domain import Offer, OfferStatus, Terms
from services.farmers.offers.usecases import Proposal
from shared.bulk import Rows
from shared.fields import Code, Day, FenPerKg, Grams, Id, Permille, Version
from shared.ids import derived_id, new_id
from shared.market import Reference, ReferenceRead
from shared.routing import Input
from shared.tabular import SheetImported

OfferGrams = Annotated[int, Field(gt=0, le=1_000_000_000, description="g; 1,000 t at most", examples=[284_700])]
OfferPrice = Annotated[int, Field(gt=0, le=1_000_000, description="fen per kg; ¥10,000 at most", examples=[154])]
ShelfLife = Annotated[int, Field(ge=1, le=3650, description="days from harvest", examples=[20])]

_TERMS: JsonDict = {
    "food_code": "napa_cabbage",
    "available_from": "2026-11-30",
    "available_until": "2026-12-06",
    "quantity_g": 284_500,
    "price_fen_per_kg": 154,
    "shelf_life_days": 20,
    "minimum_lot_g": 1_000,
    "harvest_day": "2026-11-29",
    "pack_size_g": 500,
    "contract_id": None,
}
_OWNED: JsonDict = {"cooperative_id": "coop-520628-001", **_TERMS}
_NAMED: JsonDict = {"offer_id": "off-520628-00001", **_OWNED}


_NAMES = [field.name for field in fields(Terms)]


class TermsIn(Input):
    """What is offered, from a day until a day, both included; loose without a pack size, freely without a contract.

    Without a harvest day it is still to be harvested. Under a contract the price is the contract's.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_TERMS]})

    food_code: Code
    available_from: Day
    available_until: Day
    quantity_g: OfferGrams
    price_fen_per_kg: OfferPrice
    shelf_life_days: ShelfLife
    minimum_lot_g: OfferGrams
    harvest_day: Day | None = None
    pack_size_g: OfferGrams | None = None
    contract_id: Id | None = None

    def terms(self) -> Terms:
        """Return the values the rules work with."""
        return Terms(**{name: getattr(self, name) for name in _NAMES})


class NewOffer(TermsIn):
    """A new offer of a cooperative."""

    model_config = ConfigDict(json_schema_extra={"examples": [_OWNED]})

    cooperative_id: Id

    def proposal(self) -> Proposal:
        """Return the values the use case works with, under a new id."""
        return Proposal(new_id(), self.cooperative_id, self.terms())


class OfferIn(TermsIn):
    """An offer with an id the cooperative knows it by."""

    offer_id: Id
    cooperative_id: Id

    def proposal(self) -> Proposal:
        """Return the values the use case works with."""
        return Proposal(self.offer_id, self.cooperative_id, self.terms())


class OfferRow(TermsIn):
    """A line of a file of offers; without an id, cooperative, food, days and contract say which offer is meant."""

    offer_id: Id | None = None
    cooperative_id: Id

    def proposal(self) -> Proposal:
        """Return the values the use case works with; the same line of a file sent twice is the same offer."""
        terms = self.terms()
        said = (self.cooperative_id, terms.food_code, terms.available_from, terms.available_until, terms.contract_id)
        return Proposal(self.offer_id or derived_id("offer", *said), self.cooperative_id, terms)


class OffersImported(SheetImported):
    """What became of a file's rows, or would (`preview`)."""

    preview: bool


class OfferRows(Rows):
    """Up to 1,000 offers."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rows": [_NAMED]}]})


class OfferRead(BaseModel):
    """An offer; `promised_g` of `quantity_g` is promised to orders.

    `reference` is the public market's price on its last day, today's while that is to come; null where nobody knows it.
    """

    offer_id: Id
    cooperative_id: Id
    food_code: Code
    available_from: date
    available_until: date
    quantity_g: Grams
    promised_g: Grams
    price_fen_per_kg: FenPerKg
    shelf_life_days: int
    minimum_lot_g: Grams
    harvest_day: date | None
    pack_size_g: Grams | None
    contract_id: Id | None
    poor_share_permille: Permille
    status: OfferStatus
    version: Version
    published_at: datetime
    withdrawn_at: datetime | None
    reference: ReferenceRead | None

    @classmethod
    def of(cls, offer: Offer, reference: Reference | None) -> "OfferRead":
        """Return what is shown of an offer, with the public market's price beside its own."""
        own = {field.name: getattr(offer, field.name) for field in fields(Offer) if field.name != "terms"}
        market = ReferenceRead.of(reference, offer.terms.price_fen_per_kg)
        return cls(**own, **asdict(offer.terms), reference=market)


class OfferPage(BaseModel):
    """Offers ordered by id; `next` is the `after` of the next page, null on the last one."""

    items: list[OfferRead]
    next: Id | None
