"""Request bodies and answers about lots."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from services.farmers.lots.domain import Harvest, Link, Lot
from services.farmers.lots.mixing import MOST_PARENTS, Mixture, Piece, Portion
from shared.bulk import Refusal
from shared.errors import DomainError
from shared.fields import Code, Day, Grams, Id
from shared.ids import new_id
from shared.routing import Input

LotGrams = Annotated[int, Field(gt=0, le=1_000_000_000, description="g; 1,000 t at most")]

_LOT: JsonDict = {
    "lot_id": "lot-1",
    "cooperative_id": "coop-520628-001",
    "food_code": "napa_cabbage",
    "harvest_day": "2026-11-29",
    "best_before": "2026-12-13",
    "certificate_no": "GZ-2026-11-29-001",
    "quantity_g": 60_000,
    "contributions": [{"household_id": "hh-520628-00001", "quantity_g": 25_000}],
}


class ContributionIn(Input):
    """What one household brought."""

    household_id: Id
    quantity_g: LotGrams


class LotIn(Input):
    """A lot; what its contributions leave of `quantity_g` is the cooperative's own production base's.

    `best_before` is the last day it is good on; what is not good on the day of delivery is not packed.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_LOT]})

    lot_id: Id | None = None
    cooperative_id: Id
    food_code: Code
    harvest_day: Day
    best_before: Day | None = None
    certificate_no: Code
    quantity_g: LotGrams
    contributions: list[ContributionIn] = Field(default=[], max_length=500)

    def harvest(self) -> Harvest:
        """Return the values the rules work with, under a new id where none is given. Raises DomainError."""
        brought: dict[str, int] = {}
        for place, each in enumerate(self.contributions):
            if each.household_id in brought:
                field = f"contributions.{place}.household_id"
                raise DomainError("household-twice", "an earlier contribution names this household", field=field)
            brought[each.household_id] = each.quantity_g
        return Harvest(
            lot_id=self.lot_id or new_id(),
            cooperative_id=self.cooperative_id,
            food_code=self.food_code,
            harvest_day=self.harvest_day,
            certificate_no=self.certificate_no,
            quantity_g=self.quantity_g,
            contributions=brought,
            best_before=self.best_before,
        )


class LotRows(Input):
    """Up to 200 lots; each is validated by itself."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"lots": [_LOT]}]})

    lots: list[dict[str, Any]] = Field(max_length=200)


class ContributionRead(BaseModel):
    """What one household brought; whether it counted as poor on the harvest day."""

    household_id: Id
    poor: bool
    quantity_g: Grams


class LinkRead(BaseModel):
    """Grams that went from one lot into another: that other lot, with its certificate."""

    model_config = ConfigDict(from_attributes=True)

    lot_id: Id
    certificate_no: Code
    quantity_g: Grams

    @classmethod
    def all_of(cls, links: tuple[Link, ...]) -> "list[LinkRead]":
        """Return what is shown of links."""
        return [cls.model_validate(link) for link in links]


class LotRead(BaseModel):
    """A lot: quantity_g = own_g + its contributions; `remaining_g` is not packed yet, `moved_g` went into `children`.

    `parents` are the lots it was mixed or split from, with their certificates. A recalled lot is not packed any
    more, nor one that is unfit: a test failed, its own or that of a lot it was made of.
    """

    lot_id: Id
    cooperative_id: Id
    food_code: Code
    harvest_day: date
    best_before: date | None
    certificate_no: Code
    quantity_g: Grams
    own_g: Grams
    remaining_g: Grams
    moved_g: Grams
    recalled_at: datetime | None
    unfit_at: datetime | None
    parents: list[LinkRead]
    children: list[LinkRead]
    contributions: list[ContributionRead]
    harvested_at: datetime

    @classmethod
    def of(cls, lot: Lot) -> "LotRead":
        """Return what is shown of a lot."""
        harvest = lot.harvest
        return cls(
            lot_id=harvest.lot_id,
            cooperative_id=harvest.cooperative_id,
            food_code=harvest.food_code,
            harvest_day=harvest.harvest_day,
            best_before=harvest.best_before,
            certificate_no=harvest.certificate_no,
            quantity_g=harvest.quantity_g,
            own_g=harvest.own_g,
            remaining_g=lot.remaining_g,
            moved_g=lot.moved_g,
            recalled_at=lot.recalled_at,
            unfit_at=lot.unfit_at,
            parents=LinkRead.all_of(lot.parents),
            children=LinkRead.all_of(lot.children),
            contributions=[
                ContributionRead(household_id=each, poor=each in lot.poor, quantity_g=grams)
                for each, grams in sorted(harvest.contributions.items())
            ],
            harvested_at=lot.harvested_at,
        )


class LotsTaken(BaseModel):
    """How many lots are new, how many were known, why others were not taken, and the ids of those that are here."""

    created: int
    unchanged: int
    refused: list[Refusal]
    lot_ids: list[Id]


class LotPage(BaseModel):
    """Lots ordered by id; `next` is the `after` of the next page, null on the last one."""

    items: list[LotRead]
    next: Id | None


class PartIn(Input):
    """Grams taken of a lot."""

    lot_id: Id
    quantity_g: LotGrams


class MixtureIn(Input):
    """A lot mixed from two or more of one cooperative and one product, under a certificate of its own."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "lot_id": "lot-3",
                    "certificate_no": "GZ-2026-11-29-003",
                    "parts": [{"lot_id": "lot-1", "quantity_g": 20_000}, {"lot_id": "lot-2", "quantity_g": 15_000}],
                }
            ]
        }
    )

    lot_id: Id | None = None
    certificate_no: Code
    parts: list[PartIn] = Field(min_length=2, max_length=MOST_PARENTS)

    def mixture(self) -> Mixture:
        """Return the values the rules work with, under a new id where none is given."""
        portions = tuple(Portion(part.lot_id, part.quantity_g) for part in self.parts)
        return Mixture(self.lot_id or new_id(), self.certificate_no, portions)


class PieceIn(Input):
    """A lot split off; without a number of its own it keeps the certificate of the whole."""

    lot_id: Id | None = None
    certificate_no: Code | None = None
    quantity_g: LotGrams


class SplitIn(Input):
    """The lots split off a lot; what they leave stays where it is."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"parts": [{"lot_id": "lot-1-a", "quantity_g": 20_000}, {"quantity_g": 15_000}]}]
        }
    )

    parts: list[PieceIn] = Field(min_length=1, max_length=MOST_PARENTS)

    def pieces(self) -> list[Piece]:
        """Return the values the rules work with, under new ids where none are given."""
        return [Piece(part.lot_id or new_id(), part.certificate_no, part.quantity_g) for part in self.parts]


class SplitRead(BaseModel):
    """A lot after something was split off, and the lots split off."""

    whole: LotRead
    parts: list[LotRead]
