"""The app, and how `make run` starts it: migrate, fill the demo, serve."""

import gc
import logging
import os
import signal
import sys
from collections.abc import Mapping
from typing import Any

from flask import Flask
from sqlalchemy.exc import OperationalError

from community import config, database, environment, house
from community.server import bind


def create_app(environ: Mapping[str, str] = os.environ, **changes: Any) -> Flask:
    """The app as the environment describes it; `changes` win over the environment (tests use them)."""
    app = Flask(__name__, static_folder=None)
    app.config.update(config.settings(environ) | changes)
    app.config["INSTANCE"].mkdir(mode=0o700, parents=True, exist_ok=True)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    house.furnish(app)
    return app


def ready(app: Flask) -> Flask:
    """The same app, if its database is at head; otherwise a word on how to mend that, and the end."""
    age = database.age(app)
    if age == "older":
        sys.exit("The database is older than this code. Keep a copy of it, then run: make migrate")
    if age == "newer":
        sys.exit("The database is newer than this code. Bring the code up to date, then run: make migrate")
    return app


def spare_the_collector() -> None:
    """What stands now stays: the collector of garbage need not walk through it at every turn, nor so often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def main() -> None:
    from community.outbox.embedded import keeping
    from demo.start import open_doors

    for sign in (signal.SIGTERM, signal.SIGINT):  # the server answers what it has begun, then goes
        signal.signal(sign, lambda *_: sys.exit(0))
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        app = create_app()
        server = bind(app)
        open_doors(app)
    except OperationalError as error:
        sys.exit(f"Aangan did not start: the database does not answer. Look at DATABASE_URL. {error.orig}")
    except (environment.ConfigError, OSError) as error:
        sys.exit(f"Aangan did not start: {error}")
    with keeping(ready(app)):
        spare_the_collector()
        server.run()


if __name__ == "__main__":
    main()
