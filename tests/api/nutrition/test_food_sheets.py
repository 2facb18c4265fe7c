"""Foods from and to CSV files: whatever an office program writes, row by row, blank is unknown."""

import csv
import io
from typing import Any

import httpx
import pytest

from services.nutrition.foods.sheet import COLUMNS, MOST_ROWS
from tests import builders as b
from tests.api.nutrition.school import School
from tests.api.nutrition.test_foods import load_all
from tests.conftest import WorldOf
from tests.world import ok, refused

CSV = {"content-type": "text/csv; charset=utf-8"}
HEADER = "food_code,name_zh,name_en,food_group,edible_permille,allergens,canteen_ban"


def _file(*lines: str, header: str = HEADER) -> str:
    return "\r\n".join([header, *lines, ""])


def _line(code: str = "kale", name: str = "羽衣甘蓝", more: str = "") -> str:
    return f"{code},{name},Kale,vegetable,900,none,0{more}"


async def _post(http: httpx.AsyncClient, data: str | bytes) -> dict[str, Any]:
    content = data.encode() if isinstance(data, str) else data
    answer: dict[str, Any] = await ok(await http.post("/foods/import", content=content, headers=CSV))
    return answer


def _problems(answer: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(one["row"], one["field"], one["rule"]) for one in answer["refused"]]


async def test_what_is_exported_imports_to_the_same(world_of: WorldOf) -> None:
    """All foods of the seed data go out and in again unchanged, and make the same foods in an empty service."""
    school = School(await world_of("nutrition"))
    await load_all(school)
    await school.put("/foods", b.a_food("odd", name_en='5" "thick", cut; 1\n2', note="=1+1", zinc_mg=0.001))
    answer = await school.http.get("/foods/export")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbffood_code,name_zh,")
    again = await _post(school.http, answer.content)
    assert (again["unchanged"], again["changed"], again["created"], again["refused"]) == (238, 0, 0, [])
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert (len(rows), tuple(rows[0])) == (238, COLUMNS)
    told = {row["food_code"]: row for row in rows}
    assert (told["coix"]["energy_kcal"], told["coix"]["temperature_class"], told["coix"]["farmed"]) == ("", "", "")
    assert (told["rice_white"]["vitamin_a_ug_rae"], told["rice_white"]["allergens"]) == ("0", "none")
    assert (told["odd"]["name_en"], told["odd"]["zinc_mg"]) == ('5" "thick", cut; 1 2', "0.001")
    assert told["odd"]["note"] == "'=1+1", "an office program must not take a text for a formula"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
async def test_encodings(world_of: WorldOf, encoding: str, line_end: str) -> None:
    """UTF-8, UTF-8 with a byte-order mark and GBK all load, whatever ends the lines."""
    school = School(await world_of("nutrition"))
    data = _file(_line(), _line("rice", "大米")).replace("\r\n", line_end).encode(encoding)
    assert (await _post(school.http, data))["created"] == 2
    assert (await ok(await school.http.get("/foods/kale")))["name_zh"] == "羽衣甘蓝"


async def test_one_broken_character_spoils_its_row_only(world_of: WorldOf) -> None:
    """In a UTF-8 file one row of another encoding is refused, not read as mojibake; the others load."""
    school = School(await world_of("nutrition"))
    data = _file(_line("a"), "{}", _line("c")).encode().replace(b"{}", _line("b").encode("gbk"))
    answer = await _post(school.http, data)
    assert (answer["created"], _problems(answer)) == (2, [(3, "", "encoding")])


async def test_bad_rows_are_named_by_their_row_in_the_file(world_of: WorldOf) -> None:
    """A row's refusal names row, field and rule; the good rows load."""
    school = School(await world_of("nutrition"))
    extra = ",energy_kcal,protein_g,fat_g,carbohydrate_g,temperature_class,shelf_life_days,farmed"
    lines = [
        _line("ok", more=",50,3,1,7,ambient,5,1"),
        _line("negative", more=",-1,,,,,,"),
        _line("protein", more=",400,100.5,,,,,"),
        _line("together", more=",400,60,30,30,,,"),
        _line("text", more=",much,,,,,,"),
        _line("grouped", more=',"1,024",,,,,,'),
        _line("half", more=",,,,,chilled,,"),
        _line("class", more=",,,,,warm,3,"),
        _line("farmed", more=",,,,,,,perhaps"),
        _line("short"),
        '"' + _line("quote", more=",,,,,,,"),
        _line("ok", more=",,,,,,,"),
        _line("Ünï", more=",,,,,,,"),
        "blank_allergens,甲,A,vegetable,900,,0,,,,,,,",
        "",
        ",,,,,,,,,,,,,",
        _line("fine", more=",30,,,,,,否"),
    ]
    answer = await _post(school.http, _file(*lines, header=HEADER + extra))
    assert _problems(answer) == [
        (3, "energy_kcal", "greater_than_equal"),
        (4, "protein_g", "less_than_equal"),
        (5, "carbohydrate_g", "more-than-all"),
        (6, "energy_kcal", "float_type"),
        (7, "energy_kcal", "float_type"),
        (8, "shelf_life_days", "keeping-half-known"),
        (9, "temperature_class", "enum"),
        (10, "farmed", "bool_type"),
        (11, "", "cells"),
        (12, "", "csv"),
        (13, "food_code", "twice-in-body"),
        (14, "food_code", "string_pattern_mismatch"),
        (15, "allergens", "list_type"),
    ]
    assert (answer["created"], answer["refused_rows"]) == (2, 13)
    fine = await ok(await school.http.get("/foods/fine"))
    assert (fine["farmed"], fine["protein_g"], fine["energy_kcal"]) == (False, None, 30)


