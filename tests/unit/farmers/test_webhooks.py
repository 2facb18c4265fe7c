"""The rules of webhooks without a service: signatures, addresses, patience."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.farmers.webhooks.addresses import reachable, require_url
from services.farmers.webhooks.domain import (
    MOST_ENDPOINTS,
    MOST_SECRETS,
    Endpoint,
    Fate,
    Outcome,
    Patience,
    Status,
    after_attempts,
    change,
    next_attempt,
    pause,
    require_active,
    require_new,
    require_room,
    require_version,
    resume,
)
from services.farmers.webhooks.signing import headers, new_secret
from shared.errors import Conflict, DomainError, StaleVersion
from shared.settings import Settings

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
PATIENCE = Patience((5, 20, 80), timedelta(days=3))
TAKEN, FAILED, GONE = Outcome(204, None, 3), Outcome(None, "timeout", 9), Outcome(410, None, 3)


def test_a_signature_is_that_of_the_standard() -> None:
    """Standard Webhooks' published example is signed as its own libraries sign it; two secrets give two signatures."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    stamp = datetime.fromtimestamp(1_614_265_330, UTC)
    made = headers([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", stamp, b'{"test": 2432232314}')
    assert made == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    two = headers([new_secret(), secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", stamp, b'{"test": 2432232314}')
    assert two["webhook-signature"].split(" ")[1:] == [made["webhook-signature"]]


@pytest.mark.parametrize(
    "url",
    [
        *("http://xiangsui.example/", "https://127.0.0.1/", "https://[::1]/", "https://10.1.2.3/", "ftp://a.example/"),
        *("https://169.254.169.254/latest/meta-data", "https://[::ffff:10.0.0.1]/", "https://[fe80::1]/", "https://"),
        *("https://user:word@xiangsui.example/", "https://xiangsui.example/#part", "https://a b.example/", "nonsense"),
        *("https://xiangsui.example:0/", "https://xiangsui.example:99999/", "https://向穗.example/", "//a.example/"),
        *("https://[64:ff9b::a9fe:a9fe]/", "https://xiangsui.example\\@10.0.0.1/", "https://100.100.100.200/"),
        *("https://a.example/\r\nx: y", "https://a.example:port/", "https://[::1/", "https://:443/"),
    ],
)
def test_only_public_https_addresses_are_taken(url: str) -> None:
    """Nothing of this machine, this network or a cloud's metadata is taken, in whatever way it is written."""
    with pytest.raises(DomainError) as refused:
        require_url(url, loopback=False)
    assert (refused.value.rule, refused.value.field) == ("webhook-url", "url")


def test_for_trying_out_this_machine_is_taken_and_nothing_else_more() -> None:
    """Loopback may be sent to over http when the setting says so; private networks may not."""
    for url in ("http://127.0.0.1:8080/", "http://localhost/", "https://[::1]/", "https://xiangsui.example:8443/a?b=c"):
        require_url(url, loopback=True)
    for url in ("http://xiangsui.example/", "http://10.0.0.1/", "https://192.168.1.1/", "https://169.254.169.254/"):
        with pytest.raises(DomainError):
            require_url(url, loopback=True)


@pytest.mark.parametrize(
    ("address", "may"),
    [
        *(("8.8.8.8", True), ("2400:3200::1", True), ("::ffff:8.8.8.8", True), ("64:ff9b::8.8.8.8", True)),
        *(("127.0.0.1", False), ("127.9.9.9", False), ("0.0.0.0", False), ("::", False), ("::1", False)),  # noqa: S104
        *(("10.0.0.1", False), ("172.16.0.1", False), ("192.168.0.1", False), ("100.64.0.1", False)),
        *(("169.254.169.254", False), ("100.100.100.200", False), ("192.0.0.192", False), ("168.63.129.16", False)),
        *(("224.0.0.1", False), ("255.255.255.255", False), ("240.0.0.1", False), ("198.18.0.1", False)),
        *(("fe80::1", False), ("fe80::1%eth0", False), ("fd00:ec2::254", False), ("ff02::1", False)),
        *(("::ffff:169.254.169.254", False), ("64:ff9b::10.0.0.1", False), ("2002:7f00:1::", False)),
    ],
)
def test_messages_go_to_public_addresses_only(address: str, may: bool) -> None:
    """Private, loopback, link-local, multicast, reserved and metadata addresses are refused, also inside IPv6 ones."""
    assert reachable(address, loopback=False) is may


def test_waits_grow_to_about_a_day() -> None:
    """The settings' waits grow, and sum up to 20 to 28 hours."""
    waits = Settings().webhook_waits_s
    assert list(waits) == sorted(waits)
    assert 20 * 3600 <= sum(waits) <= 28 * 3600


def test_a_message_is_tried_until_no_wait_is_left() -> None:
    """Each failure waits longer; after the last wait it is dead; luck spreads, and who asks for longer gets it."""
    fates = [next_attempt(FAILED, tries, PATIENCE, NOW, 1.0) for tries in (1, 2, 3, 4)]
    waits = [(at - NOW).total_seconds() for _, _, at in fates if at]
    assert (waits, fates[3]) == ([5, 20, 80], (Fate.DEAD, "no-attempt-left", None))
    assert next_attempt(FAILED, 1, PATIENCE, NOW, 1.2)[2] == NOW + timedelta(seconds=6)
    for status, wait in ((429, 600), (503, 600), (500, 5)):
        busy = Outcome(status, None, 3, retry_after_s=600)
        assert next_attempt(busy, 1, PATIENCE, NOW, 1.0)[2] == NOW + timedelta(seconds=wait)
    assert next_attempt(TAKEN, 1, PATIENCE, NOW, 1.0) == (Fate.DELIVERED, None, None)
    assert next_attempt(GONE, 1, PATIENCE, NOW, 1.0) == (Fate.DEAD, "gone", None)


def _endpoint() -> Endpoint:
    return Endpoint("e", "coop-1", "https://a.example/", ("order.placed",), 1, Status.ACTIVE, None, NOW, NOW)


def test_an_endpoint_that_fails_rests_longer_and_longer() -> None:
    """It rests 5, 10, 20 s … five minutes at most, and what it takes ends that."""
    endpoint, rests, now = _endpoint(), [], NOW
    for _ in range(9):
        endpoint = after_attempts(endpoint, [FAILED, FAILED], PATIENCE, now, 1.0)
        assert endpoint.resting_until is not None
        rests.append((endpoint.resting_until - now).total_seconds())
        now = endpoint.resting_until
    assert rests == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert endpoint.failing_since == NOW
    well = after_attempts(endpoint, [FAILED, TAKEN], PATIENCE, now, 1.0)
    assert (well.failures, well.failing_since, well.resting_until, well.delivered_at) == (0, None, None, now)


def test_an_endpoint_that_fails_for_days_is_off() -> None:
    """It says since when it took nothing; 410 Gone ends it at once, whatever else it took."""
    failing = after_attempts(_endpoint(), [FAILED], PATIENCE, NOW, 1.0)
    before = after_attempts(failing, [FAILED], PATIENCE, NOW + timedelta(days=3, seconds=-1), 1.0)
    after = after_attempts(before, [FAILED], PATIENCE, NOW + timedelta(days=3), 1.0)
    assert (before.status, after.status) == (Status.ACTIVE, Status.OFF)
    assert after.status_reason == "it took nothing since 2026-11-23T01:00:00+00:00"
    gone = after_attempts(_endpoint(), [TAKEN, GONE], PATIENCE, NOW, 1.0)
    assert (gone.status, gone.status_reason) == (Status.OFF, "it answered 410 Gone")


def test_an_endpoint_that_asks_for_time_gets_it() -> None:
    """It rests for the longest any of its answers asked for, also when it took other messages; a 500 asks nothing."""
    busy = [Outcome(status, None, 3, retry_after_s=wait) for status, wait in ((429, 60), (503, 600), (500, 900))]
    for outcomes in ([*busy, TAKEN], busy):
        rests = after_attempts(_endpoint(), outcomes, PATIENCE, NOW, 1.0)
        assert rests.resting_until == NOW + timedelta(seconds=600)
    assert after_attempts(_endpoint(), [], PATIENCE, NOW, 1.0) == _endpoint()


def test_an_answer_stands_in_no_log() -> None:
    """What an endpoint answered may hold anything: its cooperative sees it, no text of the attempt does."""
    assert "a stranger's words" not in repr(Outcome(500, None, 3, answer="a stranger's words"))


def test_who_read_another_version_changes_nothing() -> None:
    """The version that was read, or none, is let through; any other is stale; what changes nothing is no version."""
    endpoint = _endpoint()
    require_version(endpoint, 1)
    require_version(endpoint, None)
    for read in (0, 2):
        with pytest.raises(StaleVersion):
            require_version(endpoint, read)
    assert change(endpoint, endpoint.url, ["order.placed"]) == endpoint
    assert change(endpoint, endpoint.url, ["order.placed", "lot.recalled"]).version == 2


def test_an_endpoint_is_paused_and_resumed() -> None:
    """Each turn is a version; the same again is none; what is off is resumed with all patience, and not paused."""
    paused = pause(_endpoint(), NOW)
    assert (paused.status, paused.version, paused.status_since) == (Status.PAUSED, 2, NOW)
    assert pause(paused, NOW) == paused
    with pytest.raises(Conflict) as refusal:
        require_active(paused)
    assert refusal.value.rule == "endpoint-not-active"
    require_active(_endpoint())
    assert resume(_endpoint(), NOW) == _endpoint()
    off = replace(_endpoint(), status=Status.OFF, failures=7, failing_since=NOW, resting_until=NOW)
    with pytest.raises(Conflict) as refusal:
        pause(off, NOW)
    assert refusal.value.rule == "endpoint-off"
    assert resume(off, NOW) == replace(_endpoint(), version=2)


def test_a_cooperative_has_so_many_endpoints_and_secrets() -> None:
    """Ten endpoints, each address once; five secrets, as many as a message is signed with."""
    others = [replace(_endpoint(), url=f"https://a.example/{number}") for number in range(10)]
    require_new("https://b.example/", others[:9])
    with pytest.raises(DomainError, match="10 endpoints at most"):
        require_new("https://b.example/", others)
    with pytest.raises(Conflict) as refusal:
        require_new(others[3].url, others[:9])
    assert (refusal.value.rule, refusal.value.field) == ("url-taken", "url")
    require_room(4)
    with pytest.raises(Conflict) as full:
        require_room(5)
    assert (full.value.rule, full.value.field) == ("too-many-secrets", "overlap_hours")
    assert (MOST_ENDPOINTS, MOST_SECRETS) == (10, 5)
