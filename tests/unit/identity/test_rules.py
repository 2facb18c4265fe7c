"""The rules of identity without a database: waits, keys in turn, passwords, addresses."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.address import address_of
from services.identity.keys.domain import KEPT, LEAD, SigningKey, is_due, over, signing, starts
from services.identity.lockouts.domain import FORGOTTEN, LONGEST, Attempts, after_another, network_of, seconds_left
from services.identity.passwords.hashing import AT_ONCE, Hasher, hasher_of
from services.identity.tokens.domain import is_challenge, known_scope, proves
from shared.settings import Settings

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@given(st.lists(st.integers(0, 3_600), max_size=40), st.integers(1, 60))
def test_waits_grow_and_have_an_end(pauses: list[int], free: int) -> None:
    """However attempts follow each other: up to `free` nobody waits, a wait is never longer than the longest."""
    attempts, now = None, NOW
    for number, pause in enumerate(pauses, 1):
        attempts = after_another(attempts, free, now)
        wait = timedelta(seconds=seconds_left(attempts, now))
        assert attempts.count == number
        assert (wait == timedelta(0)) == (number < free)
        assert wait <= LONGEST
        now += wait + timedelta(seconds=pause)


def test_a_wait_doubles_from_five_seconds_to_a_quarter_of_an_hour() -> None:
    """The first attempt that is not free waits 5 s, each after it twice as long, none longer than 15 minutes."""
    attempts, waits = None, []
    for _ in range(11):
        attempts = after_another(attempts, 2, NOW)
        waits.append(seconds_left(attempts, NOW))
    assert waits == [0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900]
    assert seconds_left(None, NOW) == 0
    assert seconds_left(Attempts(3, NOW, NOW + timedelta(milliseconds=1)), NOW) == 1


def test_attempts_are_forgotten_after_a_day() -> None:
    """A day without an attempt, and the count begins anew."""
    many = Attempts(30, NOW, NOW + LONGEST)
    assert after_another(many, 5, NOW + FORGOTTEN).count == 1
    assert after_another(many, 5, NOW + FORGOTTEN - timedelta(seconds=1)).count == 31


def test_addresses_are_counted_by_connection() -> None:
    """IPv4 by address, IPv6 by /64, mapped IPv4 as what it is; nonsense is counted together."""
    assert network_of("192.0.2.7") == network_of("::ffff:192.0.2.7") == "192.0.2.7"
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:1") == "2001:db8::/64"
    assert network_of("fe80::1%eth0") == "fe80::/64"
    assert network_of("") == network_of("testclient") == "unknown"


@given(st.lists(st.integers(0, 5_000), max_size=60))
def test_some_key_signs_always_and_none_goes_too_early(minutes: list[int]) -> None:
    """However seldom the job runs: some key signs, each was published long enough before, and each is kept until the
    last token made with it is over."""
    age, now = timedelta(days=1), NOW
    keys: list[SigningKey] = []
    last_signed: dict[str, datetime] = {}
    known_since: dict[str, datetime] = {}
    for step, pause in enumerate([0, *minutes]):
        now += timedelta(minutes=pause)
        before = signing(keys, now)
        if before is not None:
            last_signed[before.kid] = now
            assert before.kid == "0" or now - known_since[before.kid] >= LEAD
        if is_due(keys, now, age):
            known_since[str(step)] = now
            keys.append(SigningKey(str(step), {}, "", now, starts(keys, now)))
        for kid in over(keys, now):
            assert now - last_signed.get(kid, NOW) >= KEPT
        keys = [key for key in keys if key.kid not in over(keys, now)]
        assert signing(keys, now) is not None
        assert len(keys) <= 3


def test_a_clock_set_back_leaves_no_issuer_without_a_key() -> None:
    """Where no key signs yet (a folder of the demo's later clock), one is made that does."""
    later = [SigningKey("later", {}, "", NOW, NOW + timedelta(days=30))]
    assert is_due(later, NOW, timedelta(days=30))
    assert starts(later, NOW) == NOW


def test_a_verifier_proves_its_challenge() -> None:
    """The example of RFC 7636, appendix B; a verifier too short or with other characters proves nothing."""
    verifier, challenge = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert is_challenge(challenge)
    assert proves(verifier, challenge)
    assert not proves(challenge, challenge)
    assert not proves(verifier[:-1], challenge)
    assert not is_challenge(challenge + "=")
    assert known_scope("profile email openid openid") == "openid profile"


async def test_hashes_are_of_the_strength_of_the_settings() -> None:
    """By default argon2id as strong as the library makes it; a weaker hash is right and made anew."""
    weak, strong = Hasher(1, 64, 1), Hasher(2, 128, 1)
    kept = await weak.hash("a sentence")
    right, fresh = await strong.is_right("a sentence", kept)
    assert (right, (fresh or "").startswith("$argon2id$v=19$m=128,t=2,p=1$")) == (True, True)
    assert await strong.is_right("a sentence", fresh) == (True, None)
    assert await strong.is_right("another", kept) == (False, None)
    assert await strong.is_right("a sentence", None) == (False, None)
    default = hasher_of(Settings())
    assert "$m=65536,t=3,p=4$" in default._nobodys
    assert AT_ONCE == 2


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        (Settings(host="::", port=8001), "http://127.0.0.1:8001/identity"),
        (Settings(host="::1"), "http://[::1]:8000/identity"),
        (Settings(identity_url="https://county.example/identity/"), "https://county.example/identity"),
    ],
)
def test_the_issuer_knows_its_address(settings: Settings, address: str) -> None:
    """What tokens name as their issuer can be visited."""
    assert address_of(settings) == address
