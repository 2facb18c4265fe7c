"""The client of the registry of pupils in need: retries, bounds, and nothing of the answer in what it says."""

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from services.nutrition.registry.client import MOST_BYTES, HttpRegistry, open_registry
from services.nutrition.registry.port import Fetched, NullRegistry, RegistryFailed
from services.nutrition.registry.settings import RegistrySettings

DAY = date(2026, 12, 1)
ROW = {"canteen_id": "sch-1", "class_code": "extra-poor", "valid_from": "2026-09-01", "pupils": 12}
Answer = httpx.Response | Exception


class Outside:
    """A registry that gives these answers, one after the other, the last for good; requests and waits are kept."""

    def __init__(self, *answers: Answer, tries: int = 3) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []
        self.waited: list[float] = []
        settings = RegistrySettings(
            url="https://registry.example.org/v1/counts", token=SecretStr("secret-token"), tries=tries
        )
        self.registry = HttpRegistry(settings, transport=httpx.MockTransport(self._answer), sleep=self._sleep)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def _sleep(self, seconds: float) -> None:
        self.waited.append(seconds)

    async def fetch(self, county_code: str | None = None) -> Fetched:
        """Fetch the counts of the day."""
        return await self.registry.counts(DAY, county_code)


def page(*rows: dict[str, Any], after: str | None = None) -> httpx.Response:
    """A page of counts."""
    return httpx.Response(200, json={"counts": list(rows), "next": after})


async def test_pages_are_fetched_one_after_the_other() -> None:
    """Day, county and cursor are asked for, the token is sent; the source kept is the host alone."""
    outside = Outside(page(ROW, after="p2"), page(ROW | {"canteen_id": "sch-2"}))
    fetched = await outside.fetch("520628")
    assert [row["canteen_id"] for row in fetched.rows] == ["sch-1", "sch-2"]
    assert fetched.source == "registry at registry.example.org"
    assert [dict(request.url.params) for request in outside.asked] == [
        {"on": "2026-12-01", "county_code": "520628"},
        {"on": "2026-12-01", "county_code": "520628", "after": "p2"},
    ]
    assert {request.method for request in outside.asked} == {"GET"}
    assert {request.headers["authorization"] for request in outside.asked} == {"Bearer secret-token"}


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ConnectError("no"),
        httpx.ReadTimeout("slow"),
        httpx.Response(503),
        httpx.Response(429),
        httpx.Response(502),
    ],
)
async def test_what_waiting_may_mend_is_asked_again(failure: Answer) -> None:
    """A broken connection, a time-out, a busy or failing gateway: asked again, waiting longer each time."""
    outside = Outside(failure, failure, page(ROW))
    assert len((await outside.fetch()).rows) == 1
    assert len(outside.asked) == 3
    assert 0.25 <= outside.waited[0] <= 0.5 <= outside.waited[1] <= 1.0


async def test_it_gives_up() -> None:
    """After the last try the import fails with what went wrong, and does not wait for nothing."""
    outside = Outside(httpx.ConnectError("no"), tries=2)
    with pytest.raises(RegistryFailed) as failed:
        await outside.fetch()
    assert (failed.value.rule, failed.value.status) == ("registry-unreachable", 502)
    assert (len(outside.asked), len(outside.waited)) == (2, 1)


@pytest.mark.parametrize(("asked", "waited"), [("4", 4.0), ("99999", 10.0), ("tomorrow", None), ("\u0663", None)])
async def test_it_waits_as_long_as_it_is_asked_to(asked: str, waited: float | None) -> None:
    """`Retry-After` is heeded up to ten seconds; one that is no number is not."""
    busy = httpx.Response(429, headers=[(b"retry-after", asked.encode())])
    outside = Outside(busy, page(ROW))
    await outside.fetch()
    (seconds,) = outside.waited
    assert seconds == waited if waited is not None else seconds <= 0.5


