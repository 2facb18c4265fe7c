"""Server-sent events, read from the lines of a stream."""

from collections.abc import AsyncGenerator, AsyncIterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Frame:
    """An event: its id, its name and its data."""

    id: str = ""
    event: str = "message"
    data: list[str] = field(default_factory=list)


async def frames(lines: AsyncIterable[str]) -> AsyncGenerator[Frame, None]:
    """Give the events of a stream, as browsers read them; comments and what is cut off at the end are none."""
    frame = Frame()
    async for line in lines:
        if not line:
            if frame.data:
                yield frame
            frame = Frame(id=frame.id)
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            frame.data.append(value)
        elif name == "event":
            frame.event = value
        elif name == "id":
            frame.id = value
