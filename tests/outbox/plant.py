"""Processes of the Celery back end, started and ended by the tests themselves: Redis, the relay, workers."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.house.server import KEPT, ROOT, free_port
from tests.whispers import whisper

PATIENCE = 60  # seconds that anything may take on a busy machine


def wait_for(what: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if what():
            return True
        time.sleep(0.05)
    return what()


@dataclass
class Redis:
    """A broker on a port of its own, which keeps nothing on disk."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        program = shutil.which("redis-server")
        assert program, "redis-server is not installed. Run: sh tests/install.sh"
        own = ("--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
        self.process = subprocess.Popen(
            [program, *own, "--dir", str(self.folder)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        assert wait_for(lambda: self.ask("PING").startswith("+PONG"))

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def ask(self, *words: str) -> str:
        """The first answer to a command, as the wire has it; '' where nobody answers."""
        said = f"*{len(words)}\r\n" + "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as wire:
                wire.sendall(said.encode())
                return wire.recv(4096).decode()
        except OSError:
            return ""

    def wipe(self) -> None:
        assert self.ask("FLUSHALL").startswith("+OK")


@contextmanager
def redis(folder: Path) -> Iterator[Redis]:
    made = Redis(folder)
    made.start()
    try:
        yield made
    finally:
        made.stop()


@dataclass
class Plant:
    """Starts relays and workers on one database and one broker, and ends what is left of them."""

    folder: Path
    settings: Mapping[str, str]
    processes: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def relay(self) -> "subprocess.Popen[bytes]":
        return self._start("relay", "flask", "--app", self.settings.get("FLASK_APP", "app"), "relay")

    def worker(self, processes: int = 1, *more: str) -> "subprocess.Popen[bytes]":
        celery = ("celery", "-A", "community.outbox.celery", "worker", "--without-gossip", "--without-mingle")
        own = ("--concurrency", str(processes), "--hostname", f"w{len(self.processes)}@%h")
        return self._start("worker", *celery, *own, *more)

    def server(self, command: tuple[str, ...] = ("app.py",)) -> "subprocess.Popen[bytes]":
        return self._start("server", *command)

    def _start(self, name: str, *command: str) -> "subprocess.Popen[bytes]":
        kept = {known: os.environ[known] for known in KEPT if known in os.environ}
        environ = kept | {"INSTANCE": str(self.folder), "PYTHONPATH": str(ROOT)} | dict(self.settings)
        module = () if command[0].endswith(".py") else ("-m",)
        with (self.folder / f"{name}-{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *module, *command], cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        """kill -9, the processes that it forked included."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def said(self) -> str:
        return "".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def end(self) -> None:
        for process in self.processes:
            self.kill(process)
        whisper.read(self.said())


@contextmanager
def plant(folder: Path, **settings: str) -> Iterator[Plant]:
    made = Plant(folder, settings)
    try:
        yield made
    finally:
        made.end()
