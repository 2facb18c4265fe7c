"""A person at the portal, without a browser: signed in, asking for pages, sending the forms that are on them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx

from shared.auth.principal import Principal
from tests.world import World

HTML = {"Accept": "text/html,application/xhtml+xml"}


def portal_of(world: World, who: Principal | None) -> httpx.AsyncClient:
    """Return a client that asks the portal for pages as somebody; None: as nobody."""
    client = world.client("portal", as_=who)
    client.headers.update(HTML)
    return client


@dataclass
class FormFound:
    """A form of a page: where it is sent, and what stands in its fields."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[FormFound] = []
        self._select = self._area = ""
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, or a field of the form at hand."""
        told = {name: value or "" for name, value in attrs}
        name, value = told.get("name", ""), told.get("value", "")
        if tag == "form":
            self.found.append(FormFound(told.get("action", "")))
            self._inside = True
        elif not self._inside:
            return
        elif tag == "input" and name and (told.get("type") not in ("radio", "checkbox") or "checked" in told):
            self.found[-1].fields[name] = value
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in told or self._select not in self.found[-1].fields):
            self.found[-1].fields[self._select] = value
        elif tag == "textarea":
            self._area = name

    def handle_data(self, data: str) -> None:
        """Take the text of an area."""
        if self._area:
            self.found[-1].fields[self._area] = data

    def handle_endtag(self, tag: str) -> None:
        """Leave a form, a choice or an area."""
        self._inside = self._inside and tag != "form"
        self._select = "" if tag == "select" else self._select
        self._area = "" if tag == "textarea" else self._area


def forms_in(page: httpx.Response) -> list[FormFound]:
    """Return the forms of a page."""
    parser = _Forms()
    parser.feed(page.text)
    return parser.found


async def send(client: httpx.AsyncClient, page: httpx.Response, action: str, **said: str) -> httpx.Response:
    """Fill in the form of a page that is sent to `action`, and send it as a browser would."""
    found = [each for each in forms_in(page) if each.action == action]
    assert found, f"no form to {action}, but to {[each.action for each in forms_in(page)]}"
    return await client.post(action, data=found[0].fields | said, headers={"Sec-Fetch-Site": "same-origin"})
