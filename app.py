"""The app, and how `make run` starts it: migrate, fill the demo, serve."""

import os
import sys
from collections.abc import Mapping
from typing import Any

from flask import Flask
from waitress import serve

from community import config, database, house


def create_app(environ: Mapping[str, str] = os.environ, **changes: Any) -> Flask:
    """The app as the environment describes it; `changes` win over the environment (tests use them)."""
    app = Flask(__name__, static_folder=None)
    app.config.update(config.settings(environ) | changes)
    app.config["INSTANCE"].mkdir(parents=True, exist_ok=True)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    house.furnish(app)
    return app


def ready(app: Flask) -> Flask:
    """The same app, if its database is at head; otherwise a word on how to mend that, and the end."""
    if not database.is_at_head(app):
        sys.exit("The database is older or newer than this code. Run: make migrate")
    return app


def main() -> None:
    from community.outbox.embedded import Keeper
    from demo.start import open_doors

    try:
        app = create_app()
    except config.ConfigError as error:
        sys.exit(f"Aangan did not start: {error}")
    open_doors(app)
    keeper = Keeper(ready(app))
    keeper.start()
    try:
        serve(
            app, host=app.config["HOST"], port=app.config["PORT"], threads=app.config["THREADS"], ident=None,
            clear_untrusted_proxy_headers=not app.config["TRUSTED_PROXIES"],
            max_request_body_size=16 * 1024 * 1024,
        )  # fmt: skip
    finally:
        keeper.stop()


if __name__ == "__main__":
    main()
