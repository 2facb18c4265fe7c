"""The month's report as a page to print, and as a CSV file: a column for each county would not fit, a row does."""

from collections.abc import Callable
from html import escape

from services.procurement.reports.month_schemas import Figures, MonthReport
from shared.counties import name_of
from shared.tabular import write_table


def _yuan(fen: int | float | None) -> str:
    return "–" if fen is None else f"{fen / 100:,.2f}"


def _kilograms(grams: int | float | None) -> str:
    return "–" if grams is None else f"{grams / 1000:,.1f}"


def _percent(part: int | float | None) -> str:
    return "–" if part is None else f"{part * 100:.2f} %"


def _count(number: int | float | None) -> str:
    return "–" if number is None else f"{number:,}"


def _index(number: int | float | None) -> str:
    return "–" if number is None else f"{number:.4f}"


_ROWS: tuple[tuple[str, str, Callable[[int | float | None], str]], ...] = (
    ("spend_fen", "食材支出 Spend on food, ¥", _yuan),
    ("accepted_g", "验收重量 Accepted, kg", _kilograms),
    ("orders", "结算订单 Orders settled", _count),
    ("poor_households_fen", "付给脱贫户 To poor households, ¥", _yuan),
    ("poor_household_share", "占比 Share of the spend", _percent),
    ("from_county_fen", "本县采购 From the county, ¥", _yuan),
    ("from_county_share", "占比 Share of the spend", _percent),
    ("from_province_fen", "本省采购 From the province, ¥", _yuan),
    ("from_province_share", "占比 Share of the spend", _percent),
    ("from_market_fen", "市场供应商 From the licensed market supplier, ¥", _yuan),
    ("from_market_share", "占比 Share of the spend", _percent),
    ("households", "受益农户 Households reached", _count),
    ("poor_households", "其中脱贫户 Of them poor", _count),
    ("gini", "农户收入基尼系数 Gini of their income", _index),
    ("demand_g", "需求 Demand, kg", _kilograms),
    ("unmet_g", "未满足需求 Unmet demand, kg", _kilograms),
    ("unmet_share", "占比 Share of the demand", _percent),
    ("compared_fen", "有参考价的支出 Spend with a reference price, ¥", _yuan),
    ("reference_fen", "按参考价 At reference prices, ¥", _yuan),
    ("price_difference", "高于参考价 Above reference prices", _percent),
    ("paid_fen", "已付合作社 Paid to cooperatives, ¥", _yuan),
    ("held_fen", "合作社待付农户 Held by them for households, ¥", _yuan),
    ("disputed_fen", "争议暂扣 Held back in disputes, ¥", _yuan),
    ("freight_fen", "运费 (运费专项) Freight, out of its own fund, ¥", _yuan),
    ("compensation_fen", "逾期取消补偿 (运转经费) For calling off late, out of the operating fund, ¥", _yuan),
)
_STYLE = (
    "body{font:14px/1.4 'Noto Sans SC','Microsoft YaHei',sans-serif;margin:2rem;color:#111}"
    "table{border-collapse:collapse;margin:1rem 0}th,td{border:1px solid #999;padding:.25rem .6rem;text-align:right}"
    "th:first-child,td:first-child{text-align:left}code{font-size:11px}tr{break-inside:avoid}"
    "@media print{body{margin:0;font-size:11px}a{color:inherit;text-decoration:none}}"
)


def page_of(report: MonthReport) -> str:
    """Return the report as one HTML page that needs nothing else: figures, counties, the ledger it stands on."""
    where = "全部县 all counties" if report.county_code is None else _named(report.county_code)
    title = f"校农结合月报 Monthly report {report.month} – {where}"
    opens = {figure: url.rsplit("/", 1)[1] for figure, url in report.opens.items()}
    figures = "".join(
        f"<tr><td>{escape(label)}</td><td>{_linked(shown(getattr(report.total, name)), opens.get(name))}</td></tr>"
        for name, label, shown in _ROWS
    )
    anchors = "".join(
        f"<tr><td>{escape(_named(one.county_code))}</td><td>{one.links:,}</td><td><code>{one.hash}</code></td></tr>"
        for one in report.ledger
    )
    return (
        f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1><p>{report.made_on}</p>"
        f"<table>{figures}</table>{_counties(report)}"
        "<h2>账本 Ledger</h2><table><tr><th>县 County</th><th>链 Links</th><th>SHA-256</th></tr>"
        f"{anchors}</table></body></html>"
    )


def _named(county_code: str) -> str:
    return " ".join(dict.fromkeys(name_of(county_code)))


def _linked(text: str, url: str | None) -> str:
    return escape(text) if url is None else f'<a href="{escape(url)}">{escape(text)}</a>'


def _counties(report: MonthReport) -> str:
    if report.county_code is not None:
        return ""
    names = (
        "spend_fen",
        "accepted_g",
        "poor_household_share",
        "from_county_share",
        "households",
        "gini",
        "unmet_share",
    )
    labels = {name: (label, shown) for name, label, shown in _ROWS}
    head = "".join(f"<th>{escape(labels[name][0])}</th>" for name in names)
    rows = "".join(
        f"<tr><td>{_linked(_named(county.county_code), f'page?month={report.month}&county_code={county.county_code}')}"
        "</td>" + "".join(f"<td>{escape(labels[name][1](getattr(county, name)))}</td>" for name in names) + "</tr>"
        for county in report.counties
    )
    return f"<h2>各县 Counties</h2><table><tr><th>县 County</th>{head}</tr>{rows}</table>"


def csv_of(report: MonthReport) -> bytes:
    """Return the report as a CSV file: a row for each county and one for all, integers in fen and g."""
    names = list(Figures.model_fields)
    rows = [[county.county_code, *_cells(county, names)] for county in report.counties]
    return write_table(["county_code", *names], [*rows, ["total", *_cells(report.total, names)]])


def _cells(figures: Figures, names: list[str]) -> list[str]:
    return ["" if getattr(figures, name) is None else str(getattr(figures, name)) for name in names]
