"""Bad rows are reported with their place, and the good ones around them are read."""

import tracemalloc
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.generator import BadRow, read, read_manifest
from services.generator.columns import FILES, Row, Value
from services.generator.reader import BadManifest

TOWN = "town_code,county_code,name_zh,name_en,lat,lon,source"
GOOD_TOWN = "520628102,520628,盘信,Panxin,28.02243,109.23620,GeoNames 1799004 (CC BY 4.0)"
OFFER = ",".join(column.name for column in FILES["offers.csv"])
GOOD_OFFER = "off-1,coop-1,cabbage,2026-11-30,2026-12-06,500000,164,20,1000"


def _read(tmp_path: Path, file: str, content: bytes) -> tuple[list[tuple[int, Row]], list[BadRow]]:
    (tmp_path / file).write_bytes(content)
    entries = list(read(tmp_path, file))
    good = [entry for entry in entries if not isinstance(entry, BadRow)]
    return good, [entry for entry in entries if isinstance(entry, BadRow)]


def test_a_good_row_is_parsed(tmp_path: Path) -> None:
    """Cells become integers, dates and text, with the number of their line."""
    good, bad = _read(tmp_path, "offers.csv", f"{OFFER}\n{GOOD_OFFER}\n".encode())
    expected: dict[str, Value] = {
        "offer_id": "off-1",
        "cooperative_id": "coop-1",
        "food_code": "cabbage",
        "available_from": date(2026, 11, 30),
        "available_until": date(2026, 12, 6),
        "quantity_g": 500_000,
        "price_fen_per_kg": 164,
        "shelf_life_days": 20,
        "minimum_lot_g": 1_000,
    }
    assert good == [(2, expected)]
    assert bad == []


@pytest.mark.parametrize(
    ("place", "cell", "field", "reason"),
    [
        (0, "Off 1", "offer_id", "a-z"),
        (0, "", "offer_id", "a-z"),
        (2, "cab bage", "food_code", "A-Z"),
        (3, "30.11.2026", "available_from", "YYYY-MM-DD"),
        (3, "2026-02-30", "available_from", "calendar"),
        (4, "2026-11-29", "available_until", "must not be before available_from"),
        (5, "-1", "quantity_g", "must be from 1"),
        (5, "1000000001", "quantity_g", "to 1000000000"),
        (5, "5e5", "quantity_g", "whole number"),
        (5, "５００", "quantity_g", "whole number"),
        (5, "999", "quantity_g", "must not be less than minimum_lot_g"),
        (6, "1.64", "price_fen_per_kg", "whole number"),
        (6, "0", "price_fen_per_kg", "must be from 1"),
        (6, "9" * 5000, "price_fen_per_kg", "whole number"),
        (7, "", "shelf_life_days", "whole number"),
    ],
)
def test_a_bad_cell_is_reported_and_the_rest_is_read(
    tmp_path: Path, place: int, cell: str, field: str, reason: str
) -> None:
    """The report names file, line, column and rule; the rows before and after are read."""
    cells = GOOD_OFFER.split(",")
    cells[place] = cell
    content = "\n".join([OFFER, GOOD_OFFER, ",".join(cells), GOOD_OFFER, ""])
    good, bad = _read(tmp_path, "offers.csv", content.encode())
    assert [line for line, _ in good] == [2, 4]
    assert [(row.file, row.line, row.field) for row in bad] == [("offers.csv", 3, field)]
    assert reason in bad[0].reason
    assert str(bad[0]).startswith(f"offers.csv:3: {field} ")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'"off-2,coop-1,cabbage,2026-11-30,2026-12-06,1,1,1,1', "is not CSV"),
        (b"off-2,coop-1", "has 2 cells where the header has 9"),
        (GOOD_OFFER.encode() + b",more", "has 10 cells where the header has 9"),
        (b"\xff\xfe\x00", "neither UTF-8 nor GBK"),
        (b"x" * 200_000, "longer than"),
    ],
)
def test_a_spoilt_line_spoils_no_other(tmp_path: Path, line: bytes, reason: str) -> None:
    """An open quote, missing cells, bytes of no encoding or an endless line cost one line."""
    chinese = GOOD_OFFER.replace("cabbage", "白菜")
    content = b"\n".join([OFFER.encode(), chinese.encode(), line, GOOD_OFFER.encode(), b""])
    good, bad = _read(tmp_path, "offers.csv", content)
    assert [number for number, _ in good] == [4]
    assert [row.line for row in bad] == [2, 3]
    assert reason in bad[1].reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_office_encodings_are_read(tmp_path: Path, encoding: str, newline: str) -> None:
    """A mark, GBK and Windows line ends change nothing."""
    content = newline.join([TOWN, GOOD_TOWN, "", GOOD_TOWN, ""]).encode(encoding)
    good, bad = _read(tmp_path, "towns.csv", content)
    assert bad == []
    assert [(line, row["name_zh"], row["lat"]) for line, row in good] == [(2, "盘信", 28.02243), (4, "盘信", 28.02243)]


