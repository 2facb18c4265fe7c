"""How long is searched for a plan."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Budget:
    """Seconds and iterations at most, `patience` of them in vain (not told: by size); `seed` is that of the search."""

    seconds: float = 20.0
    iterations: int = 1_000_000
    patience: int | None = None
    seed: int = 1

    def part(self, share: float) -> "Budget":
        """Return a share of the seconds; iterations are counted anew."""
        return replace(self, seconds=self.seconds * share)
