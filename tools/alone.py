"""Prove that each image holds what it needs: import all its code with nothing but its lock and its folders, and run it.

    python -m tools.alone nutrition farmers jobs

The same steps as in the Dockerfile, for a machine without a container engine; `jobs` is what runs `python -m services`.
What each runs, and is asked: tools/started.py.
"""

import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.dockerfile import JOBS
from tools.started import start_image

ROOT = Path(__file__).resolve().parent.parent
UV = [sys.executable, "-m", "uv"]
AT_ONCE = 2
_NOT_IN_IMAGES = shutil.ignore_patterns("__pycache__", "node_modules", "static")


def works_alone(image: str) -> bool:
    """Import an image's code in a fresh environment and directory, and run it; what goes wrong is printed."""
    with tempfile.TemporaryDirectory(prefix=f"cloud-{image}-") as directory:
        python = install(image, Path(directory) / "venv")
        app = Path(directory) / "app"
        copy_code(image, app)
        package = "services" if image == JOBS else f"services.{image}"
        command = [python, "-W", "error", "-m", "shared.whole", package]
        if subprocess.run(command, cwd=app, check=False).returncode:
            return False
        try:
            start_image(image, app, python)
        except (RuntimeError, subprocess.CalledProcessError) as problem:
            print(problem, file=sys.stderr)
            return False
        return True


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
    with ThreadPoolExecutor(AT_ONCE) as at_once:
        failed = [image for image, works in zip(images, at_once.map(works_alone, images), strict=True) if not works]
    if failed:
        sys.exit(f"Not working with only their own lock and folders: {', '.join(failed)}")
    print(f"Each works with only its own lock and folders, and ends when it is told to: {', '.join(images)}")


if __name__ == "__main__":
    main(sys.argv[1:])
