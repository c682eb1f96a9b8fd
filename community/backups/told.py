"""What the operator's page and its machines are told of backups, and the last step of bringing one back."""

from datetime import datetime, timedelta
from pathlib import Path

import click
from flask import Flask, current_app

from community.backups.erased import again
from community.backups.snapshot import last_good
from community.database import db, now, writing
from community.languages import gettext as _
from community.languages import when
from community.outbox.standing import Figure, tells

OLD = timedelta(hours=36)  # one a day, and an evening's grace
ZONE = "Asia/Kolkata"


def init_app(app: Flask) -> None:
    tells(app, _figures)

    @app.cli.command("erase-again")
    def erase_again() -> None:
        """After a restore: erase whom the copy knows and who was erased since."""
        with writing():
            count = again()
            db.session.commit()
        click.echo(f"{count} people had been erased since, and are erased again.")


def _figures() -> list[Figure]:
    found = last_good(Path(current_app.config["BACKUPS"]))
    age = now() - datetime.fromisoformat(found["taken"]) if found else None
    said = when(datetime.fromisoformat(found["taken"]), ZONE) if found else _("Not yet")
    seconds = int(age.total_seconds()) if age is not None else -1
    told = "Seconds since the last good backup was taken; -1: there is none."
    bad = age is None or age > OLD
    return [Figure("aangan_backup_age_seconds", told, "shield", _("The last good backup"), seconds, bad, said)]
