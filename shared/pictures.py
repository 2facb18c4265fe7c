"""Photos as JPEGs (ITU-T T.81): what of one is shown to others, and how large it is."""

from collections.abc import Iterator

from shared.errors import DomainError

JPEG = "image/jpeg"
_SCAN, _COMMENT = 0xDA, 0xFE
_KEPT_APPLICATION = frozenset({0xE0, 0xE2, 0xEE})
"""JFIF, the colour profile, Adobe's colour transform: without them colours are wrong."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Headers of frames; the three others of their range are tables."""


def require_photo(media_type: str, field: str = "file_id") -> None:
    """Refuse what is no JPEG: of nothing else is it known what else it tells. Raises DomainError."""
    if media_type != JPEG:
        raise DomainError("no-photo", "a photo is a JPEG", field=field)


def picture_alone(data: bytes, field: str = "file_id") -> bytes:
    """Return a JPEG without what cameras write beside the picture: place, time, maker, comments (B.1).

    Raises DomainError for what is no JPEG to its first scan.
    """
    kept = bytearray(data[:2])
    for kind, begins, ends in _segments(data, field):
        is_application = 0xE0 <= kind <= 0xEF
        if kind == _SCAN or (kind != _COMMENT and (not is_application or kind in _KEPT_APPLICATION)):
            kept += data[begins:ends]
    return bytes(kept)


def size_px(data: bytes, field: str = "file_id") -> tuple[int, int]:
    """Return how wide and how high a JPEG is, by its frame's header (B.2.2). Raises DomainError where none says it."""
    for kind, begins, ends in _segments(data, field):
        if kind in _FRAMES and ends - begins >= 9:
            high, wide = (int.from_bytes(data[begins + at : begins + at + 2], "big") for at in (5, 7))
            if high and wide:
                return wide, high
    raise DomainError("no-photo", "the photo does not say how large it is", field=field)


def _segments(data: bytes, field: str) -> Iterator[tuple[int, int, int]]:
    """Yield the kind of each segment and where it begins and ends; the first scan reaches to the end of all."""
    at = 2
    while True:
        marker, length = data[at + 1 : at + 2], int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at : at + 1] != b"\xff" or length < 2 or at + 2 + length > len(data):
            raise DomainError("no-photo", "the photo is damaged", field=field)
        ends = len(data) if marker[0] == _SCAN else at + 2 + length
        yield marker[0], at, ends
        if marker[0] == _SCAN:
            return
        at = ends
