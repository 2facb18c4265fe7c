"""Prove that each image holds what it needs: import all its code with nothing but its lock and its folders.

    python -m tools.alone nutrition farmers jobs

The same steps as in the Dockerfile, for a machine without a container engine; `jobs` is what runs `python -m services`.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = [sys.executable, "-m", "uv"]
JOBS = "jobs"
_NOT_IN_IMAGES = shutil.ignore_patterns("__pycache__", "node_modules", "static")


def import_alone(image: str) -> bool:
    """Import an image's code in a fresh environment and directory; what goes wrong is printed by Python."""
    with tempfile.TemporaryDirectory(prefix=f"cloud-{image}-") as directory:
        python = install(image, Path(directory) / "venv")
        app = Path(directory) / "app"
        copy_code(image, app)
        package = "services" if image == JOBS else f"services.{image}"
        command = [python, "-W", "error", "-m", "shared.whole", package]
        return subprocess.run(command, cwd=app, check=False).returncode == 0


def install(image: str, venv: Path) -> str:
    """Make an environment from the image's lock; return its Python."""
    lock = ROOT / "requirements" / f"{'all' if image == JOBS else image}.txt"
    python = str(venv / "bin" / "python")
    subprocess.run([*UV, "venv", "--quiet", "--python", sys.executable, str(venv)], check=True)
    subprocess.run([*UV, "pip", "sync", "--quiet", "--require-hashes", "--python", python, str(lock)], check=True)
    return python


def copy_code(image: str, app: Path) -> None:
    """Copy the folders that the Dockerfile copies."""
    folders = (
        ["shared", "services", "data"]
        if image == JOBS
        else ["shared", f"services/{image}", "data/standards", "data/rules"]
    )
    for folder in folders:
        shutil.copytree(ROOT / folder, app / folder, ignore=_NOT_IN_IMAGES)
    shutil.copy(ROOT / "services" / "__init__.py", app / "services")
    shutil.copy(ROOT / "data" / "divisions.csv", app / "data")


def main(images: list[str]) -> None:
    """Try each image named on the command line."""
    failed = [image for image in images if not import_alone(image)]
    if failed:
        sys.exit(f"Not importable with only their own lock and folders: {', '.join(failed)}")
    print(f"Each importable with only its own lock and folders: {', '.join(images)}")


if __name__ == "__main__":
    main(sys.argv[1:])
