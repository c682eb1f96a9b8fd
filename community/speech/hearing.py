"""What can be heard on a page: each part with the address of its clip, whose voice that is, and in which language."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from babel import Locale
from flask import current_app, g, request

from community.languages import LANGUAGES, Language, current
from community.people.session import someone
from community.speech.cupboard import PAGES, WORDS, Cupboard
from community.speech.prompts import english_of, prompts
from community.speech.reading import Part, Run, parts_of
from community.speech.recorded import recorded
from community.speech.refused import remembered
from community.speech.voices import MACHINES, speaker_of, voice_of

OURS = ("speech.show", "speech.play")  # not read themselves: one would read itself for ever


@dataclass(frozen=True)
class Heard:
    """A part and its sound. `address` is "" where it has none; `machine` says who speaks, `code` in which language."""

    part: Part
    words: str
    address: str
    machine: bool
    code: str

    @property
    def tongue(self) -> Language:
        return LANGUAGES[self.code]


def cupboard() -> Cupboard:
    """The clips of the app that serves this request."""
    return Cupboard(Path(current_app.config["INSTANCE"]) / "speech", str(current_app.secret_key))


def wanted() -> tuple[str, ...]:
    """The borrowed voices that this server's operator wants all the same."""
    return tuple(current_app.config["SPEECH_BORROWED"])


def speaker() -> str:
    """The language in which whoever asks hears a page: its own; else the one that she chose; else who speaks for it."""
    code, person = current().code, someone()
    chosen = person.heard_in if person else None
    if voice_of(code, wanted()) or not chosen or not voice_of(chosen, wanted()):
        return speaker_of(code, wanted())
    return chosen


def name_clip(tongue: Language) -> Heard:
    """A language's own name as its voice says it; where it has none, as the one says that speaks for it."""
    code = speaker_of(tongue.code, wanted())
    words = tongue.autonym if code == tongue.code else _name_of(tongue.code, code) or tongue.autonym
    return Heard(Part("p", words), words, address(cupboard().promise(((code, words),), WORDS)), True, code)


def message(words: str) -> Heard:
    """One message of the app, without gaps, as whoever reads it on this page hears it."""
    ear = Ear(current().code, speaker())
    return ear.hear(Part("p", words), ((ear.speaker, ear.message(words)),))


def heard_on(path: str) -> list[Heard]:
    """Everything on the page at that path of ours, as whoever asks would see it; nothing where it is no page."""
    ear = Ear(current().code, speaker())
    refused = remembered(path, ear.code, cupboard())
    parts = _read(path, ear.code, only_whole=bool(refused))
    others = parts if ear.speaker == ear.code else _beside(parts, _read(path, ear.speaker))
    both = [*zip(refused, refused, strict=True), *zip(parts, others, strict=True)]
    return [ear.hear(part, ear.said(part, other)) for part, other in both]


def _beside(parts: list[Part], others: list[Part]) -> list[Part]:
    """For each part the one that says the same in another language; itself, where that page has none in its place."""
    found = list(parts)
    shapes, theirs = ([(part.tag, part.picture) for part in page] for page in (parts, others))
    for mine, place, count in SequenceMatcher(None, shapes, theirs, autojunk=False).get_matching_blocks():
        found[mine : mine + count] = others[place : place + count]
    return found


@dataclass(frozen=True)
class Ear:
    """Whoever listens reads in the language `code` and hears `speaker`: the same, where that has a voice."""

    code: str
    speaker: str

    def said(self, part: Part, other: Part) -> tuple[Run, ...]:
        """The part as `other` says it in the language that speaks; by the catalogue where it says nothing."""
        if part is not other or self.speaker == self.code:
            return other.said(self.speaker)
        if (whole := self.message(part.words)) != part.words:
            return ((self.speaker, whole),)
        return Part(part.tag, runs=[self._theirs(run) for run in part.runs]).said(self.speaker)

    def _theirs(self, run: Run) -> Run:
        words = " ".join(run[1].split())
        theirs = self.message(words)
        return (self.speaker, theirs) if theirs != words else run

    def message(self, words: str) -> str:
        """A message of the app in the words of the language that speaks; what is none stays as it is."""
        if self.speaker == self.code:
            return words
        return prompts(self.speaker).get(english_of(words, self.code), words)

    def hear(self, part: Part, said: tuple[Run, ...]) -> Heard:
        """The part; `said` are its words in the language that speaks."""
        words = part.words
        english = english_of(words, self.code)
        for code in dict.fromkeys((self.code, self.speaker)) if english else ():
            if name := recorded(english, code):
                return Heard(part, words, address(name), False, code)
        named = (self._named(run) for run in said)
        runs = tuple(run for run in named if run[0] in LANGUAGES and voice_of(run[0], wanted()))
        name = cupboard().promise(runs, WORDS if english else PAGES) if runs else ""
        return Heard(part, words, address(name) if name else "", True, self.speaker)

    def _named(self, run: Run) -> Run:
        """A language's own name for itself, where its voice is off, by its name in the language that speaks."""
        code, text = run
        if code not in LANGUAGES or not text.startswith(LANGUAGES[code].autonym) or voice_of(code, wanted()):
            return run
        names = (_name_of(code, tongue) for tongue in (self.speaker, MACHINES[self.speaker].instead))
        return next(((self.speaker, name) for name in names if name), run)


def _name_of(code: str, tongue: str) -> str | None:
    """What that language is called in this one, where CLDR knows it."""
    return Locale.parse(LANGUAGES[tongue].locale).languages.get(code)


def address(name: str) -> str:
    return f"/speech/{name}.ogg"


def _read(path: str, code: str, *, only_whole: bool = False) -> list[Part]:
    """The page as the server answers it to this very person, in that language; `only_whole`: unless it is refused."""
    language = g.get("language")
    place, _mark, query = path.partition("?")
    asked = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] != "lang"]
    cookies = {"Cookie": request.headers.get("Cookie", "")}
    inside = current_app.test_request_context(
        f"{place}?{urlencode([*asked, ('lang', code)])}",
        base_url=request.host_url, headers=cookies, environ_overrides=_caller(),
    )  # fmt: skip
    try:
        with inside:
            if request.endpoint in OURS:
                return []
            answer = current_app.full_dispatch_request()
            if answer.mimetype != "text/html" or (only_whole and answer.status_code != 200):
                return []
            return parts_of(answer.get_data(as_text=True), code)
    finally:
        g.language = language


def _caller() -> dict[str, str]:
    return {name: request.environ[name] for name in ("REMOTE_ADDR", "HTTP_USER_AGENT") if name in request.environ}
