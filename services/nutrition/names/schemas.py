"""The answer about names."""

from pydantic import BaseModel


class Name(BaseModel):
    """What something is called."""

    zh: str
    en: str


class NamesRead(BaseModel):
    """Names by code; a code that nobody knows is left out."""

    foods: dict[str, Name]
    dishes: dict[str, Name]
    canteens: dict[str, Name]
