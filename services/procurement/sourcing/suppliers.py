"""Which cooperatives a school's week is served by where a county limits how many: chosen before the flows.

A school that has few enough in a plan without the limit keeps them. Others take, one after the other, the cooperative
that can bring most of what nobody chosen can, and of equal ones that to which the plan gave most. Arcs to all others
are closed; the flows then share out what there is.
"""

import numpy as np

from services.procurement.sourcing.arcs import OWN, Arcs
from services.procurement.sourcing.columns import Columns, Flags, Floats, Integers
from services.procurement.sourcing.keeping import week_numbers

FROM_OUTSIDE = 0.1
"""What a gram counts that only another county could bring, against one of the own."""
PLANNED = 0.1
"""What a planned gram counts against one that could be brought."""


def closed_by(columns: Columns, arcs: Arcs, planned_g: Integers, most: int) -> Flags:
    """Return which arcs are closed when a school's week has `most` suppliers; those with standing orders are among."""
    week, standing = week_numbers(columns)
    order = np.argsort(week[arcs.line], kind="stable")
    firsts = np.flatnonzero(np.diff(week[arcs.line[order]], prepend=-1))
    closed = np.ones(len(arcs), np.bool_)
    could = np.minimum(columns.need_g[arcs.line], columns.left_g[arcs.offer])
    could = np.where(arcs.tier == OWN, 1.0, FROM_OUTSIDE) * could
    liked = (PLANNED * planned_g).astype(np.float64)
    for mine in np.split(order, firsts[1:]):
        if len(mine):
            cooperative = columns.cooperative[arcs.offer[mine]]
            known = standing.get(int(week[arcs.line[mine[0]]]), set())
            chosen = _chosen(cooperative, arcs.line[mine], could[mine], liked[mine], known, most)
            closed[mine] = ~np.isin(cooperative, chosen)
    return closed


def _chosen(
    cooperative: Integers, line: Integers, could: Floats, planned: Floats, standing: set[int], most: int
) -> list[int]:
    """Return the suppliers of one school's week, by what arcs there are to it."""
    names, number = np.unique(cooperative, return_inverse=True)
    lines, place = np.unique(line, return_inverse=True)
    covers = np.zeros((len(names), len(lines)))
    np.maximum.at(covers, (number, place), could)
    liked = np.bincount(number, weights=planned, minlength=len(names))
    chosen = sorted(standing | set(names[liked > 0].tolist()))
    if len(chosen) > most:
        chosen = sorted(standing)
    covered = covers[np.isin(names, chosen)].max(axis=0, initial=0.0)
    while len(chosen) < most and len(chosen) < len(names) + len(standing):
        gain = np.maximum(covers - covered, 0.0).sum(axis=1) + liked
        gain[np.isin(names, chosen)] = -1.0
        best = int(np.argmax(gain))
        if gain[best] < 0:
            break
        chosen.append(int(names[best]))
        covered = np.maximum(covered, covers[best])
    return chosen
