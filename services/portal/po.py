"""Reading gettext's PO files: what our catalogs hold, nothing more. Babel would take fifty times as long at a start."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Message:
    """A message: its context, the sentence, its plural, what is said for it, and whether somebody doubts that."""

    context: str | None = None
    one: str = ""
    many: str | None = None
    told: list[str] = field(default_factory=list)
    fuzzy: bool = False

    @property
    def key(self) -> tuple[str | None, str]:
        """What it is found by."""
        return self.context, self.one


def read(text: str) -> list[Message]:
    """Return the messages of a catalog without its header. Raises ValueError for a line that is none of PO."""
    return [each for each in _messages(text) if each.one]


def _messages(text: str) -> Iterator[Message]:
    present, place, fuzzy = Message(), "", False
    for number, line in enumerate(text.splitlines(), 1):
        word, _, rest = line.strip().partition(" ")
        if word.startswith("#"):
            fuzzy = fuzzy or (word == "#," and "fuzzy" in rest)
            continue
        if not word:
            continue
        if word.startswith('"'):
            _add(present, place, line.strip(), number)
            continue
        if word in ("msgctxt", "msgid") and place.startswith("msgstr"):
            yield present
            present = Message()
        if word == "msgid":
            present.fuzzy, fuzzy = fuzzy, False
        if word.startswith("msgstr"):
            present.told.append("")
        place = word
        _add(present, place, rest, number)
    if place.startswith("msgstr"):
        yield present


def _add(message: Message, place: str, quoted: str, number: int) -> None:
    try:
        text = ast.literal_eval(quoted)
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"line {number} is no text of a catalog: {quoted[:60]}") from error
    match place:
        case "msgctxt":
            message.context = (message.context or "") + text
        case "msgid":
            message.one += text
        case "msgid_plural":
            message.many = (message.many or "") + text
        case _ if place.startswith("msgstr"):
            message.told[-1] += text
        case _:
            raise ValueError(f"line {number}: {place[:60]} is no word of a catalog")
