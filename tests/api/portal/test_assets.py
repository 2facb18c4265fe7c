"""Assets are found by the names of their sources, kept for ever, and sent compressed."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from services.portal import assets
from tests.conftest import WorldOf

STYLE = b"p{color:green}"


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a stylesheet and a worker, as the bundler leaves it."""
    monkeypatch.setattr(assets, "BUILT", tmp_path)
    entries = {"main.css": "main-A1.css", "worker.js": "worker-B2.js"}
    (tmp_path / "manifest.json").write_text(json.dumps({"entries": entries, "files": list(entries.values())}))
    (tmp_path / "main-A1.css").write_bytes(STYLE)
    (tmp_path / "main-A1.css.gz").write_bytes(gzip.compress(STYLE))
    (tmp_path / "worker-B2.js").write_bytes(b"self")
    (tmp_path / "secret.css").write_bytes(b"not built by us")
    assets.built.cache_clear()
    yield tmp_path
    assets.built.cache_clear()


@pytest.fixture
async def client(built: Path, world_of: WorldOf) -> httpx.AsyncClient:
    """A browser of somebody who is not signed in."""
    return (await world_of("portal")).client("portal", as_=None)


async def test_an_asset_is_sent_compressed_and_kept_for_ever(client: httpx.AsyncClient) -> None:
    """A browser asks once for a file whose name says its content, and gets the tightest it understands."""
    sent = await client.get(assets.asset("main.css"), headers={"Accept-Encoding": "br, gzip"})
    assert sent.headers["content-encoding"] == "gzip"  # there is none by Brotli here
    assert sent.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert sent.headers["content-type"].startswith("text/css")
    assert sent.content == STYLE


async def test_who_understands_no_compression_gets_none(client: httpx.AsyncClient) -> None:
    """Nothing accepted, or refused by q=0: the bytes themselves."""
    for accepted in ("identity", "gzip;q=0"):
        sent = await client.get("/static/main-A1.css", headers={"Accept-Encoding": accepted})
        assert "content-encoding" not in sent.headers
        assert sent.content == STYLE


@pytest.mark.parametrize("name", ["secret.css", "..%2Fmanifest.json", "manifest.json", "main-A1.css.gz", "%00"])
async def test_nothing_else_in_the_folder_is_sent(client: httpx.AsyncClient, name: str) -> None:
    """Only what the manifest names is an asset, however it is asked for."""
    assert (await client.get(f"/static/{name}")).status_code == 404


async def test_the_worker_is_asked_for_again(client: httpx.AsyncClient) -> None:
    """A browser must learn of a new service worker, which may load from us only."""
    sent = await client.get("/worker.js")
    assert sent.headers["cache-control"] == "no-cache"
    assert sent.headers["content-security-policy"] == "default-src 'none'; connect-src 'self'"


def test_what_is_not_built_says_how_to_build_it(built: Path) -> None:
    """A developer without assets reads what to do."""
    with pytest.raises(assets.NotBuilt, match="run make assets"):
        assets.asset("planner.js")
    (built / "manifest.json").unlink()
    assets.built.cache_clear()
    with pytest.raises(assets.NotBuilt, match="run make assets"):
        assets.asset("main.css")
