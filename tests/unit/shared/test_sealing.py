"""What is sealed opens with its key at its place, and nowhere else."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.sealing import Sealer, Unsealable, new_key, open_sealer
from shared.settings import Settings

OLD, NEW = new_key("2025"), new_key("2026")
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(texts)
def test_what_was_sealed_opens(text: str) -> None:
    """Any text comes back; sealed twice it looks different, and neither shows the text."""
    sealer = Sealer.of_text(NEW)
    one, other = sealer.seal(text, "a.b:1"), sealer.seal(text, "a.b:1")
    assert one != other
    assert sealer.open(one, "a.b:1") == sealer.open(other, "a.b:1") == text


@given(st.integers(0, 200), st.integers(1, 255))
def test_what_was_altered_or_moved_does_not_open(place: int, change: int) -> None:
    """A changed character, another row or column, or a lost key is an error, never another text."""
    sealer = Sealer.of_text(NEW)
    sealed = sealer.seal("8 bytes.", "person.name:hh-1")
    with pytest.raises(Unsealable):
        sealer.open(sealed, "person.name:hh-2")
    at = place % len(sealed)
    altered = sealed[:at] + chr((ord(sealed[at]) + change) % 128) + sealed[at + 1 :]
    if altered != sealed:
        with pytest.raises(Unsealable):
            sealer.open(altered, "person.name:hh-1")
    with pytest.raises(Unsealable):
        Sealer.of_text(OLD).open(sealed, "person.name:hh-1")


def test_keys_can_be_changed() -> None:
    """The first key seals, every key opens, and what can be found is found by either."""
    before = Sealer.of_text(OLD)
    both = Sealer.of_text(f"{NEW}, {OLD}")
    assert both.open(before.seal("x", "p"), "p") == "x"
    assert both.seal("x", "p").startswith("2026.")
    assert before.index("x", "p") in both.indexes("x", "p")
    assert before.index("x", "p") not in (before.index("x", "q"), before.index("y", "p"))


@pytest.mark.parametrize(
    "text",
    ["", "k", "k:", "k:AAAA", f"{OLD},{OLD}", "K!:" + OLD.split(":")[1], OLD + "!"],
    ids=["none", "no-key", "empty", "short", "twice", "bad-id", "bad-key"],
)
def test_a_key_that_is_none_is_refused(text: str) -> None:
    """A bad key is named by its id, and no key is shown."""
    with pytest.raises(ValueError, match="key") as refusal:
        Sealer.of_text(text)
    assert OLD.split(":")[1] not in str(refusal.value)


def test_on_one_machine_a_key_is_made_and_kept(tmp_path: Path) -> None:
    """The embedded default makes its key once, for its owner's eyes only."""
    settings = Settings(var=tmp_path / "var", database_url=None, secret_keys=None)
    sealed = open_sealer(settings).seal("x", "p")
    assert open_sealer(settings).open(sealed, "p") == "x"
    assert stat.S_IMODE((tmp_path / "var" / "secret.keys").stat().st_mode) == 0o600


def test_a_server_needs_a_key(tmp_path: Path) -> None:
    """With a database server nothing makes up a key: each replica would make its own, and lose it."""
    settings = Settings(var=tmp_path, database_url="postgresql+asyncpg://nobody@none/none", secret_keys=None)
    with pytest.raises(ValueError, match="CLOUD_SECRET_KEYS"):
        open_sealer(settings)
    assert list(tmp_path.iterdir()) == []
