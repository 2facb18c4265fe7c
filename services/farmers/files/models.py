"""The table of files; their content is in a store outside (`shared.files`)."""

from datetime import datetime

from sqlmodel import Field

from services.farmers.tables import Table


class StoredFile(Table, table=True):
    """What a file is and how its content is recognised; its id is its key in the store."""

    __tablename__ = "stored_file"

    file_id: str = Field(primary_key=True, max_length=64)
    media_type: str = Field(max_length=64)
    size_bytes: int
    sha256: str = Field(max_length=64)
    uploaded_at: datetime = Field(index=True)
