"""Files in an S3-compatible store: three requests, signed by AWS Signature Version 4, over httpx."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

import httpx

from shared.files import FilesUnavailable

TIMEOUT = httpx.Timeout(30.0, connect=5.0)
ATTEMPTS = 3
_RETRIED = (429, 500, 502, 503, 504)
_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who signs, and for which region."""

    access_key: str
    secret_key: str = field(repr=False)
    region: str = "us-east-1"


def signed(
    key: Credentials, method: str, url: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> dict[str, str]:
    """Return the headers of a request with its signature (AWS Signature Version 4, single chunk, service s3)."""
    parts = urlsplit(url)
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    digest = hashlib.sha256(body).hexdigest()
    sent = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    sent |= {"host": parts.netloc, "x-amz-content-sha256": digest, "x-amz-date": stamp}
    names = ";".join(sorted(sent))
    query = "&".join(sorted(part if "=" in part else f"{part}=" for part in parts.query.split("&") if part))
    lines = "".join(f"{name}:{sent[name]}\n" for name in sorted(sent))
    canonical = "\n".join((method, parts.path or "/", query, lines, names, digest))
    scope = f"{stamp[:8]}/{key.region}/s3/aws4_request"
    text = "\n".join((_ALGORITHM, stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    signing = f"AWS4{key.secret_key}".encode()
    for part in scope.split("/"):
        signing = hmac.digest(signing, part.encode(), "sha256")
    signature = hmac.digest(signing, text.encode(), "sha256").hex()
    authorization = f"{_ALGORITHM} Credential={key.access_key}/{scope},SignedHeaders={names},Signature={signature}"
    return sent | {"authorization": authorization}


class S3Files:
    """A bucket, addressed by path (`<endpoint>/<bucket>/<key>`), as MinIO, Ceph and AWS understand it."""

    def __init__(
        self, endpoint: str, bucket: str, key: Credentials, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._base = f"{endpoint.rstrip('/')}/{quote(bucket, safe='')}"
        self._key = key
        self._transport = transport

    async def put(self, key: str, data: bytes, media_type: str) -> None:
        """Keep bytes. Raises FilesUnavailable."""
        answer = await self._ask("PUT", key, data, media_type)
        self._require(answer, httpx.codes.OK)

    async def get(self, key: str) -> bytes:
        """Return the bytes under a key. Raises KeyError, FilesUnavailable."""
        answer = await self._ask("GET", key)
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise KeyError(key)
        self._require(answer, httpx.codes.OK)
        return answer.content

    async def delete(self, key: str) -> None:
        """Forget a key. Raises FilesUnavailable."""
        answer = await self._ask("DELETE", key)
        self._require(answer, httpx.codes.OK, httpx.codes.NO_CONTENT, httpx.codes.NOT_FOUND)

    def _require(self, answer: httpx.Response, *good: int) -> None:
        if answer.status_code not in good:
            raise FilesUnavailable(f"the file store answered {answer.status_code}")

    async def _ask(self, method: str, key: str, body: bytes = b"", media_type: str | None = None) -> httpx.Response:
        url = f"{self._base}/{quote(key, safe='')}"
        headers = {} if media_type is None else {"content-type": media_type}
        problem: httpx.TransportError | None = None
        async with httpx.AsyncClient(timeout=TIMEOUT, transport=self._transport) as client:
            for attempt in range(ATTEMPTS):
                send = signed(self._key, method, url, headers, body, datetime.now(UTC))
                try:
                    answer = await client.request(method, url, headers=send, content=body)
                except httpx.TransportError as error:
                    problem = error
                    continue
                if answer.status_code not in _RETRIED or attempt + 1 == ATTEMPTS:
                    return answer
        raise FilesUnavailable(f"the file store cannot be reached: {type(problem).__name__}")
