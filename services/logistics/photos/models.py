"""The table of photos; their content is in a store outside (`shared.files`)."""

from datetime import datetime

from sqlmodel import Field

from services.logistics.tables import Table


class Photo(Table, table=True):
    """What a photo is and how its content is recognised; its id is its key in the store."""

    __tablename__ = "photo"

    photo_id: str = Field(primary_key=True)
    media_type: str
    size_bytes: int
    sha256: str
    uploaded_at: datetime
