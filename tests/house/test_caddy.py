"""Behind a real Caddy with TLS, set up as docs/running.md says; and what a phone can forge, with it and without."""

import os
import re
import shutil
import socket
import sqlite3
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from community.people.models import fingerprint
from tests.house.server import ROOT, Server, Visitor, free_port, serving
from tests.whispers import whisper

pytestmark = [pytest.mark.caddy, pytest.mark.sqlite_only]
RUNNING = (ROOT / "docs" / "running.md").read_text()
# No certificate from the world, no port 80, no admin's port, nothing into the machine's own trust.
QUIET = "{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n\tlocal_certs\n}\n"
TRIES = 10


@dataclass
class House:
    """Aangan behind Caddy."""

    server: Server
    address: str
    trust: ssl.SSLContext
    instance: Path

    def visitor(self) -> Visitor:
        return Visitor(self.address, self.trust)

    @property
    def invitation(self) -> str:
        return self.server.links["Newcomer: an invitation to join"]

    def tries_from(self, address: str) -> int:
        """How many wrong digits the database has counted against an address."""
        with closing(sqlite3.connect(self.instance / "aangan.db")) as connection:
            told = "SELECT coalesce(sum(count), 0) FROM attempts WHERE key = ?"
            return int(connection.execute(told, [fingerprint(f"digits:{address}")]).fetchone()[0])


def caddyfile(port: int, behind: int) -> str:
    """The one of the docs, with this test's addresses."""
    found = re.search(r"```caddyfile\n(.*?)```", RUNNING, re.S)
    assert found
    site = found[1].replace("aangan.example.org {", f"https://localhost:{port} {{\n\tbind 127.0.0.1")
    return QUIET + site.replace("127.0.0.1:8000", f"127.0.0.1:{behind}")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder, port, behind = tmp_path_factory.mktemp("caddy"), free_port(), free_port()
    (folder / "Caddyfile").write_text(caddyfile(port, behind))
    homes = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    caddy = shutil.which("caddy")
    assert caddy, "caddy is not installed. Run: sh tests/install.sh"
    address = f"https://localhost:{port}"
    settings = {"PORT": str(behind), "TRUSTED_PROXIES": "1", "PUBLIC_URL": address}
    with (folder / "log").open("wb") as log, serving(folder / "instance", **settings) as server:
        process = subprocess.Popen(
            [caddy, "run", "--config", "Caddyfile", "--adapter", "caddyfile"], cwd=folder, env=os.environ | homes,
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            trust = _trust(folder / "caddy" / "pki" / "authorities" / "local" / "root.crt", port)
            yield House(server, address, trust, folder / "instance")
        finally:
            process.kill()
            process.wait()
            whisper.read((folder / "log").read_text())


def _trust(root: Path, port: int) -> ssl.SSLContext:
    """Believe Caddy's own authority and no other, once it serves."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            trust = ssl.create_default_context(cafile=str(root))
            with socket.create_connection(("127.0.0.1", port), 5) as plain:
                trust.wrap_socket(plain, server_hostname="localhost").close()
            return trust
        except OSError:
            time.sleep(0.1)
    raise AssertionError((root.parents[4] / "log").read_text())


def test_joining_through_it(house: House) -> None:
    phone = house.visitor()
    assert phone.get("/").status == 200
    page = phone.get(house.invitation)
    assert page.status == 200
    assert page.headers["Strict-Transport-Security"]
    joined = phone.post(house.invitation)
    assert joined.status == 303
    assert joined.headers["Location"].startswith("/"), "relative: no name to get wrong"
    assert phone.get("/me").status == 200


def test_its_cookies_are_secure_and_of_this_host(house: House) -> None:
    phone = house.visitor()
    answer = phone.post(house.invitation)
    (cookie,) = [said for said in answer.headers.get_all("Set-Cookie", []) if "aangan" in said]
    assert cookie.startswith("__Host-aangan=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}


def test_only_its_own_origin_may_post(house: House) -> None:
    port = house.address.rpartition(":")[2]
    foreign = ("", "null", f"http://localhost:{port}", "https://localhost", house.server.visitor().home)
    for origin in (*foreign, "https://evil.example"):
        assert house.visitor().post(house.invitation, origin=origin).status == 403, origin
    lied = {"x_forwarded_host": "evil.example", "x_forwarded_proto": "http"}
    assert house.visitor().post(house.invitation, origin="https://evil.example", **lied).status == 403
    assert house.visitor().post(house.invitation, origin="http://evil.example", **lied).status == 403
    assert house.visitor().post(house.invitation, sec_fetch_site="cross-site").status == 403


def test_the_clients_own_address_is_seen_whatever_it_claims(house: House) -> None:
    """Wrong digits are counted against who sent them: a count for each phone, and a forged address helps nobody."""
    for number, source in ((3, "127.0.0.7"), (TRIES + 1, "127.0.0.8")):
        codes = []
        for turn in range(number):
            phone = Visitor(house.address, house.trust, source=source)
            codes.append(phone.post("/code", {"code": "00000000"}, x_forwarded_for=f"198.51.100.{turn}").status)
        assert codes == [410] * min(number, TRIES) + [429] * (number - TRIES)
        assert house.tries_from(source) == number
    assert house.tries_from("127.0.0.1") == 0
    assert house.tries_from("198.51.100.0") == 0


def test_links_that_leave_the_server_carry_its_public_address(house: House) -> None:
    for path in house.server.links.values():
        assert house.address + path in house.server.said


def test_forged_headers_mean_nothing_where_no_proxy_is_trusted(tmp_path: Path) -> None:
    with serving(tmp_path / "instance") as server:
        invitation = server.links["Newcomer: an invitation to join"]
        lied = {
            "x_forwarded_proto": "https",
            "x_forwarded_host": "evil.example",
            "forwarded": "proto=https;host=evil.example",
        }
        answer = server.visitor().post(invitation, **lied)
        assert answer.status == 303
        assert "__Host-" not in answer.headers["Set-Cookie"]
        assert "Strict-Transport-Security" not in answer.headers
        for origin in ("https://evil.example", "http://evil.example", f"https://127.0.0.1:{server.port}"):
            assert server.visitor().post(invitation, origin=origin, **lied).status == 403, origin
        codes = [
            server.visitor().post("/code", {"code": "00000000"}, x_forwarded_for=f"198.51.100.{turn}").status
            for turn in range(TRIES + 1)
        ]
        assert codes == [410] * TRIES + [429]
