"""Writes a fictional county or province, county by county and row by row: memory does not grow with its size."""

import json
from datetime import date
from itertools import cycle
from pathlib import Path

from services.generator.canteens import Canteen, canteens_of, stocks_of
from services.generator.demand import CountyDemand, Portions, portions
from services.generator.farms import (
    SOURCE,
    Cooperative,
    certificates_of,
    cooperatives_of,
    described,
    household_numbers,
    statuses_of,
)
from services.generator.fleet import depots_of, drivers_of, vehicles_of
from services.generator.funding import CLASSES, COUNT_SOURCE, SCHOOL_YEAR, counts_of
from services.generator.geography import County, counties_of, degrees
from services.generator.offers import Supply, month_of
from services.generator.reference import Reference, load
from services.generator.writer import Writer

FORMAT = 1
WEEK_START = date(2026, 11, 30)
PROVINCE_SCOPE = "52"


def generate(
    schools: int,
    cooperatives: int,
    seed: int,
    out: Path,
    counties: int | None = None,
    *,
    week_start: date = WEEK_START,
) -> None:
    """Writes all files into `out`; the same arguments write the same bytes on every machine.

    Up to 250 schools make one county (the sample county, Songtao), more spread over Guizhou's divisions by population.
    """
    if schools < 1 or cooperatives < 1:
        raise ValueError("there must be at least one school and one cooperative")
    if week_start.isoweekday() != 1:
        raise ValueError("week_start must be a Monday")
    reference = load()
    chosen = list(counties_of(reference, schools, cooperatives, counties))
    manifest = out / "manifest.json"
    # A directory without a manifest is not loaded: an interrupted run leaves nothing that looks whole.
    manifest.unlink(missing_ok=True)
    with Writer(out) as writer:
        _write_templates(writer, reference)
        for paid in CLASSES:
            amount = (paid.valid_from, paid.fen, paid.meals, paid.source)
            writer.row("funding_classes.csv", paid.class_code, paid.name_zh, paid.name_en, *amount)
        table = portions(reference)
        for county in chosen:
            _CountyRun(writer, reference, table, county, seed, week_start).write()
    manifest.write_text(_manifest(chosen, schools, cooperatives, seed, week_start), encoding="utf-8", newline="\n")


