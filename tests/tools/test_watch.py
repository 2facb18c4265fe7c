"""What is watched is there to be watched: alerts and dashboards name metrics that services show, in PromQL."""

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from shared.telemetry import Metrics
from tools.alone import ROOT
from tools.new_secrets import NAMES
from tools.up import SERVICES

DEPLOY = ROOT / "deploy"
OF_PROMETHEUS = {"up"}
DASHBOARDS = sorted((DEPLOY / "grafana" / "dashboards").glob("*.json"))


def alerts() -> list[dict[str, Any]]:
    """Return all rules."""
    groups = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the panels of all dashboards, by what a person calls them."""
    for file in DASHBOARDS:
        for panel in json.loads(file.read_text())["panels"]:
            yield f"{file.stem}: {panel['title']}", panel


EVERY = {rule["alert"]: rule["expr"] for rule in alerts()} | {
    f"{name} {target['refId']}": target["expr"] for name, panel in panels() for target in panel["targets"]
}


@cache
def shown() -> set[str]:
    """Return the names of all samples services show once they were asked something."""
    names = set(OF_PROMETHEUS)
    for service in SERVICES:
        metrics = Metrics(service, import_module(f"services.{service}.main").definition.watched.names)
        metrics.request("GET", "/things", 200, 0.1)
        families = text_string_to_metric_families(metrics.text().decode())
        names |= {sample.name for family in families for sample in family.samples}
    return names


@pytest.mark.parametrize("what", EVERY)
def test_what_is_asked_is_promql_about_metrics_there_are(what: str) -> None:
    """A rule with a slip of the pen, or about a metric nobody shows, would stay silent for good."""
    asked: set[str] = set()

    def note(part: promql_parser.Expr) -> bool:
        if isinstance(part, promql_parser.VectorSelector):
            asked.add(str(part.name))
        return True

    promql_parser.walk(promql_parser.parse(EVERY[what]), note)
    assert asked
    assert asked <= shown()


RULE = {"alert", "expr", "for", "keep_firing_for", "labels", "annotations"}
GROUP = {"name", "interval", "limit", "rules"}
ASKING = {"global", "rule_files", "scrape_configs", "alerting"}
LENGTH = re.compile(r"(\d+(ms|[smhdwy]))+")


def test_prometheus_takes_what_is_written() -> None:
    """A word it does not know, a length of time that is none, a group named twice: it would not start with them."""
    told = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())
    assert told.keys() == {"groups"}
    assert [group for group in told["groups"] if not {"name", "rules"} <= group.keys() <= GROUP] == []
    assert len({group["name"] for group in told["groups"]}) == len(told["groups"])
    assert [rule for rule in alerts() if not {"alert", "expr"} <= rule.keys() <= RULE] == []
    lengths = [rule["for"] for rule in alerts() if "for" in rule]
    asking = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())
    assert asking.keys() <= ASKING
    lengths += asking["global"].values()
    assert [each for each in lengths if not LENGTH.fullmatch(each)] == []
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["prometheus"]
    mounted = {each.split(":")[1] for each in compose["volumes"]}
    assert set(asking["rule_files"]) <= mounted


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: rule["alert"])
def test_what_an_alert_says_can_be_filled_in(rule: dict[str, Any]) -> None:
    """Its words name labels that its expression keeps, and functions of Prometheus."""
    by = {label for words in re.findall(r"by \(([^)]*)\)", rule["expr"]) for label in words.split(", ")}
    grouped = by or set(re.findall(r"^(?:max|sum)\(", rule["expr"]))
    for hole in re.findall(r"\{\{(.*?)\}\}", " ".join(rule["annotations"].values())):
        name, *functions = (word.strip() for word in hole.split("|"))
        assert name == "$value" or name.removeprefix("$labels.") in by or not grouped, rule["alert"]
        assert set(functions) <= {"humanizeDuration", "humanizePercentage"}, rule["alert"]


def test_every_alert_says_what_to_do() -> None:
    """Each has a name of its own, how urgent it is, what is wrong, what to do; what is watched wakes somebody."""
    rules = alerts()
    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["labels"]["severity"] in ("page", "ticket"), rule["alert"]
        assert rule["annotations"].keys() == {"summary", "action"}, rule["alert"]
    said = " ".join(rule["expr"] for rule in rules)
    watched = {
        name for service in SERVICES for name in import_module(f"services.{service}.main").definition.watched.names
    }
    assert {name for name in watched if name not in said} == {"trips_under_way", "unmet_demand_grams"}


def test_panels_have_places_of_their_own() -> None:
    """No two panels of a dashboard lie over each other, and each asks the data source that is provided."""
    source = yaml.safe_load((DEPLOY / "grafana/provisioning/datasources/prometheus.yml").read_text())["datasources"][0]
    taken: set[tuple[str, int, int]] = set()
    for name, panel in panels():
        assert panel["datasource"]["uid"] == source["uid"]
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        cells = {
            (name.split(":")[0], x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not cells & taken, name
        taken |= cells


def test_containers_watch_every_service_and_have_no_known_password() -> None:
    """Prometheus asks each service's container, files that are mounted are there, and Grafana's password is ours."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    (job,) = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())["scrape_configs"]
    assert set(job["static_configs"][0]["targets"]) == {f"{service}:8000" for service in SERVICES}
    for name in ("prometheus", "grafana"):
        assert compose[name]["profiles"] == ["watch"]
        mounted = [each.split(":")[0] for each in compose[name]["volumes"] if each.startswith("./")]
        assert mounted
        assert [each for each in mounted if not (ROOT / each).exists()] == []
    assert compose["grafana"]["environment"]["GF_SECURITY_ADMIN_PASSWORD"].startswith("${GRAFANA_PASSWORD:?")
    assert "GRAFANA_PASSWORD" in NAMES
