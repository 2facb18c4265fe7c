"""The jars of Apache Kafka, resolved by Maven once and checked by hash, and a Java to run them."""

import fcntl
import hashlib
import re
import shutil
import subprocess
from pathlib import Path

from tools.servers.system import LOGS, VAR, ServerError, install

HERE = Path(__file__).parent
POM = HERE / "pom.xml"
HASHES = HERE / "kafka-jars.sha256"
OLDEST_JAVA = 17
JAVA_PACKAGES = ("openjdk-17-jre-headless", "openjdk-21-jre-headless", "default-jre-headless")


def kafka_version() -> str:
    """The version of Kafka that the pom names."""
    found = re.search(r"<kafka\.version>(.+?)</kafka\.version>", POM.read_text())
    if found is None:
        raise ServerError(f"{POM} does not say which Kafka to use.")
    return found[1]


def kafka_jars() -> Path:
    """A directory with the broker's jars, filled on first use."""
    jars = VAR / "cache" / f"kafka-{kafka_version()}"
    jars.parent.mkdir(parents=True, exist_ok=True)
    with (jars.parent / "kafka.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not jars.exists():
            resolve(jars)
    return jars


def resolve(jars: Path) -> None:
    """Let Maven fetch the jars; only a complete and unchanged set gets its final name."""
    fetched = jars.with_suffix(".part")
    shutil.rmtree(fetched, ignore_errors=True)
    print(f"Fetching Apache Kafka {kafka_version()} …", flush=True)
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / "maven.log"
    command = [maven(), "--batch-mode", "--file", str(POM), "dependency:copy-dependencies"]
    with log.open("wb") as out:
        done = subprocess.run([*command, f"-DoutputDirectory={fetched}"], stdout=out, stderr=out, check=False)
    if done.returncode:
        raise ServerError(f"Maven could not fetch Apache Kafka; {log} says why.")
    check_hashes(fetched)
    fetched.rename(jars)


def check_hashes(jars: Path) -> None:
    """Refuse jars that are not the ones this repository was tested with."""
    expected = {name: digest for digest, name in map(str.split, HASHES.read_text().splitlines())}
    found = {jar.name: hashlib.sha256(jar.read_bytes()).hexdigest() for jar in jars.iterdir()}
    wrong = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    if wrong:
        raise ServerError(f"These jars are not what {HASHES.name} says: {', '.join(wrong)}")


def maven() -> str:
    """The Maven command, installed when that is allowed."""
    found = shutil.which("mvn") or (install("maven") and shutil.which("mvn"))
    if not found:
        raise ServerError("Maven is needed to fetch Apache Kafka. Install it (Debian, Ubuntu: apt-get install maven).")
    return found


def java() -> str:
    """A Java that is new enough for Kafka, installed when that is allowed."""
    found = new_enough_java()
    for package in JAVA_PACKAGES:
        found = found or (new_enough_java() if install(package) else None)
    if not found:
        raise ServerError(
            f"Java {OLDEST_JAVA} or newer is needed to run Apache Kafka. "
            "Install it (Debian, Ubuntu: apt-get install openjdk-17-jre-headless)."
        )
    return found


def new_enough_java() -> str | None:
    """The first Java that will do: the one on the path, or any that Debian keeps."""
    kept = sorted(Path("/usr/lib/jvm").glob("*/bin/java"), reverse=True)
    return next((each for each in ["java", *map(str, kept)] if java_version(each) >= OLDEST_JAVA), None)


def java_version(command: str) -> int:
    """The feature version of a Java, or 0 when there is none."""
    found = re.match(r"(?:1\.)?(\d+)", java_release(command))
    return int(found[1]) if found else 0


def java_release(command: str) -> str:
    """What a Java says it is ("17.0.15"), or nothing when there is none."""
    try:
        said = subprocess.run([command, "-version"], capture_output=True, text=True, check=False).stderr
    except OSError:
        return ""
    found = re.search(r'version "([^"]+)"', said)
    return found[1] if found else ""
