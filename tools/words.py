"""The portal's words: what code and templates say, and the catalogs that must have all of it.

    python -m tools.words            add what is missing to the catalogs, take out what nobody says any more
    python -m tools.words --check    change nothing; fail where a catalog is not what it should be

A sentence belongs to each slice that says it (`locales/<language>/<slice>.po`); what the frame, the parts and the
shared modules say is in `common.po` alone. New ones are filled in in English, as they are; in Chinese they stay empty
until somebody translates them, and the check fails until then.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from services.portal.languages import CATALOGS, LOCALES

PORTAL = LOCALES.parent
COMMON = "common"
_METHODS = {".py": "python", ".html": "jinja2.ext:babel_extract"}
_KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
_OPTIONS = {"extensions": "jinja2.ext.do", "trim_blocks": "true", "silent": "false"}
Said = dict[str, Catalog]
Text = str | tuple[str, ...]
"""A sentence, or its forms by number."""


def said() -> Said:
    """Return every sentence of code and templates, by the slices that say it; what is common is in no slice."""
    slices: dict[tuple[str, str | None], set[str]] = defaultdict(set)
    found: dict[tuple[str, str | None], Text] = {}
    for file in _sources():
        for _, message, _, context in extract_from_file(
            _METHODS[file.suffix], str(file), keywords=_KEYWORDS, options=_OPTIONS
        ):
            key = (message if isinstance(message, str) else str(message[0]), context)
            found[key] = message if key not in found or not isinstance(message, str) else found[key]
            slices[key].add(_slice_of(file))
    catalogs: Said = defaultdict(Catalog)
    for key, message in found.items():
        owners = slices[key]
        for owner in {COMMON} if COMMON in owners else owners:
            catalogs[owner].add(message, context=key[1])
    return dict(catalogs)


def _sources() -> Iterator[Path]:
    for ending in _METHODS:
        yield from sorted(PORTAL.rglob(f"*{ending}"))


def _slice_of(file: Path) -> str:
    parts = file.relative_to(PORTAL).parts
    folders = parts[1:] if parts[0] == "templates" else parts
    is_slice = len(folders) > 1 and folders[0] not in ("parts", "migrations")
    return folders[0] if is_slice else COMMON


def write(language: str, wanted: Said) -> None:
    """Bring the catalogs of a language in line, keeping what is translated."""
    folder = LOCALES / CATALOGS[language]
    kept = _kept(folder)
    for file in folder.glob("*.po"):
        if file.stem not in wanted:
            file.unlink()
    for name, sentences in wanted.items():
        made = Catalog(locale=CATALOGS[language])
        for each in sentences:
            if each.id:
                made.add(each.id, _told(language, each, kept), context=each.context)
        with (folder / f"{name}.po").open("wb") as text:
            write_po(text, made, omit_header=True, no_location=True, sort_output=True, width=110)


def _kept(folder: Path) -> dict[tuple[object, object], Text]:
    """Return what is translated already, wherever it stands: a sentence may move to another slice."""
    kept: dict[tuple[object, object], Text] = {}
    for file in sorted(folder.glob("*.po")):
        with file.open("rb") as text:
            for each in read_po(text, locale=folder.name):
                if each.id and each.string and "fuzzy" not in each.flags:
                    kept[_key(each.id), each.context] = _text(each.string)
    return kept


def _key(message: object) -> object:
    return message[0] if isinstance(message, list | tuple) else message


def _text(message: Text | list[str] | None) -> Text:
    return message if isinstance(message, str) else tuple(message or ())


def _told(language: str, each: Message, kept: dict[tuple[object, object], Text]) -> Text:
    message = _text(each.id)
    told = kept.get((_key(message), each.context))
    if told is not None and isinstance(told, str) == isinstance(message, str):
        return told
    if language == "en":
        return message
    return "" if isinstance(message, str) else ("",)


def faults(language: str, wanted: Said) -> list[str]:
    """Return what is wrong with the catalogs of a language, in words."""
    found: list[str] = []
    folder = LOCALES / CATALOGS[language]
    files = {file.stem: file for file in folder.glob("*.po")}
    found += [f"{language}/{name}.po: nobody says any of it" for name in sorted(files.keys() - wanted.keys())]
    told: dict[object, tuple[object, str]] = {}
    for name, sentences in sorted(wanted.items()):
        catalog = Catalog(locale=CATALOGS[language])
        if name in files:
            with files[name].open("rb") as text:
                catalog = read_po(text, locale=CATALOGS[language])
        found += [f"{language}/{name}.po: {fault}" for fault in _compared(catalog, sentences)]
        for each in catalog:
            other, elsewhere = told.setdefault((_key(each.id), each.context), (each.string, name))
            if each.id and other != each.string:
                found.append(f"{language}/{name}.po: {_key(each.id)!r} is {other!r} in {elsewhere}.po")
    return found


def _compared(catalog: Catalog, sentences: Catalog) -> Iterator[str]:
    there = {(_key(each.id), each.context): each for each in catalog if each.id}
    needed = {(_key(each.id), each.context): each for each in sentences if each.id}
    yield from (f"nobody says {key[0]!r} any more" for key in sorted(there.keys() - needed.keys(), key=str))
    for key, each in sorted(needed.items(), key=str):
        if key not in there:
            yield f"{key[0]!r} is missing"
            continue
        told = _text(there[key].string)
        whole = [told] if isinstance(told, str) else list(told)
        if "fuzzy" in there[key].flags or not all(text.strip() for text in whole):
            yield f"{key[0]!r} is not translated"
        elif any(_holes(text) != _holes(_longest(each.id)) for text in whole):
            yield f"{key[0]!r} has other placeholders: {whole}"


def _longest(message: object) -> str:
    return message if isinstance(message, str) else str(message[-1])  # type: ignore[index]


def _holes(text: str) -> list[str]:
    return sorted(part.partition("}")[0] for part in text.split("{")[1:])


def main(arguments: list[str] | None = None) -> None:
    """Write the catalogs, or check them."""
    parser = argparse.ArgumentParser(prog="python -m tools.words", description=__doc__)
    parser.add_argument("--check", action="store_true")
    wanted = said()
    if not parser.parse_args(arguments).check:
        for language in CATALOGS:
            write(language, wanted)
    wrong = [fault for language in CATALOGS for fault in faults(language, wanted)]
    print("\n".join(wrong) or f"{sum(map(len, wanted.values()))} sentences, each in every language")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
