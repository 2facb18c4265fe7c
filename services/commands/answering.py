"""Carrying out a command: what came of it is printed, for people or as JSON, and becomes the exit status."""

import argparse
import importlib
import inspect
import json
import sys
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import uvloop
from pydantic import ValidationError

from services.commands import Answer
from shared.database import is_transient
from shared.errors import DomainError
from shared.messaging.bus import BusError
from shared.settings import Settings
from shared.telemetry import log_as_json

WELL, UNWELL, MISUSED, UNREACHABLE = range(4)
"""Exit statuses: all is well; something is not, or a rule refused it; it was asked wrongly; nobody answers."""


def carry_out(options: argparse.Namespace, settings: Settings | None = None) -> int:
    """Run the command that was asked for and say what came of it; returns the exit status.

    The settings are those of the environment where none are given.
    """
    try:
        settings = settings or Settings()
        log_as_json(settings.log_level)
        done = importlib.import_module(f"services.commands.{options.module}").run(options, settings)
        answer: Answer | None = uvloop.run(done) if inspect.iscoroutine(done) else done
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        return _refused(options, MISUSED, "invalid", first["msg"], ".".join(map(str, first["loc"])))
    except ValueError as error:  # settings that do not go together
        return _refused(options, MISUSED, "settings", str(error))
    except DomainError as error:
        return _refused(options, UNWELL, error.rule, error.detail, error.field)
    except BusError as error:
        return _refused(options, UNREACHABLE, "bus-unreachable", str(error))
    except Exception as error:
        if not is_transient(error):
            raise
        return _refused(options, UNREACHABLE, "database-unreachable", f"{type(error).__name__}: {error}")
    return WELL if answer is None else _told(options, answer)


def _told(options: argparse.Namespace, answer: Answer) -> int:
    if options.json:
        print(_json(answer.data))
    else:
        for line in answer.wrong:
            print(line, file=sys.stderr)
        for line in answer.lines:
            print(line)
    return WELL if answer.well else UNWELL


def _refused(options: argparse.Namespace, status: int, rule: str, detail: str, field: str | None = None) -> int:
    if options.json:
        print(_json({"error": {"rule": rule, "detail": detail, "field": field}}))
    else:
        print(f"{rule}: {detail}" if field is None else f"{rule} ({field}): {detail}", file=sys.stderr)
    return status


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
