"""The server of `make run`. The only file that knows waitress."""

from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import WSGITask

from community.environment import ConfigError


class _Task(WSGITask):
    """Waitress closes the connection after an answer without a length. One that can have no body needs none."""

    def set_close_on_finish(self) -> None:
        asked: dict[str, str] = getattr(self.request, "headers", {})
        if self.has_body or self.version == "1.0" or asked.get("CONNECTION", "").lower() == "close":
            super().set_close_on_finish()


HTTPChannel.task_class = _Task


def bind(app: Flask) -> Any:
    """The server, on its address already: a second start fails here, before it changes anything."""
    host, port = app.config["HOST"], app.config["PORT"]
    try:
        return create_server(
            app, host=host, port=port, threads=app.config["THREADS"], ident=None,
            clear_untrusted_proxy_headers=not app.config["TRUSTED_PROXIES"],
            max_request_body_size=256 * 1024 * 1024,
        )  # fmt: skip
    except (OSError, ValueError) as error:
        raise ConfigError(f"it can not listen on HOST={host} PORT={port}: {error}") from None
