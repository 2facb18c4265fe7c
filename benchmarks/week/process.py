"""`python -m benchmarks.week.process SERVICE`: a service as deployed, on a clock that a file tells."""

import os
import sys
from importlib import import_module
from pathlib import Path

from benchmarks.week.clock import VARIABLE, ToldClock
from shared.collector import collect_seldom
from shared.service import Service, create_app
from shared.settings import Settings
from shared.standalone import listen, open_bus
from shared.telemetry import log_as_json


def main(name: str) -> None:
    """Serve one service."""
    settings = Settings()
    log_as_json(settings.log_level)
    clock = ToldClock(Path(os.environ[VARIABLE]))
    service = Service(import_module(f"services.{name}.main").definition, settings, open_bus(settings, name), clock)
    collect_seldom()
    listen(create_app(service), settings)


if __name__ == "__main__":
    main(*sys.argv[1:])
