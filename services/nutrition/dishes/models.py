"""The tables of dishes. Every version is kept: a published menu cooks what it was published with."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, String
from sqlmodel import Field

from services.nutrition.dishes.domain import Method, PortionRule, Scope
from services.nutrition.tables import Table, one_of
from shared.database import SERIAL

BY_CODE_POINT = String(64).with_variant(String(64, collation="C"), "postgresql")


class Dish(Table, table=True):
    """A dish as it is cooked now, and whose it is: `county_code` a county's, `canteen_id` a canteen's own."""

    __tablename__ = "dish"
    __table_args__ = (
        one_of("scope", Scope),
        one_of("method", Method),
        one_of("portion_rule", PortionRule),
        CheckConstraint(
            "(scope = 'county') = (county_code IS NOT NULL) AND (scope = 'canteen') = (canteen_id IS NOT NULL)",
            name="owner",
        ),
        Index("ix_dish_scope", "scope", "dish_code"),
        Index("ix_dish_county_code", "county_code"),
        Index("ix_dish_canteen_id", "canteen_id"),
    )

    dish_code: str = Field(primary_key=True, max_length=64)
    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    category: str = Field(max_length=64)
    scope: str = Field(max_length=16)
    county_code: str | None = Field(default=None, max_length=64)
    canteen_id: str | None = Field(default=None, max_length=64, foreign_key="canteen.canteen_id")
    method: str | None = Field(default=None, max_length=16)
    equipment: list[str] = Field(sa_type=JSON)
    portion_rule: str = Field(max_length=16)
    portion_permille: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    version: int
    digest: str = Field(max_length=64)
    retired_at: datetime | None = None
    retired_reason: str | None = Field(default=None, max_length=500)
    copied_from: str | None = Field(default=None, max_length=64)
    copied_version: int | None = None


class DishVersion(Table, table=True):
    """A dish as it was cooked under one version; rows are added, never changed. `made_at` is when, if it is known."""

    __tablename__ = "dish_version"

    dish_code: str = Field(primary_key=True, max_length=64, foreign_key="dish.dish_code")
    version: int = Field(primary_key=True)
    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    category: str = Field(max_length=64)
    method: str | None = Field(default=None, max_length=16)
    equipment: list[str] = Field(sa_type=JSON)
    portion_rule: str = Field(max_length=16)
    portion_permille: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    made_at: datetime | None = None


class DishTerm(Table, table=True):
    """What a dish's name or code is found by (`search.terms`), written when the dish is.

    Beginnings are looked up as a range of the index, which holds where text sorts by code point, as SQLite's does.
    """

    __tablename__ = "dish_term"

    term: str = Field(primary_key=True, sa_type=BY_CODE_POINT)
    dish_code: str = Field(primary_key=True, max_length=64, foreign_key="dish.dish_code", index=True)


class DishIngredient(Table, table=True):
    """Milligrams of raw edible food in one portion for ages 9 to 11; rows are added, never changed."""

    __tablename__ = "dish_ingredient"
    __table_args__ = (
        CheckConstraint("portion_mg > 0", name="portion_mg"),
        Index("ix_dish_ingredient_food_code", "food_code"),
    )

    dish_code: str = Field(primary_key=True, max_length=64, foreign_key="dish.dish_code")
    version: int = Field(primary_key=True)
    food_code: str = Field(primary_key=True, max_length=64, foreign_key="food.food_code")
    portion_mg: int


class DishFeedback(Table, table=True):
    """What a county's eaters said of a dish and left of it, summed over its meals; votes are 1 to 5 points.

    `waste_g` was left on the plates of `served_portions` portions: those of meals whose waste was weighed.
    """

    __tablename__ = "dish_feedback"
    __table_args__ = (
        CheckConstraint("rating_sum BETWEEN ratings AND 5 * ratings", name="rating_sum"),
        CheckConstraint("waste_g >= 0", name="waste_g"),
        CheckConstraint("served_portions >= 0", name="served_portions"),
    )

    county_code: str = Field(primary_key=True, max_length=64)
    dish_code: str = Field(primary_key=True, max_length=64, foreign_key="dish.dish_code")
    rating_sum: int = Field(sa_type=BigInteger)
    ratings: int = Field(sa_type=BigInteger)
    waste_g: int = Field(sa_type=BigInteger)
    served_portions: int = Field(sa_type=BigInteger)


class ToldFeedback(Table, table=True):
    """What was told of a dish and is not summed up yet: who votes adds a row, and waits for nobody in the county."""

    __tablename__ = "told_feedback"
    __table_args__ = (Index("ix_told_feedback_county_code", "county_code"),)

    number: int | None = Field(default=None, sa_type=SERIAL, primary_key=True)
    county_code: str = Field(max_length=64)
    dish_code: str = Field(max_length=64, foreign_key="dish.dish_code")
    rating_sum: int = Field(sa_type=BigInteger)
    ratings: int = Field(sa_type=BigInteger)
    waste_g: int = Field(sa_type=BigInteger)
    served_portions: int = Field(sa_type=BigInteger)
