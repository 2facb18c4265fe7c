"""Logs hold no tokens, secrets, names and phones, whoever logs them and however deep they lie."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from shared.ids import new_id
from shared.messaging.envelope import traceparent
from shared.redaction import REDACTED, redact, redact_text
from shared.sealing import new_key
from shared.telemetry import log_as_json

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJmaWN0aW9uYWwifQ.c2lnbmF0dXJl"
PLANTED = [
    "13800001234",
    "+86 138 0000 1234",
    "138-0000-1234",
    "0856-6000000",
    "+86 100 0000 0001",
    "522128199001011234",
    "52212819900101123X",
    "6217009988776655",
    JWT,
    "whsec_" + "A" * 43 + "=",
    new_key("2026-11-26"),
]


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """All that is logged, ours and the libraries'."""
    before, factory, written = structlog.get_config(), logging.getLogRecordFactory(), io.StringIO()
    log_as_json("DEBUG")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(written))
    handler = logging.StreamHandler(written)
    logging.root.addHandler(handler)
    yield written
    logging.root.removeHandler(handler)
    logging.setLogRecordFactory(factory)
    structlog.configure(**before)


def test_a_line_says_on_whose_behalf_it_is(logs: io.StringIO) -> None:
    """What is logged while a request or an event is handled has its trace; what happens by itself has none."""
    token = traceparent.set("00-0123456789abcdef0123456789abcdef-0123456789abcdef-01")
    structlog.get_logger().info("asked")
    traceparent.reset(token)
    structlog.get_logger().info("by-itself")
    asked, alone = (json.loads(line) for line in logs.getvalue().splitlines())
    assert asked["trace_id"] == "0123456789abcdef0123456789abcdef"
    assert "trace_id" not in alone


@pytest.mark.parametrize("level", ["DEBUG", "ERROR"])
def test_what_libraries_say_is_a_line_like_ours(capsys: pytest.CaptureFixture[str], level: str) -> None:
    """Whoever collects logs reads each line as JSON; a library's warning or traceback is one, with its trace."""
    log_as_json(level)
    log_as_json(level)  # said again, a line is written once
    token = traceparent.set("00-0123456789abcdef0123456789abcdef-0123456789abcdef-01")
    library = logging.getLogger("aiokafka.cluster")
    library.debug("topic %s", "a")
    library.warning("no broker at %s", "kafka:9092")
    try:
        _fail("13800001234")
    except ValueError:
        library.exception("two\nlines")
    traceparent.reset(token)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["no broker at kafka:9092", "two\nlines"][level == "ERROR" :]
    assert {line["trace_id"] for line in lines} == {"0123456789abcdef0123456789abcdef"}
    assert (lines[-1]["logger"], lines[-1]["level"]) == ("aiokafka.cluster", "error")
    assert lines[-1]["exception"].endswith("ValueError: no answer from [redacted]")


def _fail(planted: str) -> None:
    raise ValueError(f"no answer from {planted}")


@pytest.mark.parametrize("planted", PLANTED, ids=range(len(PLANTED)))  # one is made anew each time
def test_what_shows_its_pattern_is_never_logged(logs: io.StringIO, planted: str) -> None:
    """In a message, a value, a list, an exception's text or a library's record: it is gone, what is around it stays."""
    log = structlog.get_logger()
    log.warning(f"called {planted} twice", said=f"at {planted}", deep=[{"where": (planted,)}])
    try:
        _fail(planted)
    except ValueError as error:
        log.exception("failed", error=repr(error))
        logging.getLogger("library").exception("it failed for %s", planted)
    text = logs.getvalue()
    assert planted not in text
    assert "called [redacted] twice" in text
    assert "no answer from [redacted]" in text
    assert "it failed for [redacted]" in text


@pytest.mark.parametrize("key", ["name", "phone", "Authorization", "set-cookie", "refresh_token", "name_sealed"])
def test_what_its_key_names_is_never_logged(logs: io.StringIO, key: str) -> None:
    """A name has no pattern: what is said under such a key goes, at any depth; what nobody said stays null."""
    structlog.get_logger().info("seen", **{key: "虚构赵铁柱"}, row={"id": "hh-1", "said": [{key: "虚构赵铁柱"}]})
    said = json.loads(logs.getvalue())
    assert (said[key], said["row"]) == (REDACTED, {"id": "hh-1", "said": [{key: REDACTED}]})
    assert redact({key: None}) == {key: None}


def test_a_key_that_is_no_word_names_nothing() -> None:
    """Counts by week or class of status keep their values; what shows a pattern goes all the same."""
    assert redact({7: "rice", ("a", 1): 4, None: "call 13800001234"}) == {
        7: "rice",
        ("a", 1): 4,
        None: "call [redacted]",
    }


def test_bearers_and_passwords_in_addresses_go() -> None:
    """A header's credentials and an address's user go with whatever alphabet they have."""
    assert redact_text("Authorization: Bearer abc.def-123~x") == "Authorization: [redacted]"
    assert redact_text("postgresql://cloud:hunter2@db:5432/farmers") == "postgresql://[redacted]@db:5432/farmers"


@given(st.integers(-(10**12), 10**12), st.floats(allow_nan=False), st.booleans())
def test_what_is_not_private_is_logged_as_it_is(number: int, measure: float, yes: bool) -> None:
    """Numbers, truth values, ids and instants are no phones."""
    kept: dict[str, Any] = {"grams": number, "seconds": measure, "yes": yes, "nobody": None, "id": new_id()}
    kept |= {"at": "2026-11-23T01:00:00.123456Z", "code": "520628103", "household": "hh-520628-00001"}
    assert redact(kept) == kept
