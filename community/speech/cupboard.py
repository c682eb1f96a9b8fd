"""Where clips lie, by a name that only this server can make of what they say: nothing else is ever spoken.

people: recorded by somebody, kept until it is taken back. words: the app's own, kept for good.
pages: what stood on somebody's page, kept for a week. The last two are made when they are first asked for, from the
note that was left under the same name. All of it may be deleted at any time: it is made again.
"""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from community.languages.compiled import write_whole
from community.speech.clip import encoded
from community.speech.machine import Sound, spoken
from community.speech.pronunciation import prepared
from community.speech.reading import Run
from community.speech.voices import MACHINES, RATE, VERSION, heard_as

NAME = re.compile(r"[0-9a-f]{32}")
SHELVES = PEOPLE, WORDS, PAGES = ("people", "words", "pages")
WEEK = 7 * 86400  # seconds
LONGEST = 2000  # letters in one clip
AGAIN = 3600  # seconds between two looks for what is old


@dataclass(frozen=True)
class Cupboard:
    """The clips of a server, in a folder. `secret` is the server's own."""

    folder: Path
    secret: str

    def name(self, runs: Iterable[Run]) -> str:
        """Of what is said, by which voice and in which way of making it. Other ones are other clips."""
        what = json.dumps([VERSION, RATE, [(MACHINES[code].name, code, text) for code, text in runs]])
        return self.derived(what.encode())

    def derived(self, what: bytes) -> str:
        return hmac.new(self.secret.encode(), b"speech:" + what, hashlib.sha256).hexdigest()[:32]

    def promise(self, runs: tuple[Run, ...], shelf: str) -> str:
        """The name under which this can be heard from now on. Nothing is made yet."""
        name = self.name(runs)
        clip, note = self.place(shelf, name, "ogg"), self.place(shelf, name, "json")
        if not clip.exists() and not note.exists():
            write_whole(note, json.dumps(runs).encode())
        return name

    def lay(self, content: bytes) -> str:
        """A recording; the name under which it can be heard."""
        name = self.derived(content)
        self.put(name, PEOPLE, content)
        return name

    def put(self, name: str, shelf: str, content: bytes) -> None:
        write_whole(self.place(shelf, name, "ogg"), content)

    def size(self, name: str) -> int:
        """Bytes of the clip of that name; 0 where it was not made yet."""
        path = self.place(WORDS, name, "ogg")
        return path.stat().st_size if path.exists() else 0

    def clip(self, name: str) -> bytes | None:
        """The clip of that name, made now if it was only promised; None if nobody gave that name. Raises Speechless."""
        if not NAME.fullmatch(name):
            return None
        for shelf in SHELVES:
            path = self.place(shelf, name, "ogg")
            if path.exists():
                return path.read_bytes()
            if (note := path.with_suffix(".json")).exists():
                return self._make(path, note)
        return None

    def make(self, runs: tuple[Run, ...], shelf: str) -> bytes:
        """The clip of these words, from the shelf or made now. Raises Speechless."""
        found = self.clip(self.promise(runs, shelf))
        assert found is not None, "it was promised"  # noqa: S101
        return found

    def _make(self, path: Path, note: Path) -> bytes:
        content = said([(code, text) for code, text in json.loads(note.read_bytes())])
        write_whole(path, content)
        note.unlink(missing_ok=True)
        self._sweep()
        return content

    def place(self, shelf: str, name: str, kind: str) -> Path:
        return self.folder / shelf / name[:2] / f"{name}.{kind}"

    def _sweep(self) -> None:
        """What people wrote does not lie here for longer than a week, heard or not."""
        mark = self.folder / "swept"
        if mark.exists() and time.time() - mark.stat().st_mtime < AGAIN:
            return
        mark.touch()
        for path in (self.folder / PAGES).glob("*/*"):
            if time.time() - path.stat().st_mtime > WEEK:
                path.unlink(missing_ok=True)


def said(runs: list[Run]) -> bytes:
    """The runs one after another, each by the voice of its language, as one clip."""
    sounds = [_one(code, text[:LONGEST]) for code, text in runs]
    return encoded(Sound(sounds[0].hertz, b"".join(sound.samples for sound in sounds)))


def _one(code: str, text: str) -> Sound:
    code = heard_as(code, text)
    return spoken([prepared(text, code)], MACHINES[code].name)[0]
