"""Forms: what a page shows to be filled in, and what came back.

form = Form.new("/inbox/ord-1/decline", {"reason": "harvest_failed"})     # GET: into the template
fields = await fields_of(request)                                         # POST
kg = fields.kg("quantity")
fields.check()                                                            # raises Invalid with every fault
… except (Invalid, Refused) as refused:
    return page(request, "inbox/decline.html", status=422, form=Form.again("/inbox/…", fields, refused))
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Self
from unicodedata import normalize

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from services.portal.languages import N_, Holed
from shared.errors import DomainError
from shared.ids import new_id

CSRF_FIELD, KEY_FIELD, PAGE_FIELD = "_csrf", "_key", "_page"
OURS = frozenset({CSRF_FIELD, KEY_FIELD, PAGE_FIELD})
_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{0,6})?")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]*)?")
_MOST_G = 1_000_000_000


class Invalid(DomainError):
    """Fields that are wrong before any service was asked; `faults` say what, by the field's name (msgids)."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        first = next(iter(faults))
        super().__init__("invalid-input", faults[first], field=first)
        self.faults = dict(faults)


@dataclass(frozen=True)
class Form:
    """A form as it is shown: where it is sent, what stands in its fields, what is wrong with which, its key.

    `fault` is what is wrong with the whole (a msgid, or a rule's meaning).
    """

    action: str
    values: Mapping[str, Any] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    fault: str | None = None
    key: str = ""

    @classmethod
    def new(cls, action: str, values: Mapping[str, Any] | None = None) -> Self:
        """Return a form nobody has filled in yet; its key makes sure that it takes effect once."""
        return cls(action, values or {}, key=new_id())

    @classmethod
    def again(cls, action: str, fields: "Fields", refused: DomainError, names: Mapping[str, str] | None = None) -> Self:
        """Return a form that was refused, as it was filled in.

        `names` are the fields of the page by those of the service (`{"lines.0.quantity_g": "kg"}`).
        """
        faults: dict[str, str] = {}
        if isinstance(refused, Invalid):
            faults = refused.faults
        else:
            from services.portal.refusals import meaning  # it knows all slices, which know forms

            places = [each.get("field") for each in getattr(refused, "errors", ())] or [refused.field]
            for place in places:
                bare = str(place or "").removeprefix("body.")
                name = (names or {}).get(bare, bare.rpartition(".")[2])
                if name in fields.values:
                    faults[name] = meaning(refused)
            if not faults:
                return cls(action, fields.values, fault=meaning(refused), key=fields.key)
        return cls(action, fields.values, faults, key=fields.key)

    @property
    def id(self) -> str:
        """What it is called in its page; its fields begin so."""
        return "form" + re.sub(r"[^A-Za-z0-9]+", "-", self.action)

    def value(self, name: str, default: Any = "") -> Any:
        """Return what stands in a field."""
        return self.values.get(name, default)


class Fields:
    """What came back of a form. Each reader notes what is wrong and returns something of its kind all the same."""

    def __init__(self, data: FormData) -> None:
        self._data = data
        self.values = {name: value for name, value in data.items() if isinstance(value, str) and name not in OURS}
        self.faults: dict[str, str] = {}
        sent_from = data.get(PAGE_FIELD)
        self.sent_from = sent_from if isinstance(sent_from, str) else None
        key = data.get(KEY_FIELD)
        self.key = key if isinstance(key, str) and _KEY.fullmatch(key) else new_id()

    def check(self) -> None:
        """Raise Invalid where something is wrong."""
        if self.faults:
            raise Invalid(self.faults)

    def text(self, name: str, *, longest: int = 500, needed: bool = True) -> str:
        """Return a text."""
        value = self.values.get(name, "").strip()
        if needed and not value:
            self.faults[name] = N_("This is needed.")
        elif len(value) > longest:
            self.faults[name] = Holed(N_("This is too long: at most {n} characters."), n=longest)
        elif _NOT_TEXT.search(value):
            self.faults[name] = N_("This holds characters that are no text.")
        return value

    def several(self, name: str, *, most: int = 200) -> list[str]:
        """Return all values of a name, of boxes that were ticked."""
        found = [each for each in self._data.getlist(name) if isinstance(each, str)]
        return found[:most]

    def one_of(self, name: str, known: Mapping[str, Any] | frozenset[str]) -> str:
        """Return a choice."""
        value = self.values.get(name, "")
        if value not in known:
            self.faults[name] = N_("Choose one of these.")
        return value

    def kg(self, name: str, *, least_g: int = 1, most_g: int = _MOST_G) -> int:
        """Return grams from a number of kilograms as people write it: 12.5, 12,5, ０.５, and 1,234 as pages do."""
        grams = self._decimal(name, 1000)
        if name not in self.faults and not least_g <= grams <= most_g:
            self.faults[name] = N_("This weight is not possible here.")
        return grams

    def fen(self, name: str, *, least_fen: int = 0, most_fen: int = 10**11) -> int:
        """Return fen from a number of yuan."""
        fen = self._decimal(name, 100)
        if name not in self.faults and not least_fen <= fen <= most_fen:
            self.faults[name] = N_("This sum is not possible here.")
        return fen

    def whole(self, name: str, *, least: int = 0, most: int = 1_000_000) -> int:
        """Return a whole number."""
        value = normalize("NFKC", self.values.get(name, "").strip())
        if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
            self.faults[name] = N_("This number is not possible here.")
            return least
        return int(value)

    def day(self, name: str) -> date:
        """Return a day."""
        try:
            return date.fromisoformat(self.values.get(name, "").strip())
        except ValueError:
            self.faults[name] = N_("Choose a day.")
            return date(1970, 1, 1)

    def file(self, name: str) -> UploadFile | None:
        """Return a file that was sent, None where none was chosen."""
        found = self._data.get(name)
        return found if isinstance(found, UploadFile) and found.size else None

    def _decimal(self, name: str, times: int) -> int:
        value = normalize("NFKC", self.values.get(name, "").strip()).replace("。", ".")
        value = value.replace(",", "") if _THOUSANDS.fullmatch(value) else value.replace(",", ".")
        if not _DECIMAL.fullmatch(value):
            self.faults[name] = N_("Write a number.")
            return 0
        number = Decimal(value) * times
        whole = int(number)
        if whole != number:
            self.faults[name] = N_("This has too many decimals.")
        return whole


async def fields_of(request: Request) -> Fields:
    """Return the fields of the form that was sent."""
    return Fields(await request.form())


def typed_kg(grams: int) -> str:
    """Write grams as kilograms, as they are typed into a field: 12.5."""
    return f"{grams // 1000}.{grams % 1000:03}".rstrip("0").rstrip(".")


def typed_yuan(fen: int) -> str:
    """Write fen as yuan, as they are typed into a field: 1.54."""
    return f"{fen // 100}.{fen % 100:02}"
