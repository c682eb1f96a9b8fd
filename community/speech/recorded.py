"""Which prompts people have recorded: those of the reader's own communities first, then the packs of this server."""

import json
from functools import lru_cache
from pathlib import Path

from flask import current_app, g

from community.groups.membership import standing
from community.people.session import someone
from community.speech.models import Recording


def recorded(english: str, code: str) -> str:
    """The name of the clip in which a person says this message; "" where nobody has."""
    return _of_communities(code).get(english) or _of_packs(code).get(english, "")


def _of_communities(code: str) -> dict[str, str]:
    """Asked once a page."""
    found: dict[str, dict[str, str]] = g.setdefault("recorded", {})
    if code not in found:
        person = someone()
        heard = Recording.approved_in(standing(person).communities(), code) if person else {}
        found[code] = {message: one.clip for message, one in heard.items()}
    return found[code]


def _of_packs(code: str) -> dict[str, str]:
    manifest = manifest_of(Path(current_app.config["INSTANCE"]), code)
    return _read(manifest, manifest.stat().st_mtime_ns) if manifest.exists() else {}


def manifest_of(instance: Path, code: str) -> Path:
    """English message: name of its clip, for all on this server."""
    return instance / "speech" / "packs" / f"{code}.json"


@lru_cache(maxsize=64)
def _read(manifest: Path, _changed: int) -> dict[str, str]:
    known: dict[str, str] = json.loads(manifest.read_text(encoding="utf-8"))
    return known
