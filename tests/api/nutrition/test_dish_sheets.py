"""Dishes from and to CSV files: a line is an ingredient, good dishes load, bad rows are named."""

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.generator.reference import DATA
from services.loading import REFERENCE, Loaded
from services.nutrition.dishes.domain import Method, PortionRule, Scope
from services.nutrition.dishes.schemas import DishRow
from services.nutrition.dishes.sheet import COLUMNS, MOST_ROWS, read_sheet, write_sheet
from shared.fields import AgeBand
from tests import builders as b
from tests.api.nutrition.school import School
from tests.api.nutrition.test_foods import load_all
from tests.conftest import WorldOf
from tests.world import ok, refused

CSV = {"content-type": "text/csv"}
HEADER = "dish_code,name_zh,name_en,category,food_code,grams_raw"


def _file(*lines: str, header: str = HEADER) -> str:
    return "\r\n".join([header, *lines, ""])


async def _post(http: httpx.AsyncClient, data: str | bytes) -> dict[str, Any]:
    content = data.encode() if isinstance(data, str) else data
    answer: dict[str, Any] = await ok(await http.post("/dishes/import", content=content, headers=CSV))
    return answer


def _problems(answer: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(one["row"], one["field"], one["rule"]) for one in answer["refused"]]


async def test_the_seed_data_is_such_a_file(world_of: WorldOf) -> None:
    """data/dishes.csv imports to what the loader makes of it; what is exported then imports to the same."""
    school = School(await world_of("nutrition"))
    await load_all(school)
    first = await _post(school.http, (DATA / "dishes.csv").read_bytes())
    assert (first["created"], first["refused"], first["warned"]) == (155, [], [])
    rows = [row for _, row in REFERENCE[1].rows(DATA, Loaded())]
    assert (await school.put("/dishes", *rows))["unchanged"] == 155
    exported = await school.http.get("/dishes/export")
    assert exported.headers["content-type"] == "text/csv; charset=utf-8"
    assert exported.content.startswith(b"\xef\xbb\xbfdish_code,name_en,name_zh,category,food_code,grams_raw,")
    assert len(exported.text.splitlines()) == len((DATA / "dishes.csv").read_text(encoding="utf-8").splitlines())
    again = await _post(school.http, exported.content)
    assert (again["unchanged"], again["changed"], again["created"], again["refused"]) == (155, 0, 0, [])
    assert (await ok(await school.http.get("/dishes", params={"q": "qjcjd"})))["items"][0]["dish_code"] == "X01"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
async def test_encodings(world_of: WorldOf, encoding: str) -> None:
    """UTF-8, with a byte-order mark or without, and GBK load."""
    school = await School(await world_of("nutrition")).set_up()
    data = _file("n1,莲花白饭,Rice with cabbage,staple,rice,100", "n1,,,,cabbage,34.5")
    assert (await _post(school.http, data.encode(encoding)))["created"] == 1
    dish = await ok(await school.http.get("/dishes/n1"))
    assert dish["name_zh"] == "莲花白饭"
    assert [(part["food_code"], part["portion_mg"]) for part in dish["ingredients"]] == [
        ("cabbage", 34_500),
        ("rice", 100_000),
    ]


