"""How much is written, how often the same, and in how little memory."""

import json
import tracemalloc
from pathlib import Path

import pytest

from services.generator import generate, read_manifest
from services.generator.canteens import canteens_of, size_at
from services.generator.dice import Dice, share
from services.generator.geography import counties_of
from services.generator.reference import DATA, Reference
from tests.unit.generator.conftest import SEED, Dataset, contents


def test_same_seed_same_bytes(county: Dataset, tmp_path: Path) -> None:
    """The same arguments write the same bytes, whatever was in the directory before."""
    generate(3, 2, 1, tmp_path)
    generate(44, 33, SEED, tmp_path)
    assert contents(tmp_path) == contents(county.path)


def test_committed_county_is_what_the_generator_makes(tmp_path: Path) -> None:
    """data/county is the generator's own output, byte for byte, so it can be made again on any machine."""
    manifest = read_manifest(DATA / "county")
    generate(manifest.schools, manifest.cooperatives, manifest.seed, tmp_path)
    assert contents(tmp_path) == contents(DATA / "county")
    assert sum(map(len, contents(tmp_path).values())) < 2_000_000


def test_another_seed_another_county(county: Dataset, tmp_path: Path) -> None:
    """Another seed changes people and places, and leaves real places and templates alone."""
    generate(44, 33, SEED + 1, tmp_path)
    same = {name for name, content in contents(tmp_path).items() if content == contents(county.path)[name]}
    assert same == {
        "counties.csv",
        "towns.csv",
        "menu_templates.csv",
        "holidays.csv",
        "depots.csv",
        "funding_classes.csv",
    }


def test_the_manifest_says_it_is_fictional(county: Dataset) -> None:
    """Nobody can mistake a generated directory for a real county."""
    content = json.loads((county.path / "manifest.json").read_text(encoding="utf-8"))
    assert content["format"] == 1
    assert content["fictional"] is True
    assert content["week_start"] == "2026-11-30"
    assert content["counties"] == ["520628"]
    assert (content["schools"], content["cooperatives"], content["seed"]) == (44, 33, SEED)


def test_lines_end_with_a_newline_and_nothing_else(county: Dataset) -> None:
    """Files are UTF-8 without a mark, with one newline a row on every system."""
    for content in contents(county.path).values():
        assert b"\r" not in content
        assert not content.startswith(b"\xef\xbb\xbf")
        assert content.endswith(b"\n")


@pytest.mark.parametrize(
    ("schools", "cooperatives", "counties"), [(0, 1, None), (1, 0, None), (5, 5, 0), (5, 5, 6), (500, 5, 89)]
)
def test_impossible_sizes_are_refused(schools: int, cooperatives: int, counties: int | None, tmp_path: Path) -> None:
    """A data set has at least one school and cooperative, and a school in every county."""
    with pytest.raises(ValueError, match="must be"):
        generate(schools, cooperatives, SEED, tmp_path, counties)


@pytest.mark.parametrize(("schools", "cooperatives"), [(1, 1), (2, 40), (60, 1)])
def test_lopsided_counties_are_possible(schools: int, cooperatives: int, tmp_path: Path) -> None:
    """Few schools with many cooperatives, and many schools with one, are still whole data sets."""
    generate(schools, cooperatives, SEED, tmp_path)
    found = Dataset(tmp_path)
    assert len(found.texts("canteens.csv", "canteen_id")) == schools
    assert len(found.texts("cooperatives.csv", "cooperative_id")) == cooperatives


def test_memory_does_not_grow_with_the_data_set(tmp_path: Path) -> None:
    """Four times the schools and cooperatives of a county need no more memory: rows are written as they come."""
    small, large = (_peak_bytes(scale, tmp_path / str(scale)) for scale in (1, 4))
    assert large < small * 1.1 + 100_000


def _peak_bytes(scale: int, out: Path) -> int:
    tracemalloc.start()
    try:
        generate(200 * scale, 60 * scale, SEED, out, counties=1)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_province_has_its_pupils(reference: Reference) -> None:
    """17,890 schools in 88 counties feed 6.2 million pupils, give or take two per cent, whatever the seed."""
    counties = list(counties_of(reference, 17_890, 5_000, None))
    assert len(counties) == 88
    assert sum(county.schools for county in counties) == 17_890
    assert sum(county.cooperatives for county in counties) == 5_000
    pupils = sum(canteen.pupils for county in counties for canteen in canteens_of(reference, county, SEED))
    assert pupils == pytest.approx(6_200_000, rel=0.02)


def test_school_sizes_run_from_teaching_points_to_boarding_schools() -> None:
    """The mean is 347 diners while half the schools have fewer than 190: many are small, a few are large."""
    sizes = [size_at(rank / 10_000) for rank in range(10_000)]
    assert sizes == sorted(sizes)
    assert (sizes[0], size_at(0.999999)) == (20, 3000)
    assert sum(sizes) / len(sizes) == pytest.approx(346.6, abs=0.5)
    assert sizes[5_000] < 190


def test_counties_follow_population(reference: Reference) -> None:
    """A populous county has more schools, and the sample county is in every data set."""
    counties = {county.code: county for county in counties_of(reference, 17_890, 5_000, None)}
    assert counties["520502"].schools > 5 * counties["522634"].schools
    assert [county.code for county in counties_of(reference, 250, 10, None)] == ["520628"]
    assert "520628" in [county.code for county in counties_of(reference, 400, 10, 2)]


def test_shares_sum_to_the_whole() -> None:
    """Splitting by weight loses nothing and invents nothing."""
    weights = [7, 1, 0, 13, 5]
    parts = [share(100, sum(weights[:i]), weight, sum(weights)) for i, weight in enumerate(weights)]
    assert sum(parts) == 100
    assert parts[2] == 0


def test_dice_do_not_depend_on_each_other() -> None:
    """Each entity has a stream of its own, so adding one entity moves no other."""
    first, second = Dice(SEED, "a"), Dice(SEED, "b")
    second.fraction()
    again = Dice(SEED, "a")
    assert [first.between(1, 6) for _ in range(20)] == [again.between(1, 6) for _ in range(20)]
    # A known value: the same on every machine and Python.
    assert Dice(SEED, "sch-520628-0001").between(0, 10**9) == 681_290_382
