"""What a form was answered with can not be asked for again: the last one is kept for a while, for who got it to hear.

It lies with the clips of pages, in one of some thousand places, so that nobody fills the disk by being refused from
many addresses; under a mark that only this server can make of who it was, and without what was typed.
"""

import json
import time
from dataclasses import asdict
from pathlib import Path

from flask import Response, request

from community.languages import current
from community.languages.compiled import write_whole
from community.people.session import current_session
from community.speech.cupboard import PAGES, Cupboard
from community.speech.reading import Part, parts_of

LASTS = 600  # seconds
PLACES = 4096  # who gets the place of somebody else takes it, and hears nothing of what lay there
HEARD = (409, 410, 422, 429)  # of the page that came: what she did is answered in words, and she may try again


def remember(answer: Response, cupboard: Cupboard) -> None:
    """Keep the parts of this answer, if it refuses what a form sent."""
    if request.method == "POST" and answer.status_code in HEARD and answer.mimetype == "text/html":
        parts = [asdict(part) for part in parts_of(answer.get_data(as_text=True), current().code)]
        kept = [_mark(cupboard), request.path, current().code, parts]
        write_whole(_place(cupboard), json.dumps(kept).encode())


def remembered(path: str, code: str, cupboard: Cupboard) -> list[Part]:
    """The parts of the refusal that she got just now at this path, in this language; none, where there was none."""
    place = _place(cupboard)
    if not place.exists() or time.time() - place.stat().st_mtime > LASTS:
        return []
    mark, there, language, parts = json.loads(place.read_bytes())
    if (mark, there, language) != (_mark(cupboard), path.partition("?")[0], code):
        return []
    return [Part(**{**part, "runs": [(tongue, text) for tongue, text in part["runs"]]}) for part in parts]


def _mark(cupboard: Cupboard) -> str:
    """Of her session; of who is not signed in, of where she is."""
    own = current_session()
    who = f"refused:{own.id}" if own else f"refused at:{request.remote_addr}"
    return cupboard.derived(who.encode())


def _place(cupboard: Cupboard) -> Path:
    number = int(_mark(cupboard), 16) % PLACES
    return cupboard.place(PAGES, cupboard.derived(f"refused in place {number}".encode()), "refused")
