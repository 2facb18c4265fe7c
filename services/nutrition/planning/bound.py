"""A bound no menu can beat, and how far an answer may be from the best: the certificate."""

import numpy as np

from services.nutrition.planning.model import Model

LEAST_BOUND = 0.01
"""Points below which a bound is taken for this much, so that a gap stays a number when everything is free."""


def gap_of(objective: float, bound: float) -> float:
    """Return how much more points than the bound an answer has, as a share of the bound: objective / bound − 1."""
    return (objective - bound) / max(bound, LEAST_BOUND)


def plain_bound(model: Model) -> float:
    """Return what the cheapest choice of each slot comes to, were every target met."""
    return float(np.where(model.choices, model.points, np.inf).min(axis=1).sum())
