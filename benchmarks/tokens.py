"""Tokens: what it costs a request to say who asks, when its token was seen before and when it was not."""

import asyncio
import statistics
import time
from dataclasses import replace
from datetime import timedelta

import jwt

from benchmarks.harness import Options, Outcome, benchmark
from shared.auth.principal import Principal, Role
from shared.auth.signing import AUDIENCE, SigningKey
from shared.auth.tokens import Verifier, bearer
from shared.clock import SystemClock

TOKENS = 5_000
ROUNDS = 5
AIM_US = 50.0
"""A request with cached keys, whether its token was seen before or not: a program sends one token many times."""


@benchmark("shared.verify_token")
def verify_token(options: Options) -> Outcome:
    """CPU microseconds to verify a token never seen before, keys cached, beside PyJWT's decode of the same ones."""
    key = SigningKey("https://issuer.test")
    now = SystemClock().now()
    somebody = Principal("", frozenset({Role.CLERK}), cooperatives=frozenset({"coop-1", "coop-2", "coop-3"}))
    count = options.scaled(TOKENS)
    tokens = [
        key.token(replace(somebody, subject=f"user-{number}"), now, timedelta(minutes=10)) for number in range(count)
    ]
    headers = [[(b"host", b"localhost"), (b"authorization", f"Bearer {token}".encode())] for token in tokens]
    rounds = [_round(key, headers, tokens) for _ in range(ROUNDS)]
    first, again, bare = (statistics.median(each) / count * 1e6 for each in zip(*rounds, strict=True))
    return Outcome(
        input=f"{count} tokens of {len(tokens[0])} bytes, RSA 2048, {ROUNDS} rounds",
        value=first,
        unit="µs of CPU",
        reference="PyJWT decode with the same checks, the key at hand",
        reference_value=bare,
        details={"aim_us": AIM_US, "seen_before_us": round(again, 2), "token_bytes": len(tokens[0])},
    )


Headers = list[tuple[bytes, bytes]]


def _round(key: SigningKey, headers: list[Headers], tokens: list[str]) -> tuple[float, float, float]:
    """Return the CPU seconds of all tokens when they are new, when they were seen before, and by PyJWT alone."""
    first, again = asyncio.run(_ours(key, headers))
    public = key.private.public_key()
    started = time.process_time()
    for token in tokens:
        jwt.decode(token, public, ["RS256"], audience=AUDIENCE, issuer=key.issuer)
    return first, again, time.process_time() - started


async def _ours(key: SigningKey, headers: list[Headers]) -> tuple[float, float]:
    verifier = Verifier([key.trust()], SystemClock())
    await verifier.trusts[key.issuer].keys.refresh()
    took = []
    for _ in range(2):
        started = time.process_time()
        for each in headers:
            await verifier.principal(bearer(each))
        took.append(time.process_time() - started)
    return took[0], took[1]
