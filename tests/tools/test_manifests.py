"""What is written for Kubernetes and for containers fits the services it starts."""

import copy
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.commands import DATABASES
from services.nutrition.registry.settings import RegistrySettings
from shared import health
from shared.events import PARTITIONS
from shared.messaging.bus import SERVICES
from shared.settings import Settings
from tools.manifests import FOLDER, Object, containers, faults, rendered

ROOT = Path(__file__).resolve().parents[2]
KNOWN = {
    "CLOUD_SECRETS",
    *(f"CLOUD_{name.upper()}" for name in Settings.model_fields),
    *(f"CLOUD_COUNTS_REGISTRY_{name.upper()}" for name in RegistrySettings.model_fields),
}
CONNECTIONS = 400
"""What docs/kubernetes.md has PostgreSQL allow."""


@pytest.fixture(scope="module")
def objects() -> list[Object]:
    """What the example installs."""
    return rendered(FOLDER / "example")


def all_of(objects: list[Object], kind: str) -> dict[str, Object]:
    """The objects of a kind by name."""
    return {one["metadata"]["name"]: one for one in objects if one["kind"] == kind}


def pods(objects: list[Object]) -> list[Object]:
    """The template of every pod."""
    return [one["spec"]["template"] for one in objects if one["kind"] in ("Deployment", "Job")]


def texts(value: Any) -> Iterator[str]:
    """Every text in a document, keys too."""
    if isinstance(value, dict):
        for key, held in value.items():
            yield from texts(key)
            yield from texts(held)
    elif isinstance(value, list):
        for held in value:
            yield from texts(held)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("name", ["nutrition", "scaling"])
def test_a_misspelt_field_is_found(objects: list[Object], name: str) -> None:
    """What Kubernetes, or KEDA, would refuse or pass over is a fault here."""
    kind = {"nutrition": "Deployment", "scaling": "ScaledObject"}[name]
    wrong = copy.deepcopy(all_of(objects, kind)["nutrition"])
    assert not list(faults(wrong))
    wrong["spec"]["minReplicas"] = 2
    assert len(list(faults(wrong))) == 1


def test_what_is_not_rendered_here_is_refused(tmp_path: Path) -> None:
    """A field of Kustomize that we do not know would be left out of what is checked."""
    (tmp_path / "kustomization.yaml").write_text("resources: []\nnamePrefix: our-\n")
    with pytest.raises(ValueError, match="namePrefix"):
        rendered(tmp_path)
    (tmp_path / "kustomization.yaml").write_text("resources: [one.yaml]\npatches: [{path: patch.yaml}]\n")
    (tmp_path / "one.yaml").write_text("kind: Job\nmetadata: {name: one}\nargs: [a]\n")
    (tmp_path / "patch.yaml").write_text("kind: Job\nmetadata: {name: one}\nargs: [b]\n")
    with pytest.raises(TypeError, match="args"):
        rendered(tmp_path)


def test_every_setting_that_is_named_exists(objects: list[Object]) -> None:
    """A setting nobody reads would be believed to be set."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    dockerfile = (ROOT / "Dockerfile").read_text()
    said = "\n".join([*texts(objects), *texts(compose), dockerfile])
    named = set(re.findall(r"\bCLOUD_[A-Z0-9_]+\b", said))
    files = {found.upper() for found in re.findall(r"\bcloud_[a-z0-9_]+\b", said)}
    assert {"CLOUD_KAFKA_BOOTSTRAP", "CLOUD_SECRETS"} <= named
    assert "CLOUD_DATABASE_URL" in files
    assert (named | files) - KNOWN == set()


def test_the_settings_are_valid(objects: list[Object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every container's environment is one that a service starts with: nothing is missing that has no default."""
    told = all_of(objects, "ConfigMap")["settings"]["data"]
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CLOUD_SECRETS", str(tmp_path))
    (tmp_path / "cloud_kafka_password").write_text("of a test")
    for container in containers(objects):
        with monkeypatch.context() as own:
            for variable in container["env"]:
                if variable["name"] != "CLOUD_SECRETS":
                    own.setenv(variable["name"], variable["value"])
            settings = Settings()
        assert settings.kafka_password is not None
        for needed in (settings.auth_issuer, settings.portal_url, settings.proxies, settings.s3_bucket):
            assert needed


