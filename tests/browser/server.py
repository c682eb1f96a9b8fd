"""The real server, started as `make run` starts it, in a folder of its own."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.browser.day import CAST, OPERATOR
from tests.browser.phone import WirePhone
from tests.whispers import whisper

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"(/(?:j|enter)/\S+)$")
PATIENCE = 60  # seconds that a start may take on a busy machine
UNDO = 12  # seconds after which nothing can be taken back, and the outbox has looked


@dataclass(frozen=True)
class Server:
    """Where it listens, and the ways in that it printed."""

    url: str
    invitation: str
    doors: dict[str, str]
    log: Path

    def phone(self) -> WirePhone:
        return WirePhone(self.url)

    def signed_in(self, part: str) -> WirePhone:
        """A new phone on which this part of the cast is signed in, through the printed link."""
        phone = self.phone()
        phone.post(self.doors[part], {})
        assert phone.cookie, f"the link of the {part} opened nothing"
        return phone


@contextmanager
def serving(folder: Path, root: Path = ROOT, port: int = 0, **settings: str) -> Iterator[Server]:
    """The demo, on a free port, until the block ends; `settings` go into its environment. `root`: of another release.

    Tests look into the worker by the names that it is written with, unless READABLE is "0".
    """
    port, log = port or _free_port(), folder / "server.log"
    environ = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environ |= {"INSTANCE": str(folder / "instance"), "HOST": "127.0.0.1", "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    environ |= {"METRICS_TOKEN": OPERATOR, "READABLE": "1", "WORKER_AGE": "0", **settings}
    with log.open("wb") as file:
        process = subprocess.Popen([sys.executable, "app.py"], cwd=root, env=environ, stdout=file, stderr=file)
    try:
        links = _printed(log, process)
        whisper.knows(*(link.rpartition("/")[2] for link in links))
        yield Server(f"http://127.0.0.1:{port}", links[0], dict(zip(CAST, links[1:], strict=True)), log)
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)
        whisper.read(log.read_text())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _printed(log: Path, process: "subprocess.Popen[bytes]") -> list[str]:
    """The invitation, then a link for each of the cast, in the order of the demo."""
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        links = [found[1] for line in log.read_text().splitlines() if (found := LINK.search(line))]
        if len(links) == len(CAST) + 1:
            return links
        time.sleep(0.1)
    raise RuntimeError("the server did not start:\n" + log.read_text()[-2000:])
