"""What tests of pages share."""

import pytest

from services.portal import assets

_SOURCES = assets.BUILT.parent / "static_src"
_ENTRIES = tuple(sorted(file.name for file in _SOURCES.iterdir() if file.is_file()))


@pytest.fixture(autouse=True, scope="session")
def _bundled() -> None:
    """Let pages name assets also where nobody has bundled them: what is in them is no matter of these tests."""
    if not (assets.BUILT / "manifest.json").exists():
        names, bytes_of = {name: name for name in _ENTRIES}, {name: {"": b""} for name in _ENTRIES}
        assets.built = lambda: assets.Assets(names, bytes_of)  # type: ignore[assignment]
