"""The answer about names."""

from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel


class Name(BaseModel):
    """What something is called."""

    zh: str
    en: str


class NamesRead(BaseModel):
    """Names by id; an id that nobody knows is left out."""

    canteens: dict[str, Name]
    suppliers: dict[str, Name]

    @classmethod
    def of(cls, canteens: Mapping[str, tuple[str, str]], suppliers: Mapping[str, tuple[str, str]]) -> Self:
        """Return the answer about names, Chinese and English."""
        return cls(
            canteens={key: Name(zh=zh, en=en) for key, (zh, en) in canteens.items()},
            suppliers={key: Name(zh=zh, en=en) for key, (zh, en) in suppliers.items()},
        )