def _manifest(counties: list[County], schools: int, cooperatives: int, seed: int, week_start: date) -> str:
    content = {
        "format": FORMAT,
        "fictional": True,
        "note": "Schools, cooperatives, households, vehicles and drivers are invented; towns and codes are real.",
        "seed": seed,
        "schools": schools,
        "cooperatives": cooperatives,
        "week_start": week_start.isoformat(),
        "counties": [county.code for county in counties],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _write_templates(writer: Writer, reference: Reference) -> None:
    for serving in reference.servings:
        writer.row("menu_templates.csv", serving.template_id, serving.weekday, serving.meal, serving.dish_code)


class _CountyRun:
    """One county's rows: schools pass once and leave their demand, cooperatives are counted and then written."""

    def __init__(
        self, writer: Writer, reference: Reference, table: Portions, county: County, seed: int, week: date
    ) -> None:
        self.writer = writer
        self.reference = reference
        self.table = table
        self.county = county
        self.seed = seed
        self.week = week
        self.demand = CountyDemand(table)

    def write(self) -> None:
        self._places()
        for canteen in canteens_of(self.reference, self.county, self.seed):
            self._canteen(canteen)
        self._farms()
        self._fleet()

    def _places(self) -> None:
        division = self.county.division
        place = (degrees(division.lat_e5), degrees(division.lon_e5), division.source)
        self.writer.row("counties.csv", division.code, division.name_zh, division.name_en, *place)
        for town in self.county.towns:
            place = (degrees(town.lat_e5), degrees(town.lon_e5), town.source)
            self.writer.row("towns.csv", town.code, town.county_code, town.name_zh, town.name_en, *place)
        for holiday in self.reference.holidays:
            if holiday.scope_code in (PROVINCE_SCOPE, division.code):
                self.writer.row("holidays.csv", division.code, holiday.day, holiday.name_zh, holiday.name_en)

    def _canteen(self, canteen: Canteen) -> None:
        self.demand.add(canteen.plan, canteen.eaters, canteen.pupils)
        template, meals = canteen.plan
        where = (self.county.code, canteen.town.code, canteen.lat, canteen.lon)
        names = (canteen.name_zh, canteen.name_en)
        self.writer.row("canteens.csv", canteen.canteen_id, *names, *where, meals, canteen.budget_fen, template)
        for headcount in canteen.headcounts:
            self.writer.row("headcounts.csv", canteen.canteen_id, *headcount)
        for class_code, pupils in counts_of(canteen, self.seed):
            counted = (canteen.canteen_id, class_code, SCHOOL_YEAR, pupils, COUNT_SOURCE)
            self.writer.row("funding_counts.csv", *counted)
        for stock in stocks_of(self.reference, self.table, canteen):
            self.writer.row("stocks.csv", canteen.canteen_id, *stock)

    def _farms(self) -> None:
        demand_g = self.demand.offered_g(month_of(self.week))
        supply = Supply(self.reference, self.county, demand_g, self.week, self.seed)
        weights = 0
        for cooperative in cooperatives_of(self.reference, self.county, list(demand_g), self.seed):
            supply.count(cooperative)
            weights += cooperative.weight
        before = written = 0
        for cooperative in cooperatives_of(self.reference, self.county, list(demand_g), self.seed):
            self._cooperative(cooperative, household_numbers(self.demand.pupils, cooperative, before, weights))
            written = self._offers(supply, cooperative, written)
            before += cooperative.weight

    def _cooperative(self, cooperative: Cooperative, households: range) -> None:
        name_zh, name_en, town, *place, group = described(self.reference, self.county, cooperative, self.seed)
        own = cooperative.cooperative_id
        self.writer.row("cooperatives.csv", own, name_zh, name_en, self.county.code, town.code, *place, group)
        papers = certificates_of(self.reference, self.county, cooperative, self.week, self.seed)
        for nth, (kind, paper_no, issuer, issued, expires, foods) in enumerate(papers, start=1):
            paper = (f"cert-{own}-{nth}", own, kind, paper_no, issuer, issued, expires, foods)
            self.writer.row("certificates.csv", *paper)
        for number in households:
            household_id = f"hh-{self.county.code}-{number:05d}"
            self.writer.row("households.csv", household_id, own, town.code)
            for status in statuses_of(self.county, cooperative, number, self.seed):
                self.writer.row("household_statuses.csv", household_id, *status, SOURCE)

    def _offers(self, supply: Supply, cooperative: Cooperative, written: int) -> int:
        for offer in supply.offers_of(cooperative):
            written += 1
            self.writer.row(
                "offers.csv",
                f"off-{self.county.code}-{written:05d}",
                cooperative.cooperative_id,
                offer.food_code,
                offer.available_from,
                offer.available_until,
                offer.quantity_g,
                offer.price_fen_per_kg,
                offer.shelf_life_days,
                offer.minimum_lot_g,
            )
        return written

    def _fleet(self) -> None:
        depots = []
        for depot_id, town in depots_of(self.county):
            depots.append(depot_id)
            names = (f"{town.name_zh}配送站（虚构）", f"{town.name_en} Depot (fictional)")
            place = (degrees(town.lat_e5), degrees(town.lon_e5))
            self.writer.row("depots.csv", depot_id, self.county.code, town.code, *names, *place)
        vehicles = 0
        homes = cycle(depots)
        for vehicle_id, plate, capacity_g, cold in vehicles_of(self.county, *self.demand.busiest_day_g(), self.seed):
            vehicles += 1
            self.writer.row("vehicles.csv", vehicle_id, next(homes), plate, capacity_g, cold)
        for driver_id, depot_id in zip(drivers_of(self.county, vehicles), cycle(depots), strict=False):
            self.writer.row("drivers.csv", driver_id, depot_id)
