"""What others see of a photo: the picture, how large it is, and nothing that tells where and when it was taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import DomainError
from shared.pictures import picture_alone, require_photo, size_px

SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x12\xff\x00\xff\xe1\x34" + b"\xff\xd9"
"""A scan whose data look like a segment."""


def segment(kind: int, data: bytes) -> bytes:
    """A segment of a JPEG."""
    return b"\xff" + bytes([kind]) + (len(data) + 2).to_bytes(2, "big") + data


KEPT = [segment(0xE0, b"JFIF\x00"), segment(0xE2, b"ICC"), segment(0xEE, b"Adobe"), segment(0xDB, b"\x00" * 65)]
LEFT = [segment(0xE1, b"Exif\x00\x00GPS 28.17 109.21"), segment(0xED, b"Photoshop"), segment(0xFE, b"a comment")]


def photo(*segments: bytes) -> bytes:
    """A JPEG of these segments."""
    return b"\xff\xd8" + b"".join(segments) + SCAN


@given(st.lists(st.sampled_from(KEPT + LEFT), max_size=8))
def test_the_picture_stays_and_nothing_else(segments: list[bytes]) -> None:
    """Tables, frames and colours are kept in their order; what cameras and people write is left out; twice is once."""
    alone = picture_alone(photo(*segments))
    assert alone == photo(*[each for each in segments if each in KEPT])
    assert picture_alone(alone) == alone


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8", b"\xff\xd8\x00\xe1\x00\x04", photo()[:7], b"\xff\xd8\xff\xe1\x00\x01"]
)
def test_what_is_damaged_is_refused(data: bytes) -> None:
    """Whatever is not known to its first scan is not shown."""
    with pytest.raises(DomainError, match="damaged"):
        picture_alone(data)


def test_only_photos() -> None:
    """A certificate's PDF is no photo."""
    require_photo("image/jpeg")
    for other in ("image/png", "application/pdf"):
        with pytest.raises(DomainError):
            require_photo(other)


FRAME = b"\x08\x00\xf0\x01\x40\x03" + b"\x01\x11\x00" * 3
"""Precision, 240 high, 320 wide, three components."""


@pytest.mark.parametrize("kind", [0xC0, 0xC1, 0xC2, 0xCF])
def test_how_large_it_is(kind: int) -> None:
    """A frame's header says it, whatever stands before; tables of Huffman codes have no size."""
    assert size_px(photo(*KEPT, segment(0xC4, b"\x00" * 17), segment(kind, FRAME))) == (320, 240)


@pytest.mark.parametrize("frame", [b"", FRAME[:4], b"\x08\x00\x00\x01\x40\x03"])
def test_what_has_no_size_is_refused(frame: bytes) -> None:
    """No header of a frame, one that is cut off, and one that says nothing (its lines are counted later)."""
    with pytest.raises(DomainError, match="how large"):
        size_px(photo(*([segment(0xC0, frame)] if frame else [])))
