"""Rules of commands: what clients were told is done is in effect, once; what they were told is refused is not."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from tests.faults.checker.notes import DONE, REFUSED, done
from tests.faults.checker.rules import Findings, differs, rule
from tests.faults.checker.state import State, merged, streamed

AT_ONCE = 1_000

NOT_RECORDED = ("/points", "/sample-readings", "/menu-analyses", "/requirement", "/check", "/lifts")
"""How paths end whose requests are no acts of a person: readings of devices, and questions."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What is there once a command is done: `keys` of it, and a statement that gives those of the keys in $1 there.

    `path` is a pattern of the whole path; its groups are given to `keys` before the body and the answer.
    """

    service: str
    method: str
    path: str
    keys: Callable[..., list[str]]
    there: str


def _rows(key: str) -> Callable[[dict[str, Any], object], list[str]]:
    return lambda body, _answer: [str(row[key]) for row in body["rows"]]


def _named(key: str) -> Callable[..., list[str]]:
    return lambda *said: [str(said[-1][key])]


def _versioned(key: str) -> Callable[..., list[str]]:
    return lambda *said: [f"{said[-1][key]} {said[-1]['version']}"]


def _there(table: str, key: str, where: str = "true") -> str:
    return f"SELECT DISTINCT {key} FROM {table} WHERE {key} = ANY($1) AND {where}"


def _loaded(service: str, path: str, table: str, key: str) -> Effect:
    return Effect(service, "PUT", path, _rows(key), _there(table, key))


_MENU_VERSION = "(menu_id || ' ' || version)"
_RECEIPT_VERSION = "(receipt_id || ' ' || version)"

EFFECTS = (
    _loaded("nutrition", "/foods", "food", "food_code"),
    _loaded("nutrition", "/dishes", "dish", "dish_code"),
    _loaded("nutrition", "/canteens", "canteen", "canteen_id"),
    _loaded("farmers", "/cooperatives", "cooperative", "cooperative_id"),
    _loaded("farmers", "/households", "household", "household_id"),
    _loaded("farmers", "/offers", "offer", "offer_id"),
    _loaded("logistics", "/depots", "depot", "depot_id"),
    _loaded("logistics", "/vehicles", "vehicle", "vehicle_id"),
    _loaded("logistics", "/drivers", "driver", "driver_id"),
    Effect("nutrition", "POST", "/menus", _versioned("menu_id"), _there("menu_version", _MENU_VERSION)),
    Effect("nutrition", "PUT", "/menus/[^/]+", _versioned("menu_id"), _there("menu_version", _MENU_VERSION)),
    Effect("nutrition", "POST", "/menus/([^/]+)/withdraw", lambda menu_id, *_: [menu_id],
           _there("menu_version", "menu_id", "change = 'withdrawn'")),
    Effect("nutrition", "POST", "/meals", _named("meal_id"), _there("served_meal", "meal_id")),
    Effect("farmers", "POST", "/orders/([^/]+)/accept", lambda order_id, *_: [order_id],
           _there("purchase_order", "order_id", "answer IN ('all', 'part')")),
    Effect("farmers", "POST", "/orders/([^/]+)/decline", lambda order_id, *_: [order_id],
           _there("purchase_order", "order_id", "answer = 'declined'")),
    Effect("farmers", "POST", "/orders/([^/]+)/dispatch", lambda order_id, *_: [order_id],
           _there("purchase_order", "order_id", "dispatched_at IS NOT NULL")),
    Effect("farmers", "POST", "/lots", _named("lot_id"), _there("lot", "lot_id")),
    Effect("procurement", "POST", "/sourcing-runs", _named("run_id"), _there("sourcing_run", "run_id")),
    Effect("procurement", "POST", "/payments", lambda *said: [str(each["payment_id"]) for each in said[-1]["payments"]],
           _there("payment", "payment_id")),
    Effect("farmers", "POST", "/payouts", _named("payout_id"), _there("payout", "payout_id")),
    Effect("logistics", "POST", "/recalls", _named("recall_id"), _there("recall", "recall_id")),
    Effect("logistics", "POST", "/trips/([^/]+)/depart", lambda trip_id, *_: [trip_id],
           _there("trip", "trip_id", "departed_at IS NOT NULL")),
    Effect("logistics", "POST", "/trips/[^/]+/load", lambda *said: [str(each) for each in said[-1]["loaded"]],
           _there("consignment", "order_id", "loaded_at IS NOT NULL")),
    Effect("logistics", "POST", "/receipts", _versioned("receipt_id"), _there("receipt_version", _RECEIPT_VERSION)),
    Effect("logistics", "PUT", "/receipts/[^/]+", _versioned("receipt_id"),
           _there("receipt_version", _RECEIPT_VERSION)),
)  # fmt: skip
"""What commands bring about: that which stays, whatever is done afterwards."""


@rule("docs/architecture.md: Idempotency-Key is stored with its answer in the same transaction")
async def what_was_answered_is_kept(state: State) -> Findings:
    """Of an acknowledged command its service knows the answer; of a refused one nothing; of no key half of it."""
    for service in state.databases:
        told = state.noted("SELECT key, certainty, status, answer FROM command WHERE service = ? ORDER BY key", service)
        statement = "SELECT key, status, convert_from(body, 'UTF8'), count(*) OVER (PARTITION BY key) FROM {}"
        kept = state.sorted(service, statement.format("idempotency_key"))
        async for command, answer in merged(streamed(told), kept):
            subject = f"{service}: command {(command or answer or ('',))[0]}"
            if answer is not None and (answer[1] is None or answer[3] > 1):
                yield subject, differs(f"status {answer[1]} kept {answer[3]} times", "an answer, once")
            elif command is not None and command[1] == DONE:
                wanted = (command[2], json.loads(command[3]))
                found = None if answer is None else (answer[1], json.loads(answer[2] or "null"))
                if found != wanted:
                    yield subject, differs(found, f"{wanted}, as it was answered")
            elif command is not None and command[1] == REFUSED and answer is not None:
                yield subject, differs(f"kept as {answer[1]}", f"nothing, as it was refused with {command[2]}")


@rule("docs/decisions/0050-acts-are-recorded-where-they-happen.md")
async def every_command_is_one_act(state: State) -> Findings:
    """A service has recorded each command that took effect as one act, and no others."""
    for service in state.databases:
        acts: Counter[str] = Counter()
        counted = "SELECT action, parameters::text, count(*) FROM audit_act GROUP BY 1, 2"
        async for action, parameters, count in state.rows(service, counted):
            acts[action.format(**json.loads(parameters))] += count
        commands: Counter[str] = Counter()
        async for (scope,) in state.rows(service, "SELECT scope FROM idempotency_key WHERE status < 300"):
            method, path = scope.split(" ", 1)[0], scope.rsplit(" ", 1)[1]
            if not path.endswith(NOT_RECORDED):
                commands[f"{method} {path}"] += 1
        for action in sorted({*acts, *commands}):
            if acts[action] != commands[action]:
                yield f"{service}: {action}", differs(f"{acts[action]} acts", f"{commands[action]} commands")


@rule("the README, The main job")
async def what_was_acknowledged_is_in_effect(state: State) -> Findings:
    """What a command brings about is there once it was acknowledged, whatever died since."""
    for service in state.databases:
        wanted = _wanted(state, service)
        while some := list(islice(wanted, AT_ONCE)):
            keys: dict[Effect, dict[str, str]] = {}
            for effect, key, command in some:
                keys.setdefault(effect, {})[key] = command
            for effect, asked in keys.items():
                found = {key async for (key,) in state.rows(service, effect.there, list(asked))}
                for key in sorted(asked.keys() - found):
                    subject = f"{service}: {effect.method} {effect.path} {asked[key]}"
                    yield subject, differs("acknowledged and not in effect", f"{key} in effect")


def _wanted(state: State, service: str) -> Iterator[tuple[Effect, str, str]]:
    """Give what must be there: by which effect, its key, and the command that it comes of."""
    effects = [(re.compile(each.path), each) for each in EFFECTS if each.service == service]
    for command, method, path, body, answer in done(state.notes, service):
        for pattern, effect in effects:
            if effect.method == method and (parts := pattern.fullmatch(path)):
                for key in effect.keys(*parts.groups(), _taken(body, answer), answer):
                    yield effect, key, command


def _taken(body: Any, answer: Any) -> Any:
    """Return a body without the rows that were refused, where it has rows: they are refused one by one."""
    if not isinstance(body, dict) or "rows" not in body:
        return body
    refused = {row["index"] for row in answer["refused"]}
    return {"rows": [row for index, row in enumerate(body["rows"]) if index not in refused]}
