"""The committed contract of every event: a golden sample (bytes as they were once on the wire) and a JSON Schema.

A sample is never rewritten: it stands for events in topics, outboxes and dead letters that readers meet years later.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.events.compatibility import incompatibilities
from shared.events.examples import NOW, NoExample, example_of
from shared.events.registry import Spec
from shared.ids import derived_id
from shared.messaging.envelope import Undecodable, read

HERE = Path(__file__).parent
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the committed contracts and the code do not agree on; `mendable` by `write`."""

    type: str
    text: str
    mendable: bool


class Incompatible(Exception):
    """The code broke a published contract; nothing was written."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = findings
        super().__init__("; ".join(f"{finding.type}: {finding.text}" for finding in findings))


class Contracts:
    """The samples and schemas under `folder` of the events in `specs`."""

    def __init__(self, specs: Sequence[Spec], folder: Path = HERE) -> None:
        self._specs = specs
        self._samples = folder / "samples"
        self._schemas = folder / "schemas"

    def check(self) -> list[Finding]:
        """Return everything that is missing, does not decode any more or has changed."""
        found = [finding for spec in self._specs for finding in (*self._check_sample(spec), *self._check_schema(spec))]
        known = {spec.type for spec in self._specs}
        committed = {path.stem for folder in (self._samples, self._schemas) for path in folder.glob("*.json")}
        gone = "is published no more, but readers still meet it: bring it back, or delete its sample and schema"
        return [*found, *(Finding(name, gone, mendable=False) for name in sorted(committed - known))]

    def write(self) -> list[Path]:
        """Write what is missing and what changed compatibly; returns the files written.

        Raises Incompatible, having written nothing, when a contract is broken.
        """
        found = self.check()
        if broken := [finding for finding in found if not finding.mendable]:
            raise Incompatible(broken)
        stale = {finding.type for finding in found}
        written = []
        for spec in self._specs:
            if spec.type in stale:
                written += self._write_one(spec)
        return written

    def sample(self, spec: Spec) -> dict[str, Any]:
        """Return the committed sample of an event."""
        return dict(json.loads(self._sample_path(spec).read_text()))

    def _write_one(self, spec: Spec) -> list[Path]:
        schema_path, sample_path = self._schema_path(spec), self._sample_path(spec)
        schema_path.parent.mkdir(parents=True, exist_ok=True)
        schema_path.write_text(as_text(schema_of(spec)))
        if sample_path.exists():
            return [schema_path]
        sample_path.parent.mkdir(parents=True, exist_ok=True)
        sample_path.write_text(as_text(new_sample(spec)))
        return [schema_path, sample_path]

    def _check_sample(self, spec: Spec) -> list[Finding]:
        path = self._sample_path(spec)
        if not path.exists():
            return [_no_sample(spec)]
        try:
            event = read(spec, path.read_bytes()).event
        except Undecodable as error:
            return [_broken(spec, f"{path.name} can no longer be read: {error}")]
        if getattr(event, spec.key_field) != self.sample(spec)["subject"]:
            return [_broken(spec, f"its sample is ordered by another field than {spec.key_field}")]
        return []

    def _check_schema(self, spec: Spec) -> list[Finding]:
        path, present = self._schema_path(spec), schema_of(spec)
        if not path.exists():
            return [Finding(spec.type, "has no committed schema", mendable=True)]
        committed = json.loads(path.read_text())
        if committed == present:
            return []
        broken = incompatibilities(committed, present)
        if broken:
            return [_broken(spec, reason) for reason in broken]
        return [Finding(spec.type, "changed compatibly", mendable=True)]

    def _sample_path(self, spec: Spec) -> Path:
        return self._samples / f"{spec.type}.json"

    def _schema_path(self, spec: Spec) -> Path:
        return self._schemas / f"{spec.type}.json"


def schema_of(spec: Spec) -> dict[str, Any]:
    """Return the JSON Schema of an event's data, with the topic and the key its readers rely on."""
    placed = {"x-topic": spec.topic, "x-key": spec.key_field}
    return {"$schema": _DIALECT, "$id": spec.type, **placed, **spec.model.model_json_schema()}


def new_sample(spec: Spec) -> dict[str, Any]:
    """Return an event as it is on the wire today. Raises NoExample for a field nobody gave a value."""
    event = example_of(spec.model)
    data = event.model_dump(mode="json")
    return {
        "specversion": "1.0",
        "id": derived_id("sample", spec.type),
        "type": spec.type,
        "source": f"/{spec.service}",
        "subject": str(data[spec.key_field]),
        "time": NOW.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "data": data,
    }


def as_text(document: dict[str, Any]) -> str:
    """Return JSON as it is committed."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _broken(spec: Spec, text: str) -> Finding:
    remedy = f"publish {spec.name} version {spec.version + 1} beside it instead"
    return Finding(spec.type, f"{text}: {remedy}", mendable=False)


def _no_sample(spec: Spec) -> Finding:
    try:
        example_of(spec.model)
    except NoExample as error:
        return Finding(spec.type, str(error), mendable=False)
    return Finding(spec.type, "has no committed sample", mendable=True)
