"""Ways from an OSRM-compatible server (`/table/v1/driving/…`), asked block by block, believed where it makes sense.

A pair without a road between is FAR apart. A way shorter than the straight line, or faster than any vehicle, is
nonsense: then nothing of the answer is believed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import numpy as np

from services.logistics.roads.estimate import straight_m
from services.logistics.roads.port import RoadsFailed
from services.logistics.trips.problem import DAY_ENDS_S, Place, Position, Roads
from shared.fetching import FetchFailed, Patience, fetch

TIMEOUT = httpx.Timeout(20.0, connect=5.0)
BLOCK = 50
"""Places from and to in one question: a server of the usual settings answers for 100 places."""
FAR = 10 * DAY_ENDS_S
"""m and s of a way that does not exist."""
_FASTEST_M_S = 45.0
_SNAPPED_M = 2_000.0
"""So far a place may be moved to the nearest road, at either end."""


@dataclass(frozen=True)
class OsrmRoads:
    """A server of roads over HTTP."""

    url: str
    transport: httpx.AsyncBaseTransport | None = None
    patience: Patience = field(default_factory=lambda: Patience(tries=3))

    async def between(self, positions: Mapping[Place, Position]) -> Roads:
        """Return the ways between all places. Raises RoadsFailed."""
        at = list(positions.values())
        metres = np.full((len(at), len(at)), np.nan)
        seconds = metres.copy()
        parts = [range(start, min(start + BLOCK, len(at))) for start in range(0, len(at), BLOCK)]
        async with httpx.AsyncClient(timeout=TIMEOUT, transport=self.transport) as client:
            for rows in parts:
                for columns in parts:
                    there = np.ix_(rows, columns)
                    answer = await self._ask(client, [at[one] for one in rows], [at[one] for one in columns])
                    metres[there] = _numbers(answer, "distances", len(rows), len(columns))
                    seconds[there] = _numbers(answer, "durations", len(rows), len(columns))
        _believe(positions, metres, seconds)
        index = {place: number for number, place in enumerate(positions)}
        return Roads(index, _whole(metres), _whole(seconds))

    async def _ask(self, client: httpx.AsyncClient, rows: Sequence[Position], columns: Sequence[Position]) -> Any:
        coordinates = ";".join(f"{lon:.6f},{lat:.6f}" for lat, lon in (*rows, *columns))
        query = {
            "annotations": "duration,distance",
            "sources": ";".join(str(one) for one in range(len(rows))),
            "destinations": ";".join(str(one) for one in range(len(rows), len(rows) + len(columns))),
        }
        try:
            body = await fetch(client, f"{self.url.rstrip('/')}/table/v1/driving/{coordinates}", query, self.patience)
            answer = json.loads(body)
        except FetchFailed as error:
            raise RoadsFailed(str(error)) from None
        except (ValueError, RecursionError):
            raise RoadsFailed("answered what is no JSON") from None
        if not isinstance(answer, dict) or answer.get("code") != "Ok":
            raise RoadsFailed("answered without code Ok")
        return answer


def _numbers(answer: Mapping[str, Any], name: str, rows: int, columns: int) -> Any:
    """Return a table of an answer; NaN where there is no road. Raises RoadsFailed."""
    table = answer.get(name)
    right = isinstance(table, list) and len(table) == rows
    right = right and all(isinstance(row, list) and len(row) == columns for row in table or ())
    if not right or not all(_is_number(cell) for row in table or () for cell in row):
        raise RoadsFailed(f"answered without a table of {name}")
    return np.array([[np.nan if cell is None else cell for cell in row] for row in table or ()], dtype=np.float64)


def _is_number(cell: object) -> bool:
    return cell is None or (isinstance(cell, int | float) and not isinstance(cell, bool) and 0 <= cell < 1e9)


def _believe(positions: Mapping[Place, Position], metres: Any, seconds: Any) -> None:
    straight = straight_m(positions)
    if bool(np.any(metres < 0.98 * straight - 2 * _SNAPPED_M)):
        raise RoadsFailed("answered ways shorter than the straight line")
    if bool(np.any(metres > _FASTEST_M_S * (seconds + 1))) or bool(np.any(straight > _FASTEST_M_S * (seconds + 120))):
        raise RoadsFailed("answered ways nobody drives so fast")


def _whole(table: Any) -> list[list[int]]:
    whole = np.minimum(np.ceil(np.where(np.isnan(table), FAR, table)), FAR).astype(np.int64)
    np.fill_diagonal(whole, 0)
    rows: list[list[int]] = whole.tolist()
    return rows
