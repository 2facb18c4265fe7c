"""Commands as a test asks them: in process, on the databases of a world, and without what is printed."""

import importlib
import inspect
from pathlib import Path

from services.__main__ import parse
from services.commands import Answer
from shared.audit import queries as audit
from shared.audit.domain import Act
from shared.service import Service
from shared.settings import Settings

BY = "li.ming"


async def asked(where: Path | Settings, *words: str) -> Answer:
    """Return what a command answers by its settings, or on the SQLite files and the bus in a folder.

    Raises what it is refused by.
    """
    options = parse(words)
    module = importlib.import_module(f"services.commands.{options.module}")
    done = module.run(options, Settings(var=where) if isinstance(where, Path) else where)
    answer: Answer = await done if inspect.iscoroutine(done) else done
    return answer


async def acts_of(service: Service, who: str = BY) -> list[Act]:
    """Return the acts of somebody in a service's audit trail, the newest first."""
    async with service.begin(read_only=True) as uow:
        return await audit.newest(uow.session, 100, None, audit.Wanted(subject=who))
