"""`flask --app app words sat`: what was taken in that language, of all communities, as a .po on standard output."""

import sys

import click

from community.languages import LANGUAGES
from community.wording.export import words_po
from community.wording.models import Suggestion
from community.wording.views import blueprint


@blueprint.cli.command("words")
@click.argument("code", type=click.Choice(list(LANGUAGES)))
def words(code: str) -> None:
    """Print the better words of a language that were taken, as a .po."""
    tongue = LANGUAGES[code]
    sys.stdout.buffer.write(words_po(tongue, Suggestion.taken(tongue)))
