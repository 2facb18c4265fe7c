"""The issuer of `make up` as a process: `tools.issuer` says what it does."""

import sys

from tools.servers.process import Process
from tools.servers.service import ROOT, ServiceProcess
from tools.servers.system import LOGS

HOST, PORT = "127.0.0.1", 8005
ADDRESS = f"http://{HOST}:{PORT}/identity"


class IssuerProcess(ServiceProcess):
    """It is ready when its keys can be asked for."""

    ready_at = "/identity/readyz"

    def __init__(self) -> None:
        self.name, self.port, self.url = "identity", PORT, f"http://{HOST}:{PORT}"
        self.environment = {"PYTHONUNBUFFERED": "1"}
        self.process = Process(
            name=self.name,
            command=[sys.executable, "-m", "tools.issuer", "serve"],
            log=LOGS / f"{self.name}-{self.port}.log",
            cwd=ROOT,
            env=self.environment,
        )
