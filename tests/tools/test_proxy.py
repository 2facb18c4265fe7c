"""The proxy in front, run as in its container: who is asked for what, and what is believed of a request's origin."""

import json
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest

from tools.alone import ROOT
from tools.servers.system import free_port, wait_until

CADDYFILE = ROOT / "deploy" / "proxy" / "Caddyfile"
CADDY = str(Path(sys.executable).with_name("caddy"))
SERVICES = ("nutrition", "farmers", "procurement", "logistics")
BEHIND = {"portal": "portal:8000", "keycloak": "keycloak:8080"}


class Echo(BaseHTTPRequestHandler):
    """Answers with who was asked, and for what."""

    def do_GET(self) -> None:
        """Answer."""
        told = {name: self.headers[name] for name in ("Host", "X-Forwarded-For", "X-Forwarded-Proto")}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"asked": self.server.server_name, "path": self.path, **told}).encode())  # type: ignore[attr-defined]

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The proxy over servers of ours, and a client that trusts its authority."""
    folder = tmp_path_factory.mktemp("proxy")
    echoes = {name: _echo(name) for name in (*SERVICES, *BEHIND)}
    (folder / "Caddyfile").write_text(_over({name: echo.server_port for name, echo in echoes.items()}))
    port = free_port()
    variables = {"SITE": f"localhost:{port}", "SITE_TLS": "internal", "XDG_DATA_HOME": str(folder), "HOME": str(folder)}
    with (folder / "log").open("w") as log:
        caddy = subprocess.Popen([CADDY, "run", "--config", "Caddyfile"], cwd=folder, env=variables, stderr=log)
    authority = folder / "caddy" / "pki" / "authorities" / "local" / "root.crt"
    try:
        wait_until(lambda: _answers(port, authority), 30, lambda: (folder / "log").read_text()[-2000:])
        with httpx.Client(base_url=f"https://localhost:{port}", verify=_trusting(authority)) as client:
            yield client
    finally:
        caddy.terminate()
        caddy.wait(10)
        for echo in echoes.values():
            echo.shutdown()
            echo.server_close()


def _echo(name: str) -> HTTPServer:
    server = HTTPServer(("127.0.0.1", 0), Echo)
    server.server_name = name
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _over(ports: dict[str, int]) -> str:
    """Return the file that the container has, over other addresses and ports."""
    text = CADDYFILE.read_text().replace(
        "\tskip_install_trust\n", "\tskip_install_trust\n\tauto_https disable_redirects\n"
    )
    text = text.replace("http://127.0.0.1:8081", f"http://127.0.0.1:{free_port()}")
    for name, address in BEHIND.items():
        text = text.replace(f"reverse_proxy {address}", f"reverse_proxy 127.0.0.1:{ports[name]}")
    text = text.replace("reverse_proxy {args[0]}:8000", "reverse_proxy {args[1]}")
    for name in SERVICES:
        text = text.replace(f"import service {name}\n", f"import service {name} 127.0.0.1:{ports[name]}\n")
    return text


def _trusting(authority: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority))


def _answers(port: int, authority: Path) -> bool:
    try:
        return httpx.get(f"https://localhost:{port}/", verify=_trusting(authority)).status_code == 200
    except (OSError, httpx.TransportError):
        return False


@pytest.mark.parametrize(
    ("asked", "server", "path"),
    [
        ("/inbox?day=1", "portal", "/inbox?day=1"),
        ("/nutrition/menus/m-1", "nutrition", "/menus/m-1"),
        ("/farmers/offers", "farmers", "/offers"),
        ("/procurement/orders", "procurement", "/orders"),
        ("/logistics/trips", "logistics", "/trips"),
        ("/realms/cloud/protocol/openid-connect/token", "keycloak", "/realms/cloud/protocol/openid-connect/token"),
        ("/resources/a.js", "keycloak", "/resources/a.js"),
        ("/admin/", "portal", "/admin/"),
    ],
)
def test_each_is_asked_for_its_own(site: httpx.Client, asked: str, server: str, path: str) -> None:
    """Services see paths as they are without a proxy; Keycloak's administration is not reached from outside."""
    answer = site.get(asked).json()
    assert (answer["asked"], answer["path"]) == (server, path)


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/livez", "/farmers/metrics", "/logistics/readyz"])
def test_what_is_for_inside_stays_inside(site: httpx.Client, path: str) -> None:
    """Metrics and readiness are asked from inside."""
    assert site.get(path).status_code == 404


def test_what_a_request_says_of_its_own_origin_is_replaced(site: httpx.Client) -> None:
    """Limits by address and the record of acts hang on it."""
    lie = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http"}
    answer = site.get("/farmers/offers", headers=lie).json()
    assert (answer["X-Forwarded-For"], answer["X-Forwarded-Proto"]) == ("127.0.0.1", "https")
    assert answer["Host"] == site.base_url.netloc.decode()
