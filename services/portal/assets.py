"""What pages load besides their HTML: bundled by tools/assets.py, named by its content, kept by browsers for ever.

In templates: `<link rel="stylesheet" href="{{ asset('main.css') }}">`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from fastapi import Header, Response
from fastapi import Path as InPath

from shared.errors import NotFound
from shared.routing import guarded_router

BUILT = Path(__file__).parent / "static"
PREFIX = "/static"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
_TYPES |= {".svg": "image/svg+xml", ".png": "image/png"}
_COMPRESSED = {"br": ".br", "gzip": ".gz"}
"""Ways of compressing by their name in Accept-Encoding, the tightest first, and how such files end."""
_WORKER = "default-src 'none'; connect-src 'self'"
"""The service worker fetches our own pages and files, and does nothing else."""

router = guarded_router(tags=["assets"])


class NotBuilt(RuntimeError):
    """The assets were never bundled, or before this one was added."""


@dataclass(frozen=True, slots=True)
class Assets:
    """What was built: the file of each entry, and of each file its bytes by how they are compressed (`""`: not)."""

    entries: Mapping[str, str]
    bytes_of: Mapping[str, Mapping[str, bytes]]


@cache
def built() -> Assets:
    """Return what was built, read once. Raises NotBuilt."""
    manifest = BUILT / "manifest.json"
    if not manifest.exists():
        raise NotBuilt("the portal's assets are not built: run make assets")
    said = json.loads(manifest.read_text())
    return Assets(said["entries"], {name: _read(name) for name in said["files"]})


def _read(name: str) -> dict[str, bytes]:
    ways = {"": "", **_COMPRESSED}
    files = {way: BUILT / f"{name}{end}" for way, end in ways.items()}
    return {way: file.read_bytes() for way, file in files.items() if file.exists()}


def asset(name: str) -> str:
    """Return the address of an entry of static_src/, e.g. `asset("main.css")`. Raises NotBuilt."""
    if (file := built().entries.get(name)) is None:
        raise NotBuilt(f"{name} is no asset of services/portal/static_src: if it was just added, run make assets")
    return f"{PREFIX}/{file}"


def _answer(file: str, accepted: str | None) -> Response:
    ways = built().bytes_of[file]
    offered = {part.partition(";")[0].strip().lower() for part in (accepted or "").split(",") if "q=0" not in part}
    way = next((each for each in _COMPRESSED if each in offered and each in ways), "")
    encoding = {"Content-Encoding": way} if way else {}
    return Response(ways[way], headers={**encoding, "Vary": "Accept-Encoding"}, media_type=_TYPES[Path(file).suffix])


AcceptEncoding = Annotated[str | None, Header()]


@router.get(f"{PREFIX}/{{name}}")
async def get_asset(name: Annotated[str, InPath(max_length=100)], accept_encoding: AcceptEncoding = None) -> Response:
    """Return a bundled file; under its name there will never be another."""
    if name not in built().bytes_of:
        raise NotFound("asset", name)
    answer = _answer(name, accept_encoding)
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer


@router.get("/worker.js")
async def get_worker(accept_encoding: AcceptEncoding = None) -> Response:
    """Return the service worker: under this name, since it may serve what lies beside and below it."""
    answer = _answer(built().entries["worker.js"], accept_encoding)
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Content-Security-Policy"] = _WORKER
    return answer
