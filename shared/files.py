"""Files people attach (a scan, a photo), kept outside the database behind a port: a local folder or an S3 store.

What a file is says its content, never its name or what the sender claims.
"""

import asyncio
import hashlib
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from shared.errors import DomainError
from shared.settings import Settings

MOST_BYTES = 2_000_000
_KEY = re.compile(r"[a-z0-9-]{1,64}")
_MAGIC = (
    ("application/pdf", b"%PDF-", b"%%EOF"),
    ("image/jpeg", b"\xff\xd8\xff", b"\xff\xd9"),
    ("image/png", b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"),
)
_TAIL = 1024
"""How far from its end a file says that it is whole."""


class FilesUnavailable(OSError):
    """The store cannot be reached or refuses; trying again later may help."""


class FileLost(DomainError):
    """The store does not hold what was put into it."""

    status = 502
    title = "File lost"


class FileStore(Protocol):
    """Keeps bytes under a key; a key is written once."""

    async def put(self, key: str, data: bytes, media_type: str) -> None:
        """Keep bytes. Raises FilesUnavailable."""
        ...

    async def get(self, key: str) -> bytes:
        """Return the bytes under a key. Raises KeyError, FilesUnavailable."""
        ...

    async def delete(self, key: str) -> None:
        """Forget a key, or nothing when it is not there. Raises FilesUnavailable."""
        ...


def media_type_of(data: bytes) -> str:
    """Return what a file is: a PDF, a JPEG or a PNG, whole. Raises DomainError for anything else."""
    if not data:
        raise DomainError("empty-file", "the file holds nothing", field="body")
    if len(data) > MOST_BYTES:
        raise DomainError("file-too-large", f"a file has at most {MOST_BYTES} bytes", field="body")
    for media_type, begins, ends in _MAGIC:
        if data.startswith(begins):
            if ends not in data[-_TAIL:]:
                raise DomainError("file-cut-off", f"it begins as {media_type} and has no end", field="body")
            return media_type
    raise DomainError("file-type", "attach a PDF, a JPEG or a PNG", field="body")


def digest_of(data: bytes) -> str:
    """Return by what content is recognised."""
    return hashlib.sha256(data).hexdigest()


async def fetch(store: FileStore, key: str, digest: str) -> bytes:
    """Return the bytes under a key. Raises FileLost when they are not what was put there, FilesUnavailable."""
    try:
        data = await store.get(key)
    except KeyError:
        data = b""
    if digest_of(data) != digest:
        raise FileLost("file-lost", "the store does not hold what was uploaded", field="file_id")
    return data


class LocalFiles:
    """A folder; files are written aside and renamed, so that a crash leaves none half written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, key: str, data: bytes, media_type: str) -> None:
        """Keep bytes on disk."""
        await asyncio.to_thread(self._write, self._path(key), data)

    async def get(self, key: str) -> bytes:
        """Return the bytes under a key. Raises KeyError."""
        try:
            return await asyncio.to_thread(self._path(key).read_bytes)
        except FileNotFoundError:
            raise KeyError(key) from None

    async def delete(self, key: str) -> None:
        """Forget a key."""
        with suppress(FileNotFoundError):
            await asyncio.to_thread(self._path(key).unlink)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError("a key is 1 to 64 of a-z, 0-9 and '-'")
        return self._folder / key[-2:] / key

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        with fresh.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        fresh.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def open_files(settings: Settings) -> FileStore:
    """Return the store the settings name: an S3 bucket, else a folder under `var`. Raises ValueError."""
    if settings.s3_bucket is None:
        return LocalFiles(settings.files or settings.var / "files")
    from shared.s3 import Credentials, S3Files

    if settings.s3_access_key is None or settings.s3_secret_key is None:
        raise ValueError("an S3 bucket needs CLOUD_S3_ACCESS_KEY and CLOUD_S3_SECRET_KEY")
    key = Credentials(settings.s3_access_key, settings.s3_secret_key.get_secret_value(), settings.s3_region)
    return S3Files(settings.s3_endpoint, settings.s3_bucket, key)