async def test_energy_far_from_its_parts_is_only_warned_of(world_of: WorldOf) -> None:
    """Energy that its parts cannot make is taken with a warning, and so is a food that nobody analysed."""
    school = School(await world_of("nutrition"))
    extra = ",energy_kcal,protein_g,fat_g,carbohydrate_g,fibre_g"
    lines = [
        _line("likely", more=",100,5,5,10,1"),
        _line("kilojoules", more=",440,5,5,10,1"),
        _line("fibrous", more=",247,3.99,1.24,80.59,53.1"),
        _line("unknown", more=",,,,,"),
        _line("half", more=",900,5,,10,"),
    ]
    answer = await _post(school.http, _file(*lines, header=HEADER + extra))
    assert (answer["created"], answer["refused"]) == (5, [])
    warned = [(one["row"], one["field"], one["rule"]) for one in answer["warned"]]
    assert warned == [(3, "energy_kcal", "energy-unlikely"), (5, "energy_kcal", "composition-unknown")]


async def test_columns(world_of: WorldOf) -> None:
    """Columns come in any order; one nobody knows is named; one that is not there leaves what is known as it is."""
    school = School(await world_of("nutrition"))
    await school.put("/foods", b.a_food("kale", iron_mg=1.5, zinc_mg=0.5))
    answer = await _post(school.http, "zinc_mg,remark,protien_g,food_code\n,new,3,kale\n,,,beet\n")
    assert [(one["row"], one["field"], one["rule"]) for one in answer["warned"][:2]] == [
        (1, "remark", "unknown-column"),
        (1, "protien_g", "unknown-column"),
    ]
    assert (answer["changed"], _problems(answer)) == (1, [(3, "name_zh", "missing")])
    kale = await ok(await school.http.get("/foods/kale"))
    assert (kale["iron_mg"], kale["zinc_mg"], kale["version"]) == (1.5, None, 2)


@pytest.mark.parametrize(
    ("data", "status", "rule"),
    [
        (b"", 422, "no-header"),
        (b"\xff\xfe\x00\x01", 422, "no-header"),
        (b"name_zh,name_en\n", 422, "no-header"),
        (b"food_code,zinc_mg,zinc_mg\n", 422, "column-twice"),
        (b"food_code,zinc_mg\n" + b"a,1\n" * 100_000, 422, "too-many-rows"),
        ((_line() + "\n").encode() * 100_000, 413, "body-too-large"),
    ],
)
async def test_files_that_cannot_be_meant(world_of: WorldOf, data: bytes, status: int, rule: str) -> None:
    """A file without a header, with a column twice, or of 100,000 rows is refused as a whole."""
    school = School(await world_of("nutrition"))
    refused(await school.http.post("/foods/import", content=data, headers=CSV), status, rule)


async def test_only_csv_is_imported(world_of: WorldOf) -> None:
    """Another media type is refused: a JSON body or a workbook is no CSV."""
    school = School(await world_of("nutrition"))
    refused(await school.http.post("/foods/import", json={"rows": []}), 415, "wrong-media-type")
    refused(await school.http.post("/foods/import", content=b"x"), 415, "wrong-media-type")


async def test_as_many_rows_as_a_file_may_have(world_of: WorldOf) -> None:
    """A file of the largest size loads in one go; of a thousand and more refusals the first thousand are listed."""
    school = School(await world_of("nutrition"))
    lines = [_line(f"f{number}" if number % 2 else "-") for number in range(MOST_ROWS)]
    answer = await _post(school.http, _file(*lines))
    assert (answer["created"], answer["refused_rows"]) == (MOST_ROWS // 2, MOST_ROWS // 2)
    assert (len(answer["refused"]), len(answer["warned"])) == (1000, 1000)
