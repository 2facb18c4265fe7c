"""What of a photo is shown to everybody: the picture, and nothing a camera writes beside it."""

from shared.errors import DomainError

JPEG = "image/jpeg"
_SCAN, _COMMENT = 0xDA, 0xFE
_KEPT_APPLICATION = frozenset({0xE0, 0xE2, 0xEE})
"""JFIF, the colour profile, Adobe's colour transform: without them colours are wrong."""


def require_photo(media_type: str) -> None:
    """Refuse what is no JPEG: of nothing else is it known what else it tells."""
    if media_type != JPEG:
        raise DomainError("no-photo", "a photo of a lot is a JPEG", field="file_id")


def picture_alone(data: bytes) -> bytes:
    """Return a JPEG without what cameras write beside the picture: place, time, maker, comments (ITU-T T.81 B.1).

    Raises DomainError for what is no JPEG to its first scan.
    """
    kept, at = bytearray(data[:2]), 2
    while True:
        marker, length = data[at + 1 : at + 2], int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at : at + 1] != b"\xff" or length < 2 or at + 2 + length > len(data):
            raise DomainError("no-photo", "the photo is damaged", field="file_id")
        kind = marker[0]
        if kind == _SCAN:
            return bytes(kept + data[at:])
        is_application = 0xE0 <= kind <= 0xEF
        if kind != _COMMENT and (not is_application or kind in _KEPT_APPLICATION):
            kept += data[at : at + 2 + length]
        at += 2 + length
