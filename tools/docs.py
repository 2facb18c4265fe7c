"""Build the pages of docs/ to var/docs: python -m tools.docs

Its tools have a lock and an environment of their own. A link to a page or heading that is not there ends it with 1.
"""

import subprocess
import sys

from tools.alone import ROOT, UV

ENVIRONMENT = ROOT / "var" / "docs-environment"
LOCK = ROOT / "requirements" / "docs.txt"
SITE = ROOT / "var" / "docs"


def main() -> None:
    """Make the environment what its lock says, then the site."""
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        subprocess.run([*UV, "venv", "--quiet", "--python", sys.executable, str(ENVIRONMENT)], check=True)
    sync = [*UV, "pip", "sync", "--quiet", "--require-hashes", "--python", str(python), str(LOCK)]
    subprocess.run(sync, check=True)
    build = [str(python), "-m", "sphinx", "--fail-on-warning", "--keep-going", "--nitpicky", "--quiet"]
    done = subprocess.run([*build, "-b", "html", "docs", str(SITE)], cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(done.returncode)
    print(f"{SITE.relative_to(ROOT)}/index.html")


if __name__ == "__main__":
    main()