async def test_bad_rows_are_named_and_good_dishes_load(world_of: WorldOf) -> None:
    """Every refusal names its row, column and rule; nothing of a dish with a bad row is taken."""
    school = await School(await world_of("nutrition")).set_up()
    header = HEADER + ",method,equipment,portion_rule,portion_permille,scope,county_code,canteen_id"
    lines = {
        "g1,好,Good,soup,rice,5,boil,stock_pot;wok,fixed,,province,,": None,
        "b1,坏,Bad,soup,gold,5,,,,,,,": ("food_code", "unknown-food"),
        "b2,坏,Bad,soup,rice,0,,,,,,,": ("grams_raw", "greater_than"),
        "b3,坏,Bad,soup,rice,5000,,,,,,,": ("grams_raw", "less_than_equal"),
        "b4,坏,Bad,soup,rice,many,,,,,,,": ("grams_raw", "unreadable"),
        "b5,坏,Bad,soup,rice,0.0005,,,,,,,": ("grams_raw", "unreadable"),
        "b6,坏,Bad,soup,,5,,,,,,,": ("food_code", "missing"),
        "b7,坏,Bad,soup,rice,,,,,,,,": ("grams_raw", "missing"),
        "b8,坏,Bad,soup,rice,5,microwave,,,,,,": ("method", "enum"),
        "b9,坏,Bad,soup,rice,5,,,per_band,6-8:900,,,": ("portion_permille", "portions-of-every-band"),
        "c1,坏,Bad,soup,rice,5,,,per_band,much,,,": ("portion_permille", "unreadable"),
        "c2,坏,Bad,soup,rice,5,,,,,county,,": ("county_code", "owner-of-scope"),
        "c3,坏,Bad,soup,rice,5,,,,,canteen,,sch-9": ("canteen_id", "unknown-canteen"),
        "c4,,Bad,soup,rice,5,,,,,,,": ("name_zh", "missing"),
        ",坏,Bad,soup,rice,5,,,,,,,": ("dish_code", "missing"),
        "a b,坏,Bad,soup,rice,5,,,,,,,": ("dish_code", "string_pattern_mismatch"),
        "d01,坏,Bad,soup,rice,5,,,,,county,520628,": ("dish_code", "dish-of-another-library"),
        "g2,好,Good,soup,rice,5,,,per_band,6-8:900; 9-11:1000;12-14:1100;15-17:1200,canteen,,sch-1": None,
    }
    answer = await _post(school.http, _file(*lines, header=header))
    expected = [(row, *wrong) for row, wrong in enumerate(lines.values(), start=2) if wrong]
    assert (_problems(answer), answer["refused_rows"]) == (expected, len(expected))
    assert answer["created"] == 2
    good = await ok(await school.http.get("/dishes/g2"))
    assert (good["canteen_id"], good["portion_permille"]["15-17"], good["equipment"]) == ("sch-1", 1200, [])
    assert (await ok(await school.http.get("/dishes/d01")))["version"] == 1


async def test_a_later_row_of_a_dish_is_named_by_its_own_number(world_of: WorldOf) -> None:
    """The rows of a dish need not stand together; a contradiction, a food twice and an unknown food are found there."""
    school = await School(await world_of("nutrition")).set_up()
    lines = [
        *("a,甲,A,soup,rice,5", "b,乙,B,soup,rice,5", "c,丙,C,soup,rice,5", "d,丁,D,soup,rice,5"),
        *("a,甲,A,staple,pork,5", "b,,,,gold,5", "c,,,,rice,6", "d,,D,,pork,7"),
    ]
    answer = await _post(school.http, _file(*lines))
    assert _problems(answer) == [
        (4, "food_code", "food-twice"),
        (6, "category", "differs"),
        (7, "food_code", "unknown-food"),
    ]
    assert "row 2 says 'soup'" in answer["refused"][1]["detail"]
    assert (answer["created"], len((await ok(await school.http.get("/dishes/d")))["ingredients"])) == (1, 2)


async def test_a_dish_beside_an_unreadable_row_is_not_taken(world_of: WorldOf) -> None:
    """The lost row may be an ingredient of the dish before or after it, and carry an allergen; others load."""
    school = await School(await world_of("nutrition")).set_up()
    lines = ["a,甲,A,soup,rice,5", "b,乙,B,soup,rice,5", "{}", "c,丙,C,soup,rice,5", "d,丁,D,soup,rice,5"]
    data = _file(*lines).encode().replace(b"{}", "b,乙,B,soup,鸡蛋,5".encode("gbk"))
    answer = await _post(school.http, data)
    assert _problems(answer) == [
        (3, "dish_code", "perhaps-incomplete"),
        (4, "", "encoding"),
        (5, "dish_code", "perhaps-incomplete"),
    ]
    assert answer["created"] == 2
    short = await _post(school.http, _file("e,戊,E,soup,rice,5", "e,,,,salt"))
    assert (_problems(short), short["created"]) == (
        [(2, "dish_code", "perhaps-incomplete"), (3, "", "cells")],
        0,
    )


