"""The run sheet as a page to print: a table for each stop, with lines, lots and boxes to tick."""

from html import escape

from services.logistics.trips.schemas import RunSheet, SheetLine, SheetStop

_STYLE = (
    "body{font:14px/1.4 'Noto Sans SC','Microsoft YaHei',sans-serif;margin:2rem;color:#111}"
    "table{border-collapse:collapse;width:100%;margin:.3rem 0 1rem}th,td{border:1px solid #999;padding:.2rem .5rem;"
    "text-align:left}td.n{text-align:right}section{break-inside:avoid}h2{font-size:1.1rem;margin:.8rem 0 0}"
    "@media print{body{margin:0;font-size:11px}}"
)
_KINDS = {"pickup": "装货 Load", "delivery": "卸货 Unload"}
_CLASSES = {"ambient": "常温 Ambient", "chilled": "冷藏 Chilled", "frozen": "冷冻 Frozen"}
_HEAD = (
    "<tr><th>订单 Order</th><th>食材 Food</th><th>温度 Class</th><th>公斤 kg</th><th>批次 Lots</th>"
    "<th>实测 °C</th><th>✓</th></tr>"
)


def page_of(sheet: RunSheet) -> str:
    """Return a run sheet as an HTML page."""
    plate = escape(str(sheet.vehicle.get("plate", sheet.vehicle.get("vehicle_id", ""))))
    facts = (
        f"{sheet.day} · {plate} · 司机 Driver {escape(sheet.driver_id or '–')} · "
        f"{_CLASSES[sheet.temperature_class]} {_limit(sheet.limit_c)} · "
        f"{sheet.starts_at:%H:%M}–{sheet.ends_at:%H:%M} · {sheet.distance_m / 1000:.1f} km"
    )
    title = f"行车单 Run sheet {escape(sheet.trip_id)}"
    stops = "".join(_stop(stop) for stop in sheet.stops)
    return (
        f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1><p>{facts}</p>{stops}</body></html>"
    )


def _limit(limit_c: tuple[float | None, float | None]) -> str:
    low, high = limit_c
    if low is None and high is None:
        return ""
    if low is None:
        return f"≤ {high:g} °C"
    return f"≥ {low:g} °C" if high is None else f"{low:g}–{high:g} °C"


def _stop(stop: SheetStop) -> str:
    names = f"{escape(stop.name_zh)} {escape(stop.name_en)}"
    town = f" · 乡镇 Town {escape(stop.town_code)}" if stop.town_code else ""
    where = f"{stop.planned_at:%H:%M}{town} · {stop.lat:.5f}, {stop.lon:.5f} · {_kg(stop.weight_g)} kg"
    lines = "".join(_line(line) for line in stop.lines)
    return (
        f"<section><h2>{stop.sequence}. {_KINDS.get(stop.kind, escape(stop.kind))}: {names}</h2><p>{where}</p>"
        f"<table>{_HEAD}{lines}</table></section>"
    )


def _line(line: SheetLine) -> str:
    lots = "<br>".join(f"{escape(lot.lot_id)} ({_kg(lot.dispatched_g)} kg)" for lot in line.lots)
    weight = _kg(line.dispatched_g or line.confirmed_g)
    return (
        f"<tr><td>{escape(line.order_id)}</td><td>{escape(line.food_code)}</td>"
        f'<td>{_CLASSES.get(line.temperature_class, "")}</td><td class="n">{weight}</td>'
        f"<td>{lots}</td><td></td><td></td></tr>"
    )


def _kg(grams: int) -> str:
    return f"{grams / 1000:,.1f}"
