"""The classes a broker loads, kept as a JVM maps them (class data sharing, JEP 350), for each Java and each Kafka.

A broker that finds them answers after 4.1 s instead of 6.2, having computed 2.4 s instead of 3.8 (Java 17, two cores):
tests start many. A JVM that cannot use what lies there says so in its log and loads the classes itself.
"""

from pathlib import Path

from tools.servers.jars import java_release, kafka_version
from tools.servers.system import VAR


def archive(java: str) -> Path:
    """Where this Java's classes lie, or would."""
    return VAR / "cache" / f"kafka-{kafka_version()}-java-{java_release(java)}.jsa"


def mapped(java: str) -> list[str]:
    """The options with which this Java finds its classes; none where none were kept."""
    kept = archive(java)
    return [f"-XX:SharedArchiveFile={kept}"] if kept.exists() else []


def keeping(into: Path) -> list[str]:
    """The options with which a JVM keeps the classes it loaded, as it ends."""
    return [f"-XX:ArchiveClassesAtExit={into}"]
