"""The tutorial is what a newcomer copies: its commands run as they stand, from nothing to a lunch and its trace."""

import os
import re
import signal
import subprocess
from pathlib import Path

from tools.servers.system import free_port

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "tutorial.md"
PATIENCE_S = 900


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)


def test_the_tutorial_leads_to_a_lunch(tmp_path: Path) -> None:
    """Every block is run, in one shell, and ends well; lunch is traced to the village and paid for."""
    script = tmp_path / "tutorial.sh"
    script.write_text("set -euo pipefail\n" + "\n".join(_blocks("sh")))
    elsewhere = {"CLOUD_VAR": str(tmp_path / "var"), "CLOUD_PORT": str(free_port())}
    with (tmp_path / "out").open("wb") as out:
        shell = subprocess.Popen(
            ["bash", str(script)],
            cwd=ROOT,
            env=os.environ | elsewhere,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            status = shell.wait(PATIENCE_S)
        finally:
            if shell.poll() is None or status:
                os.killpg(shell.pid, signal.SIGKILL)
                shell.wait()
    said = (tmp_path / "out").read_text()
    assert status == 0, said[-4000:]
    assert '"traced_share":1.0' in said
    assert '"households_paid":1' in said
    assert said.count("nutrition    ok        ok") == 2


def test_all_but_getting_it_is_run() -> None:
    """What the test leaves out is how the software is fetched and set up, which has happened where tests run."""
    assert [block.splitlines()[-1] for block in _blocks("console")] == ["make env-all"]
    assert PAGE.read_text().count("```") == 2 * (len(_blocks("sh")) + 1)
