"""Photos as cameras make them, and what becomes of them."""

import struct
from io import BytesIO


def bitmap(width: int, height: int) -> bytes:
    """A grey picture of 10 MB, as BMP."""
    pixels = bytes(range(256)) * (width * height * 3 // 256 + 1)
    size = width * height * 3
    return (
        struct.pack("<2sIHHIIiiHHIIiiII", b"BM", 54 + size, 0, 0, 54, 40, width, height, 1, 24, 0, size, 0, 0, 0, 0)
        + (pixels[:size])
    )


def size_of_jpeg(data: bytes) -> tuple[int, int]:
    """Width and height, from the frame's header (ITU T.81 B.2.2)."""
    stream = BytesIO(data[2:])
    while True:
        marker, length = struct.unpack(">HH", stream.read(4))
        if 0xFFC0 <= marker <= 0xFFC2:
            _, height, width = struct.unpack(">BHH", stream.read(5))
            return width, height
        stream.read(length - 2)
