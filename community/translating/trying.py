"""For the operator: `flask --app app translating try` asks the machine that is set up, and says what came of it."""

import click
from flask import current_app

from community.translating.blueprint import blueprint
from community.translating.engines import NotAtAll, NotNow
from community.translating.machine import engine


@blueprint.cli.command("try")
def try_it() -> None:
    """Ask the machine that translates whether it answers."""
    if current_app.config["TRANSLATOR"] == "none":
        raise click.ClickException("No machine is set up: TRANSLATOR says none.")
    try:
        asked = engine()
        pairs = asked.pairs() if asked.healthy() else set()
    except (NotNow, NotAtAll) as error:
        raise click.ClickException(f"{current_app.config['TRANSLATOR']}: {error}") from None
    if not pairs:
        raise click.ClickException(f"{asked.name} does not answer, or refuses the key.")
    click.echo(f"{asked.name} answers, and knows {len(pairs)} pairs of languages.")
