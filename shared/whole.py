"""`python -m shared.whole PACKAGE`: import every module of a package, also those loaded only when they are needed.

An image is made only where that works: its lock and its folders are enough for whatever will be asked of it.
"""

import importlib
import pkgutil
import sys


def import_whole(package: str) -> int:
    """Import every module of a package; returns how many. Raises what an import raises."""
    names = [found.name for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}.")]
    # An environment of migrations runs them when it is imported.
    wanted = [name for name in names if not name.endswith(".migrations.env")]
    for name in wanted:
        importlib.import_module(name)
    return len(wanted)


if __name__ == "__main__":
    for each in sys.argv[1:]:
        import_whole(each)