def test_every_service_runs_what_its_image_holds(objects: list[Object]) -> None:
    """Each has a Deployment of its image, whose port is the Service's, and whose probes are answered."""
    deployments, services = all_of(objects, "Deployment"), all_of(objects, "Service")
    answered = {route.path for route in health.router.routes if hasattr(route, "path")}
    port = re.search(r"CLOUD_PORT=(\d+)", (ROOT / "Dockerfile").read_text())
    assert port
    assert set(deployments) == set(services) == set(DATABASES)
    for name, deployment in deployments.items():
        assert importlib.util.find_spec(f"services.{name}.__main__")
        [container] = deployment["spec"]["template"]["spec"]["containers"]
        assert container["image"].rpartition("/")[2].partition(":")[0] == f"cloud-{name}"
        assert container["ports"] == [{"name": "http", "containerPort": int(port[1])}]
        assert services[name]["spec"]["ports"] == [{"name": "http", "port": int(port[1]), "targetPort": "http"}]
        assert (
            services[name]["spec"]["selector"].items() <= deployment["spec"]["template"]["metadata"]["labels"].items()
        )
        probes = [container[probe]["httpGet"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")]
        assert [probe["path"] for probe in probes] == ["/readyz", "/livez", "/livez"]
        assert {probe["path"] for probe in probes} <= answered
        assert {probe["port"] for probe in probes} == {"http"}


def test_the_job_prepares_every_database_and_then_the_topics(objects: list[Object]) -> None:
    """Commands of the jobs' image, one for each database."""
    pod = all_of(objects, "Job")["prepare"]["spec"]["template"]["spec"]
    assert [step["args"] for step in pod["initContainers"]] == [["migrate", name] for name in DATABASES]
    assert [step["args"] for step in pod["containers"]] == [["topics"]]
    assert all(importlib.util.find_spec(f"services.commands.{step}") for step in ("migrate", "topics"))


def test_no_pod_may_do_more_than_it_needs(objects: list[Object]) -> None:
    """No root, nothing to write but /tmp, no rights in the cluster, a bound on memory."""
    for template in pods(objects):
        pod = template["spec"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        assert pod["enableServiceLinks"] is False
        for container in [*pod.get("initContainers", []), *pod["containers"]]:
            context = container["securityContext"]
            assert context["readOnlyRootFilesystem"]
            assert context["allowPrivilegeEscalation"] is False
            assert context["capabilities"] == {"drop": ["ALL"]}
            assert container["resources"]["limits"]["memory"]
            assert [m["mountPath"] for m in container["volumeMounts"] if not m.get("readOnly")] == ["/tmp"]  # noqa: S108


def test_replicas_are_bounded(objects: list[Object]) -> None:
    """At least two of each, no more than hear something, all within PostgreSQL's connections; each has a budget."""
    scaled = {name: one["spec"] for name, one in all_of(objects, "ScaledObject").items()}
    paged = {name: one["spec"] for name, one in all_of(objects, "HorizontalPodAutoscaler").items()}
    most = {name: spec["maxReplicaCount"] for name, spec in scaled.items()}
    assert set(scaled) == set(SERVICES)
    assert all(2 <= spec["minReplicaCount"] <= spec["maxReplicaCount"] <= PARTITIONS for spec in scaled.values())
    for name, spec in scaled.items():
        assert [t["metadata"]["consumerGroup"] for t in spec["triggers"] if t["type"] == "kafka"] == [name]
    most |= {name: spec["maxReplicas"] for name, spec in paged.items()}
    assert set(most) == set(DATABASES) == set(all_of(objects, "PodDisruptionBudget"))
    pool = int(all_of(objects, "ConfigMap")["settings"]["data"]["CLOUD_POOL_SIZE"])
    assert sum(replicas + 1 for replicas in most.values()) * pool <= CONNECTIONS
    assert f'max_connections: "{CONNECTIONS}"' in (ROOT / "docs" / "kubernetes.md").read_text()


def test_nothing_is_reached_that_no_policy_names(objects: list[Object]) -> None:
    """The policy that denies covers every pod."""
    closed = all_of(objects, "NetworkPolicy")["nothing-else"]["spec"]
    assert closed == {"podSelector": closed["podSelector"], "policyTypes": ["Ingress", "Egress"]}
    for template in pods(objects):
        assert closed["podSelector"]["matchLabels"].items() <= template["metadata"]["labels"].items()


def test_secrets_are_referred_to_and_told_of(objects: list[Object]) -> None:
    """No Secret is in the manifests; each that a pod mounts is in the list of those to be made."""
    assert not all_of(objects, "Secret")
    page = (ROOT / "docs" / "kubernetes.md").read_text()
    mounted = set()
    for volume in [volume for template in pods(objects) for volume in template["spec"]["volumes"]]:
        if "secret" in volume:
            mounted.add(volume["secret"]["secretName"])
        mounted |= {source["secret"]["name"] for source in volume.get("projected", {}).get("sources", [])}
    assert "farmers-secrets" in mounted
    assert {name for name in mounted if f"`{name}`" not in page} == set()
    assert {found.upper() for found in re.findall(r"`(cloud_[a-z0-9_]+)`", page)} <= KNOWN