@pytest.mark.parametrize("status", [301, 302, 400, 401, 403, 404, 500])
async def test_what_waiting_does_not_mend_ends_the_import(status: int) -> None:
    """Refusals, failures and redirects are told at once, once, without a word of the answer."""
    outside = Outside(
        httpx.Response(status, text="张三 is poor", headers={"location": "https://elsewhere.example.org"})
    )
    with pytest.raises(RegistryFailed) as failed:
        await outside.fetch()
    assert (failed.value.rule, len(outside.asked)) == ("registry-refused", 1)
    assert failed.value.detail == f"the registry: answered {status}"


GARBAGE: list[Any] = [
    b"",
    b"<html>",
    b"\xff\xfe",
    b"[]",
    b"null",
    b"{}",
    b'{"counts": {}}',
    b'{"counts": [1]}',
    b"[" * 100_000,
]
NO_CURSORS: list[Any] = [1, "", [], "x" * 501]
GARBAGE += [json.dumps({"counts": [], "next": after}).encode() for after in NO_CURSORS]


@pytest.mark.parametrize("body", GARBAGE, ids=range(len(GARBAGE)))
async def test_garbage_is_refused_as_a_whole(body: bytes) -> None:
    """What is no list of counts is no answer."""
    with pytest.raises(RegistryFailed) as failed:
        await Outside(httpx.Response(200, content=body)).fetch()
    assert failed.value.rule == "registry-garbage"


@pytest.mark.parametrize(
    ("answers", "rule"),
    [
        ([page(ROW, after="a"), page(ROW, after="b"), page(ROW, after="a")], "registry-endless"),
        ([httpx.Response(200, content=b" " * (MOST_BYTES + 1))], "registry-too-much"),
    ],
)
async def test_answers_are_bounded(answers: Sequence[Answer], rule: str) -> None:
    """Pages that lead back to one another and pages without end are refused."""
    with pytest.raises(RegistryFailed) as failed:
        await Outside(*answers).fetch()
    assert failed.value.rule == rule


@given(st.binary(max_size=200) | st.text(max_size=50).map(lambda text: json.dumps({"counts": [text]}).encode()))
async def test_any_bytes_are_rows_or_a_refusal(body: bytes) -> None:
    """Whatever the bytes: rows, or a refusal that repeats nothing of them."""
    try:
        fetched = await Outside(httpx.Response(200, content=body)).fetch()
    except RegistryFailed as failed:
        said = failed.detail
    else:
        said = "rows" if all(isinstance(row, dict) for row in fetched.rows) else "other things"
    assert said in ("rows", "the registry's answer is no JSON", "the registry's answer has no list of counts")


def _with(**given: Any) -> Callable[[], RegistrySettings]:
    return lambda: RegistrySettings(**given)


@pytest.mark.parametrize(
    "url",
    [
        "http://registry.example.org",
        "ftp://127.0.0.1",
        "registry",
        "https://",
        "https://me:pw@x.org",
        "https://x.org?a=1",
    ],
)
def test_a_token_is_not_sent_in_the_clear(url: str) -> None:
    """Only https leaves the machine, and no secret stands in the URL."""
    with pytest.raises(ValidationError):
        _with(url=url)()


async def test_without_a_url_there_is_no_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The default asks nobody and brings nothing; with a URL in the environment there is one."""
    monkeypatch.delenv("CLOUD_COUNTS_REGISTRY_URL", raising=False)
    nobody = open_registry()
    assert isinstance(nobody, NullRegistry)
    assert await nobody.counts(DAY, None) == Fetched("", [])
    monkeypatch.setenv("CLOUD_COUNTS_REGISTRY_URL", "http://127.0.0.1:9/counts")
    monkeypatch.setenv("CLOUD_COUNTS_REGISTRY_TOKEN", "secret-token")
    assert isinstance(open_registry(), HttpRegistry)
    assert "secret-token" not in repr(RegistrySettings())


def test_the_registry_of_households_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """What names the registry that farmers follow names none here, nor its token: services may share an environment."""
    monkeypatch.delenv("CLOUD_COUNTS_REGISTRY_URL", raising=False)
    monkeypatch.setenv("CLOUD_REGISTRY_URL", "https://households.example.org/changes")
    monkeypatch.setenv("CLOUD_REGISTRY_TOKEN", "of-the-households")
    assert (RegistrySettings().url, RegistrySettings().token) == (None, None)
