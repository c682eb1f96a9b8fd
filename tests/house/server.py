"""A real `python app.py` in a process of its own, and a visitor who speaks to it with nothing but HTTP."""

import http.client
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from tests.whispers import whisper

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT = ("PATH", "HOME", "LANG", "TMPDIR")  # nothing of the caller's settings reaches the app
PATIENCE = 60  # seconds that a start may take on a busy machine


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def own_address() -> str:
    """This machine's address in its network, or a second loopback where it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.2"


def environment(instance: Path, settings: dict[str, str]) -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | {"INSTANCE": str(instance), "PYTHONUNBUFFERED": "1"} | settings


def refused(instance: Path, **settings: str) -> str:
    """What a start that ought to fail says."""
    done = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=environment(instance, {"PORT": str(free_port())} | settings),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode not in (0, None), done.stdout
    return done.stdout + done.stderr


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text()

    @property
    def links(self) -> dict[str, str]:
        """The printed ways in: label to path."""
        found = re.findall(r"^  (\S.*?) {2,}https?://[^/\s]+(/\S+)$", self.said, re.M)
        whisper.knows(*(path.rpartition("/")[2] for _label, path in found))
        return {label.strip(): path for label, path in found}

    def visitor(self, host: str = "127.0.0.1") -> "Visitor":
        return Visitor(f"http://{host}:{self.port}")

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(sign)
        return self.process.wait(PATIENCE)


@contextmanager
def serving(instance: Path, *command: str, **settings: str) -> Iterator[Server]:
    """The running app, once it answers. `command` replaces `app.py` (and what follows it)."""
    port = int(settings.setdefault("PORT", str(free_port())))
    log = instance.parent / f"{instance.name}-{port}-{time.monotonic_ns()}.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, *(command or ("app.py",))], cwd=ROOT, env=environment(instance, settings),
            stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
        )  # fmt: skip
    server = Server(process, port, log)
    try:
        _wait_for(server)
        yield server
    finally:
        process.kill()
        process.wait()
        whisper.read(server.said)


def _wait_for(server: Server) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if server.process.poll() is not None:
            break
        try:
            server.visitor().get("/code")
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"the server did not answer:\n{server.said}")


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str


@dataclass
class Visitor:
    """A browser as old as can be: it keeps cookies, and sends the headers that it is told to send."""

    home: str
    trust: ssl.SSLContext | None = None
    cookies: dict[str, str] = field(default_factory=dict)
    source: str = ""

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask("GET", path, b"", headers)

    def post(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> Answer:
        """Post a form. Without a word about it, the visitor says the Origin that a page of ours has."""
        headers.setdefault("origin", self.home)
        headers["content_type"] = "application/x-www-form-urlencoded"
        whisper.typed(fields)
        return self._ask("POST", path, urlencode(fields or {}).encode(), headers)

    def _ask(self, method: str, path: str, body: bytes, named: dict[str, str]) -> Answer:
        address = urlsplit(self.home)
        assert address.hostname
        own = (self.source, 0) if self.source else None
        place, manner = (address.hostname, address.port), {"timeout": 30, "source_address": own}
        connection: http.client.HTTPConnection
        if self.trust:
            connection = http.client.HTTPSConnection(*place, **manner, context=self.trust)  # type: ignore[arg-type]
        else:
            connection = http.client.HTTPConnection(*place, **manner)  # type: ignore[arg-type]
        headers = {name.replace("_", "-"): value for name, value in named.items() if value}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body or None, headers)
            got = connection.getresponse()
            answer = Answer(got.status, got.headers, got.read().decode())
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
            whisper.knows(value)
        return answer
