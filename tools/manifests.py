"""Check the manifests for Kubernetes without a cluster: python -m tools.manifests

Renders the base and the example as `kubectl kustomize` does, as far as we use it, and holds each object against the
schemas of Kubernetes (PyPI: kubernetes-validate) or, for kinds of others, against tools/containers/other_kinds.json.
"""

import copy
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import yaml

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "deploy" / "kubernetes"
OTHER_KINDS = ROOT / "tools" / "containers" / "other_kinds.json"
KUBERNETES = "1.34"
"""The oldest we are for: since then a container may sleep before it is stopped without a shell."""
_OTHERS = ("keda.sh/", "gateway.networking.k8s.io/")
_WITHOUT_NAMESPACE = ("Namespace",)

Object = dict[str, Any]


def rendered(folder: Path) -> list[Object]:
    """Return the objects of a folder with a kustomization.yaml. Raises ValueError for what we do not use of it."""
    told = yaml.safe_load((folder / "kustomization.yaml").read_text())
    unknown = told.keys() - {"apiVersion", "kind", "namespace", "resources", "patches", "images"}
    if unknown:
        raise ValueError(f"{folder}: {', '.join(sorted(unknown))} is not rendered here")
    objects = [found for name in told["resources"] for found in _found(folder / name)]
    for patch in told.get("patches", []):
        _apply(objects, yaml.safe_load((folder / patch["path"]).read_text()))
    images = {image["name"]: f"{image['newName']}:{image['newTag']}" for image in told.get("images", [])}
    for container in containers(objects):
        container["image"] = images.get(container["image"], container["image"])
    if "namespace" in told:
        for one in objects:
            if one["kind"] not in _WITHOUT_NAMESPACE:
                one["metadata"]["namespace"] = told["namespace"]
    return objects


def containers(objects: list[Object]) -> Iterator[Object]:
    """Return every container that objects start."""
    for one in objects:
        pod = one.get("spec", {}).get("template", {}).get("spec", {})
        yield from pod.get("initContainers", [])
        yield from pod.get("containers", [])


def _found(path: Path) -> list[Object]:
    if path.is_dir():
        return rendered(path)
    return [one for one in yaml.safe_load_all(path.read_text()) if one]


def _apply(objects: list[Object], patch: Object) -> None:
    """Merge a patch into the object it names. Lists are refused: how they merge hangs on each of them."""
    name = patch["kind"], patch["metadata"]["name"]
    [target] = [one for one in objects if (one["kind"], one["metadata"]["name"]) == name]
    _merge(target, patch)


def _merge(into: Object, patch: Object) -> None:
    for key, value in patch.items():
        if isinstance(value, list):
            raise TypeError(f"a patch of lists is not rendered here: {key}")
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = copy.deepcopy(value)


def faults(one: Object) -> Iterator[str]:
    """Return what its schema says against an object."""
    where = f"{one.get('kind')} {one.get('metadata', {}).get('name')}"
    try:
        if str(one.get("apiVersion")).startswith(_OTHERS):
            jsonschema.validate(one, json.loads(OTHER_KINDS.read_text()))
        else:
            kubernetes_validate.validate(one, KUBERNETES, strict=True)
    except (jsonschema.ValidationError, kubernetes_validate.ValidationError) as error:
        yield f"{where}: {'.'.join(map(str, error.absolute_path))}: {error.message}"
    except kubernetes_validate.SchemaNotFoundError as error:
        yield f"{where}: {error.message}"


def main() -> None:
    """Check the base by itself and the example, which has all of the base in it."""
    found = [
        f"{folder}: {fault}"
        for folder in ("base", "example")
        for one in rendered(FOLDER / folder)
        for fault in faults(one)
    ]
    sys.exit("\n".join(found) if found else None)


if __name__ == "__main__":
    main()
