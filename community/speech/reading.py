"""A page taken apart into what can be heard: each heading, paragraph and control with its words and its picture.

static/late/speech.js takes the page on the screen apart in the same way, so the words are where the two meet.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser

HEARD = {"h1", "h2", "h3", "legend", "p", "a", "button", "summary", "label"}
CONTROLS = {"a", "button", "summary", "label"}
MUTE = {"script", "style", "template", "title", "textarea", "noscript", "svg"}
EMPTY = {"meta", "link", "input", "img", "br", "source", "hr", "use", "path", "rect", "circle"}
DRAWN = "picture"
BREAK = "\u2028"  # where a line ends: a script finds nothing there, a voice a space
Run = tuple[str, str]  # a language, and words in it


@dataclass
class Part:
    """Something to be heard. `runs` are its words, language by language; `named` what is said in their place."""

    tag: str
    named: str = ""
    picture: str = ""
    hidden: bool = False
    runs: list[Run] = field(default_factory=list)

    @property
    def is_control(self) -> bool:
        return self.tag in CONTROLS

    @property
    def words(self) -> str:
        """As the script of the page finds them."""
        found = self.named or "".join(text for _code, text in self.runs).replace(BREAK, "")
        return " ".join(found.split())

    def said(self, code: str) -> tuple[Run, ...]:
        """What is said, neighbours in one language together; marks alone belong to what stands before them."""
        joined: list[Run] = []
        for language, text in [(code, self.named)] if self.named else self.runs:
            if joined and (joined[-1][0] == language or not any(map(str.isalnum, text))):
                joined[-1] = (joined[-1][0], joined[-1][1] + text)
            else:
                joined.append((language, text))
        spaced = [(language, " ".join(text.split())) for language, text in joined]
        return tuple((language, text) for language, text in spaced if any(map(str.isalnum, text)))


@dataclass
class _Open:
    tag: str
    language: str
    mute: bool
    hidden: bool
    part: Part | None


class Reading(HTMLParser):
    """`parts` of a page, in the order in which they stand there; none inside another."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[Part] = []
        self._open = [_Open("", code, False, False, None)]
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has, above = {name: value or "" for name, value in attrs}, self._open[-1]
        if part := self._part:
            self._look(part, tag, has)
        if "data-send" in has:  # static/late/audience.js writes it on the button that sends
            self.parts.append(Part("p", has["data-send"], hidden=True))
        if tag == "br" and self._part:
            self._part.runs.append((self._open[-1].language, BREAK))
        if tag in EMPTY:
            return
        mute, hidden = above.mute or tag in MUTE, above.hidden or "hidden" in has
        part = None if above.part or mute or not _is_heard(tag, has) else Part(tag, has.get("aria-label", ""))
        if part:
            part.hidden = hidden
            self.parts.append(part)
        self._open.append(_Open(tag, has.get("lang") or above.language, mute, hidden, part or above.part))

    @staticmethod
    def _look(part: Part, tag: str, has: dict[str, str]) -> None:
        """A drawing by its name in the sprite; one that is set into the page has none, and neither has a photo."""
        if tag == "use" and part.picture in ("", DRAWN):
            part.picture = has.get("href", "").partition("#")[2]
        elif tag in ("svg", "img") or "face" in has.get("class", "").split():  # a circle may be of a colour alone
            part.picture = part.picture or DRAWN

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "use":
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in [one.tag for one in self._open[1:]]:
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        here = self._open[-1]
        if here.part and not here.mute:
            here.part.runs.append((here.language, data))

    @property
    def _part(self) -> Part | None:
        return self._open[-1].part


def _is_heard(tag: str, has: dict[str, str]) -> bool:
    return tag in HEARD or "grow" in has.get("class", "").split()


def parts_of(text: str, code: str) -> list[Part]:
    """The parts of a page in this language that have words, or should have."""
    return [part for part in Reading(text, code).parts if part.words or part.is_control]
