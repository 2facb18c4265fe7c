"""Benchmarks with a reference each: `python -m benchmarks` lists them. A module here adds its own by `@benchmark`."""
