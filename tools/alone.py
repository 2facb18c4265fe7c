"""Prove that a service needs no more than its own lock: import it in an environment that holds nothing else.

python -m tools.alone nutrition farmers
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def import_alone(service: str) -> bool:
    """Import a service in a fresh environment made from its lock; what goes wrong is printed by Python."""
    with tempfile.TemporaryDirectory(prefix=f"cloud-{service}-") as directory:
        python = f"{directory}/bin/python"
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, directory], check=True)
        lock = f"requirements/{service}.txt"
        sync = ["pip", "sync", "--quiet", "--require-hashes", "--python", python, lock]
        subprocess.run([*uv, *sync], cwd=ROOT, check=True)
        imported = [python, "-W", "error", "-c", f"import services.{service}.main"]
        return subprocess.run(imported, cwd=ROOT, check=False).returncode == 0


def main(services: list[str]) -> None:
    """Try each service named on the command line."""
    failed = [service for service in services if not import_alone(service)]
    if failed:
        sys.exit(f"Not importable with only their own lock: {', '.join(failed)}")
    print(f"Each importable with only its own lock: {', '.join(services)}")


if __name__ == "__main__":
    main(sys.argv[1:])
