"""Look whether a dependency we have pinned is known to be vulnerable, and write down what we are made of.

python -m tools.audit           fail for a known vulnerability that is not in accepted_vulnerabilities.toml
python -m tools.audit sbom      write a CycloneDX bill of materials for each lock to var/sbom/
"""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from tools import locks

ROOT = Path(__file__).resolve().parent.parent
ACCEPTED = ROOT / "tools" / "accepted_vulnerabilities.toml"
NODE = ROOT / "services" / "portal"
TOGETHER = ("dev", "uv", "docs")
"""The widest lock holds what every other one does but uv's own and that of the site of docs/."""
_LONGEST_S = 600


class Unreachable(Exception):
    """No database of vulnerabilities answers."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A package of ours with a known vulnerability, under all its names."""

    package: str
    ids: frozenset[str]
    said: str


def answer_of(command: list[str], folder: Path = ROOT) -> tuple[str, str]:
    """Return what an auditor writes and what it complains of; whether it found something is in what it writes."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_LONGEST_S, check=False)
    return done.stdout, done.stderr


def of_python() -> list[Finding]:
    """Return what is known of the locks. Raises Unreachable; ValueError for a package that cannot be looked up."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--timeout=10"]
    for group in TOGETHER:
        command += ["-r", str(locks.COMMITTED / f"{group}.txt")]
    written, complaint = answer_of([*command, "--format=json", "--progress-spinner=off"])
    found = _json(written, complaint).get("dependencies", [])
    unknown = [each["name"] for each in found if "skip_reason" in each]
    if len(unknown) == len(found):
        raise Unreachable("it knows none of our packages")
    if unknown:
        raise ValueError(f"could not be looked up: {', '.join(unknown)}")
    return [
        Finding(f"{each['name']} {each['version']}", frozenset({one["id"], *one["aliases"]}), _mended(one))
        for each in found
        for one in each["vulns"]
    ]


def _mended(vulnerability: dict[str, Any]) -> str:
    versions = ", ".join(vulnerability["fix_versions"])
    return f"mended in {versions}" if versions else "no version mends it yet"


def of_node(folder: Path = NODE) -> list[Finding]:
    """Return what is known of the packages of a folder's package-lock.json. Raises Unreachable."""
    if shutil.which("npm") is None:
        raise Unreachable("npm is not installed")
    written, complaint = answer_of(["npm", "audit", "--package-lock-only", "--json"], folder)
    answer = _json(written, complaint)
    if "vulnerabilities" not in answer:
        raise Unreachable(str(answer.get("message") or answer.get("error")).splitlines()[0])
    # What only depends on something vulnerable names that package, not the vulnerability.
    told = [one for each in answer["vulnerabilities"].values() for one in each["via"] if isinstance(one, dict)]
    return [Finding(one["name"], frozenset({one["url"].rsplit("/", 1)[-1]}), one["title"]) for one in told]


def _json(written: str, complaint: str) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = json.loads(written)
    except ValueError:
        raise Unreachable((complaint.strip().splitlines() or ["it says nothing"])[-1][:200]) from None
    return answer


def accepted(today: date) -> dict[str, str]:
    """Return the reasons of what is accepted today, by id. Raises ValueError for one that is accepted too long."""
    with ACCEPTED.open("rb") as file:
        listed = tomllib.load(file).get("accepted", [])
    late = [each["id"] for each in listed if each["until"] < today or (each["until"] - today).days > 92]
    if late:
        raise ValueError(f"{ACCEPTED.name}: accepted no longer, or for more than three months: {', '.join(late)}")
    return {each["id"]: each["reason"] for each in listed}


def check(today: date) -> list[str]:
    """Return what is wrong; says in a line what was looked at, and plainly what could not be."""
    wrong: list[str] = []
    taken = accepted(today)
    looks = [("PyPI", of_python), *([("npm", of_node)] if (NODE / "package-lock.json").exists() else [])]
    for name, look in looks:
        try:
            found = look()
        except Unreachable as error:
            print(f"audit: NOT DONE for {name}: no database of vulnerabilities is reached from here ({error})")
            continue
        except ValueError as error:
            wrong.append(f"{name}: {error}")
            continue
        fresh = [each for each in found if not each.ids & taken.keys()]
        print(f"audit: {name}: {len(fresh)} known vulnerabilities, {len(found) - len(fresh)} accepted")
        wrong += [f"{each.package}: {', '.join(sorted(each.ids))}: {each.said}" for each in fresh]
    return wrong


def bill(lock: Path) -> str:
    """Return the CycloneDX bill of materials of a lock, as JSON."""
    bom = Bom()
    bom.metadata.component = Component(name=f"schooling-and-farming-cloud-{lock.stem}", type=ComponentType.APPLICATION)
    for pin in locks.pins(lock):
        name, version = re.split(r"==", pin.partition(";")[0].strip(), maxsplit=1)
        plain = name.partition("[")[0]
        purl = PackageURL("pypi", name=plain, version=version)
        bom.components.add(Component(name=plain, version=version, purl=purl, bom_ref=str(purl)))
    bom.register_dependency(bom.metadata.component, bom.components)
    return JsonV1Dot6(bom).output_as_string(indent=2)


def main(arguments: list[str]) -> None:
    """Do what the command line says."""
    if arguments == ["sbom"]:
        folder = ROOT / "var" / "sbom"
        folder.mkdir(parents=True, exist_ok=True)
        for lock in locks.committed():
            (folder / f"{lock.stem}.cdx.json").write_text(bill(lock))
        print(f"bills of materials are in {folder}")
    elif arguments:
        sys.exit(__doc__)
    else:
        try:
            wrong = check(datetime.now(UTC).date())
        except ValueError as error:
            wrong = [str(error)]
        if wrong:
            sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main(sys.argv[1:])
