"""Attached files: what they are, and where they are kept."""

import asyncio
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from shared.errors import DomainError
from shared.files import MOST_BYTES, FileStore, FilesUnavailable, LocalFiles, media_type_of, open_files
from shared.s3 import ATTEMPTS, Credentials, S3Files, signed
from shared.settings import Settings

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20 + b"IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 20 + b"\xff\xd9"

# The account, key and instant of the examples in Amazon's "Signature Calculations for the Authorization Header".
KEY = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
INSTANT = datetime(2013, 5, 24, tzinfo=UTC)
HOST = "https://examplebucket.s3.amazonaws.com"


@pytest.mark.parametrize(("data", "kind"), [(PDF, "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg")])
def test_a_file_is_what_its_content_says(data: bytes, kind: str) -> None:
    """PDF, PNG and JPEG are known by how they begin and end."""
    assert media_type_of(data) == kind


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "empty-file"),
        (b"MZ\x90\x00" + PDF, "file-type"),
        (b"<html><script>", "file-type"),
        (b"GIF89a" + b"\x00" * 20, "file-type"),
        (PDF[:-7], "file-cut-off"),
        (PNG[:-8], "file-cut-off"),
        (b"%PDF-" + b" " * MOST_BYTES, "file-too-large"),
    ],
)
def test_anything_else_is_refused(data: bytes, rule: str) -> None:
    """Programs, pages, other pictures, nothing, half a file and too much of one are refused by name."""
    with pytest.raises(DomainError) as wrong:
        media_type_of(data)
    assert (wrong.value.rule, wrong.value.field) == (rule, "body")


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "signature"),
    [
        (
            "GET",
            "/test.txt",
            {"Range": "bytes=0-9"},
            b"",
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        (
            "PUT",
            "/test%24file.text",
            {"Date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"},
            b"Welcome to Amazon S3.",
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
        (
            "GET",
            "/?lifecycle",
            {},
            b"",
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        ),
        (
            "GET",
            "/?max-keys=2&prefix=J",
            {},
            b"",
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ],
)
def test_requests_are_signed_as_amazon_signs_them(
    method: str, path: str, headers: dict[str, str], body: bytes, signature: str
) -> None:
    """The four worked examples of Amazon's documentation have these signatures."""
    authorization = signed(KEY, method, HOST + path, headers, body, INSTANT)["authorization"]
    assert authorization.endswith(f"Signature={signature}")


class Bucket:
    """An S3 store that looks at every signature, and is ill at first."""

    def __init__(self, *ill: int) -> None:
        self.held: dict[str, bytes] = {}
        self.ill = list(ill)
        self.asked = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer as a store does."""
        self.asked += 1
        if self.ill:
            status = self.ill.pop(0)
            if status == 0:
                raise httpx.ConnectError("x")
            return httpx.Response(status)
        sent = dict(request.headers)
        at = datetime.strptime(sent["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        names = sent["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
        given = {name: sent[name] for name in names if not name.startswith("x-amz") and name != "host"}
        expected = signed(KEY, request.method, str(request.url), given, request.content, at)
        assert sent["authorization"] == expected["authorization"]
        assert sent["x-amz-content-sha256"] == hashlib.sha256(request.content).hexdigest()
        path = request.url.path
        if request.method == "PUT":
            self.held[path] = request.content
            return httpx.Response(200)
        if request.method == "DELETE":
            self.held.pop(path, None)
            return httpx.Response(204)
        return httpx.Response(200, content=self.held[path]) if path in self.held else httpx.Response(404)


def s3(bucket: Bucket) -> S3Files:
    """A client of the bucket."""
    return S3Files("https://s3.test:9000/", "papers", KEY, httpx.MockTransport(bucket.answer))


@pytest.mark.parametrize("where", ["folder", "bucket"])
async def test_what_was_kept_comes_back(where: str, tmp_path: Path) -> None:
    """Both stores keep bytes under a key, give them back, and forget them, twice if need be."""
    store: FileStore = LocalFiles(tmp_path / "files") if where == "folder" else s3(Bucket())
    await store.put("file-1", PDF, "application/pdf")
    await store.put("file-2", PNG, "image/png")
    assert (await store.get("file-1"), await store.get("file-2")) == (PDF, PNG)
    await store.delete("file-1")
    await store.delete("file-1")
    with pytest.raises(KeyError):
        await store.get("file-1")
    assert await store.get("file-2") == PNG


@pytest.mark.parametrize("key", ["", "../x", "a/b", "A", "x" * 65, "a.b"])
def test_no_key_leads_out_of_the_folder(key: str, tmp_path: Path) -> None:
    """A key is a name, never a way."""
    with pytest.raises(ValueError, match="key"):
        asyncio.run(LocalFiles(tmp_path).put(key, PDF, "application/pdf"))
    assert list(tmp_path.iterdir()) == []


async def test_a_store_that_is_ill_is_asked_again() -> None:
    """Busy and silent stores are asked three times; one that says no is not."""
    bucket = Bucket(0, 503)
    await s3(bucket).put("a", PDF, "application/pdf")
    assert bucket.asked == ATTEMPTS
    for ill, asked in (((503,) * 3, 3), ((0,) * 3, 3), ((403,), 1)):
        bucket = Bucket(*ill)
        with pytest.raises(FilesUnavailable):
            await s3(bucket).put("a", PDF, "application/pdf")
        assert bucket.asked == asked


def test_the_settings_choose_the_store(tmp_path: Path) -> None:
    """A folder under var by default, a bucket where one is named; a bucket without a key is refused at once."""
    assert isinstance(open_files(Settings(var=tmp_path)), LocalFiles)
    with pytest.raises(ValueError, match="CLOUD_S3_ACCESS_KEY"):
        open_files(Settings(s3_bucket="papers"))
    whole = Settings.model_validate({"s3_bucket": "papers", "s3_access_key": "a", "s3_secret_key": "b"})
    assert isinstance(open_files(whole), S3Files)
