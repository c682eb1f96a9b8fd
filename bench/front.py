"""Caddy before the app, set up as docs/running.md says, and TLS that a browser of ours believes in."""

import base64
import hashlib
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bench.server import PATIENCE, ROOT, free_port
from bench.wire import Sealed
from tests.notifications.authority import Papers, papers

# No certificate from the world, no port 80, no admin's port, nothing into the machine's own trust.
QUIET = "{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n\tlocal_certs\n}\n"
PROTOCOLS = {"HTTP/1.1": "http/1.1", "HTTP/2": "h2"}


@dataclass(frozen=True)
class Front:
    """Where Caddy listens, and our own papers, which the wire in front of it shows to phones."""

    port: int
    papers: Papers

    def sealed(self, protocol: str) -> Sealed:
        """`protocol`: HTTP/1.1 or HTTP/2."""
        phone = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        phone.load_cert_chain(self.papers.certificate, self.papers.key)
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        server.check_hostname, server.verify_mode = False, ssl.CERT_NONE  # our own Caddy, on this machine
        for context in (phone, server):
            context.set_alpn_protocols([PROTOCOLS[protocol]])
        return Sealed(phone, server, protocol == "HTTP/2")

    @property
    def flag(self) -> str:
        """With this a Chromium takes our papers as any others, and keeps what comes under them."""
        key = x509.load_pem_x509_certificate(self.papers.certificate.read_bytes()).public_key()
        plain = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"--ignore-certificate-errors-spki-list={base64.b64encode(hashlib.sha256(plain).digest()).decode()}"


def caddy() -> str | None:
    """Where this machine has Caddy; None where it has none."""
    return shutil.which("caddy")


@contextmanager
def fronted(folder: Path, behind: int, more: str = "") -> Iterator[Front]:
    """The Caddyfile of the docs, `more` above what it says of the site, before the server on port `behind`."""
    port, program = free_port(), caddy()
    if not program:
        raise RuntimeError("caddy is not installed. Run: sh tests/install.sh")
    (folder / "Caddyfile").write_text(_caddyfile(port, behind, more))
    homes = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    with (folder / "caddy.log").open("wb") as log:
        process = subprocess.Popen(
            [program, "run", "--config", "Caddyfile", "--adapter", "caddyfile"], cwd=folder, env=os.environ | homes,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    front = Front(port, papers(folder, "localhost"))
    try:
        _wait_for(front)
        yield front
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _caddyfile(port: int, behind: int, more: str) -> str:
    found = re.search(r"```caddyfile\n(.*?)```", (ROOT / "docs" / "running.md").read_text(), re.S)
    if not found:
        raise RuntimeError("docs/running.md shows no Caddyfile any more")
    site = found[1].replace("aangan.example.org {", f"https://localhost:{port} {{\n\tbind 127.0.0.1\n{more}")
    return QUIET + site.replace("127.0.0.1:8000", f"127.0.0.1:{behind}")


def _wait_for(front: Front) -> None:
    until, trust = time.monotonic() + PATIENCE, front.sealed("HTTP/1.1").server
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", front.port), 5) as plain:
                trust.wrap_socket(plain, server_hostname="localhost").close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("Caddy did not start")