async def test_a_column_the_file_has_not_says_nothing(world_of: WorldOf) -> None:
    """What is known of a dish stays where the file has no column for it, and is unsaid where the cell is blank."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/dishes", b.a_dish("d01", rice=90) | {"method": "steam", "portion_rule": "fixed"})
    short = "d01,rice,80\r\n"
    answer = await _post(school.http, "dish_code,food_code,grams_raw,equipment\r\nd01,rice,80,wok\r\nnew,rice,1,\r\n")
    assert (answer["changed"], _problems(answer)) == (1, [(3, "name_zh", "missing")])
    dish = await ok(await school.http.get("/dishes/d01"))
    assert (dish["method"], dish["portion_rule"], dish["equipment"]) == ("steam", "fixed", ["wok"])
    assert (await _post(school.http, "dish_code,food_code,grams_raw\r\n" + short))["unchanged"] == 1
    header = "dish_code,food_code,grams_raw,method,colour\r\n"
    answer = await _post(school.http, header + "d01,rice,80,,red\r\n")
    assert (answer["changed"], [(one["field"], one["rule"]) for one in answer["warned"]]) == (
        1,
        [("colour", "unknown-column")],
    )
    assert (await ok(await school.http.get("/dishes/d01")))["method"] is None


async def test_files_that_cannot_be_meant(world_of: WorldOf) -> None:
    """No header, no CSV, too many lines: the file is refused as a whole, and nothing is changed."""
    school = await School(await world_of("nutrition")).set_up()
    for data, rule in ((b"", "no-header"), (b"a,b\n1,2\n", "no-header"), (b"dish_code,dish_code\n", "column-twice")):
        refused(await school.http.post("/dishes/import", content=data, headers=CSV), 422, rule)
    long = _file(*["a,b,c,d,e,f"] * (MOST_ROWS + 1)).encode()
    refused(await school.http.post("/dishes/import", content=long, headers=CSV), 422, "too-many-rows")
    assert (await school.http.post("/dishes/import", json={"rows": []})).status_code == 415
    nothing = await _post(school.http, HEADER)
    assert (nothing["created"], nothing["refused"]) == (0, [])


async def test_what_is_exported(world_of: WorldOf) -> None:
    """The library that was asked for, without retired dishes."""
    school = await School(await world_of("nutrition")).set_up()
    own = {"scope": "canteen", "canteen_id": "sch-1"}
    await school.put("/dishes", b.a_dish("o1", rice=1) | own | {"name_en": "=1+1"})
    await ok(await school.http.post("/dishes/d02/retire", json={"reason": "test"}))

    async def codes(**wanted: str) -> set[str]:
        file = await school.http.get("/dishes/export", params=wanted)
        return {written.dish_code for written in read_sheet(file.content).dishes}

    assert await codes() == {"d01", "d03", "o1"}
    assert await codes(county_code=b.COUNTY) == {"d01", "d03"}
    assert await codes(canteen_id="sch-1", scope="canteen") == {"o1"}
    file = await school.http.get("/dishes/export")
    assert ",'=1+1," in file.text
    assert (await _post(school.http, file.content))["unchanged"] == 3
    refused(await school.http.get("/dishes/export", params={"canteen_id": "sch-9"}), 404, "unknown-canteen")


names = (
    st.text(min_size=1, max_size=20).map(lambda text: " ".join(text.split())).filter(lambda t: t and "\x00" not in t)
)
codes = st.from_regex(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,9}", fullmatch=True)
rows: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    dish_code=codes,
    name_zh=names,
    name_en=names,
    category=codes,
    method=st.none() | st.sampled_from(Method),
    equipment=st.lists(codes, max_size=3, unique=True).map(sorted),
    portion_rule=st.sampled_from([PortionRule.PROPORTIONAL, PortionRule.FIXED]),
    portion_permille=st.none(),
    scope=st.just(Scope.PROVINCE),
    county_code=st.none(),
    canteen_id=st.none(),
    ingredients=st.lists(
        st.builds(dict, food_code=codes, portion_mg=st.integers(1, 300_000)),
        min_size=1,
        max_size=5,
        unique_by=lambda part: part["food_code"],
    ),
)


@given(st.lists(rows, max_size=5, unique_by=lambda row: row["dish_code"]), st.booleans())
def test_written_and_read_again(dishes: list[dict[str, Any]], per_band: bool) -> None:
    """Whatever names hold, a file that was written reads as the same dishes."""
    bands = {band.value: 1000 + 10 * place * (place - 1) for place, band in enumerate(AgeBand)}
    said = [
        row | ({"portion_rule": PortionRule.PER_BAND, "portion_permille": bands} if per_band else {}) for row in dishes
    ]
    meant = [DishRow.model_validate(row) for row in said]
    sheet = read_sheet(write_sheet(row.model_dump(mode="json") for row in meant))
    assert (sheet.refused, sheet.warned, sheet.columns) == ([], [], frozenset(COLUMNS))
    found = [
        DishRow.model_validate({k: v for k, v in one.values.items() if v is not None} | {"dish_code": one.dish_code})
        for one in sheet.dishes
    ]
    assert found == meant