def test_a_gbk_line_that_looks_like_utf8_is_not_misread(tmp_path: Path) -> None:
    """GBK's bytes of 目录 are valid UTF-8 for something else; the file's other lines tell what they are."""
    rows = [GOOD_TOWN, GOOD_TOWN, GOOD_TOWN.replace("盘信", "目录")]
    assert "目录".encode("gbk").decode("utf-8") != "目录"
    good, bad = _read(tmp_path, "towns.csv", "\n".join([TOWN, *rows, ""]).encode("gbk"))
    assert [row["name_zh"] for _, row in good] == ["盘信", "盘信", "目录"]
    assert bad == []


def test_columns_may_stand_in_any_order_with_others_between(tmp_path: Path) -> None:
    """Columns are found by name; unknown ones and spaces are ignored."""
    content = (
        "note, lon ,lat,source,name_en,name_zh,county_code,town_code\nx, 109.2 ,28.0,memory,Panxin,盘信,520628,t-1\n"
    )
    good, bad = _read(tmp_path, "towns.csv", content.encode())
    assert bad == []
    assert good[0][1]["lon"] == 109.2
    assert "note" not in good[0][1]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        (TOWN.replace("lat", "latitude"), "lat"),
        (TOWN + ",lat", "lat"),
        ("", "town_code"),
        ('"town_code', ""),
    ],
)
def test_a_wrong_header_is_reported_once(tmp_path: Path, header: str, field: str) -> None:
    """Without its columns no row can be understood; the report says which column it is about."""
    good, bad = _read(tmp_path, "towns.csv", f"{header}\n{GOOD_TOWN}\n".encode())
    assert good == []
    assert (bad[0].line, bad[0].field) == (1, field)


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    """A directory without a file says so instead of failing."""
    assert list(read(tmp_path, "towns.csv")) == [BadRow("towns.csv", 0, "", "the file is missing")]
    assert str(BadRow("towns.csv", 0, "", "the file is missing")) == "towns.csv:0: the file is missing"


@pytest.mark.parametrize("meals", ["", "supper", "lunch|lunch", "lunch,dinner"])
def test_meals_are_some_of_three(tmp_path: Path, meals: str) -> None:
    """A canteen serves one or more of breakfast, lunch and dinner, each once."""
    header = ",".join(column.name for column in FILES["canteens.csv"])
    row = f'sch-1,校（虚构）,School,520628,520628102,28.0,109.2,"{meals}",500,tpl-01'
    _, bad = _read(tmp_path, "canteens.csv", f"{header}\n{row}\n".encode())
    assert [entry.field for entry in bad] == ["meals"]


def test_an_open_status_has_no_end(tmp_path: Path) -> None:
    """An empty until_day means: still so; an earlier one than from_day is refused."""
    content = (
        "household_id,status,from_day,until_day,source\n"
        "hh-1,lifted_out,2019-01-01,,registry\n"
        "hh-1,lifted_out,2019-01-01,2018-12-31,registry\n"
    )
    good, bad = _read(tmp_path, "household_statuses.csv", content.encode())
    assert good[0][1]["until_day"] is None
    assert bad[0].field == "until_day"


@pytest.mark.parametrize("name", ["a\x00b", "", "x" * 401])
def test_names_are_printable(tmp_path: Path, name: str) -> None:
    """A name is there, not endless, and holds no control character (text in PostgreSQL cannot store U+0000)."""
    _, bad = _read(tmp_path, "towns.csv", f"{TOWN}\nt-1,520628,{name},Panxin,28.0,109.2,memory\n".encode())
    assert [entry.field for entry in bad] == ["name_zh"]


@settings(max_examples=150, deadline=None)
@given(junk=st.lists(st.binary(max_size=60), max_size=6))
def test_no_bytes_stop_the_reader(tmp_path_factory: pytest.TempPathFactory, junk: list[bytes]) -> None:
    """Whatever stands between two good rows, both are read and every line is accounted for."""
    middle = [line.replace(b"\n", b"").replace(b"\r", b"") for line in junk]
    content = b"\n".join([OFFER.encode(), GOOD_OFFER.encode(), *middle, GOOD_OFFER.encode(), b""])
    good, bad = _read(tmp_path_factory.mktemp("junk"), "offers.csv", content)
    read_lines = {number for number, _ in good}
    assert {2, len(middle) + 3} <= read_lines
    assert read_lines.isdisjoint({row.line for row in bad})


def test_reading_needs_little_memory(tmp_path: Path) -> None:
    """A file of 10,000 rows is read without being held."""
    (tmp_path / "offers.csv").write_text(f"{OFFER}\n" + f"{GOOD_OFFER}\n" * 10_000, encoding="utf-8")
    tracemalloc.start()
    try:
        assert sum(1 for _ in read(tmp_path, "offers.csv")) == 10_000
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "cannot be read"),
        ("[]", "cannot be read"),
        ('{"format": 1}', "cannot be read"),
        (
            '{"format":1,"fictional":false,"seed":1,"schools":1,"cooperatives":1,"week_start":"2026-11-30","counties":[]}',
            "fictional",
        ),
        (
            '{"format":1,"fictional":true,"seed":1,"schools":1,"cooperatives":1,"week_start":"2026-12-01","counties":[]}',
            "Monday",
        ),
    ],
)
def test_a_wrong_manifest_is_refused(tmp_path: Path, content: str, reason: str) -> None:
    """Only a whole, fictional data set whose week starts on a Monday is loaded."""
    (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(BadManifest, match=reason):
        read_manifest(tmp_path)
