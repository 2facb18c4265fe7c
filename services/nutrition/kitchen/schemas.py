"""Answers of the kitchen's routes."""

from pydantic import BaseModel, Field


class LimitRead(BaseModel):
    """A number serving is judged by, and where it is from."""

    name: str
    value: int
    unit: str
    says: str
    source: str
    verified: bool = Field(description="whether somebody has read the source")
