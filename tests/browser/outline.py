"""What a page leads to: its links, its forms, its symbols, read with nothing but html.parser."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from community.people.pictures import ROOMS

NUMBERS = re.compile(r"(?<=/)\d+(?=/|$)")
NAMES = re.compile(r"((?<=^/language/)|(?<=^/report/))\w+(?=/)|(?<=^/j/)[^/]+")
CODES = re.compile(
    r"^(/a|/m|/f|/enter|/office|/s|/photos|/check|/communities/new|/groups/#/announcements/ready|/language/#/words"
    r"|/announcements/#/languages|/groups/#/bulk|/groups/#/help)/.+"
)


def route(path: str) -> str:
    """The address without what names one thing: `/groups/4?before=1-2` is `/groups/#?before`."""
    place, _, query = path.partition("#")[0].partition("?")
    names = sorted({pair.partition("=")[0] for pair in query.split("&") if pair} - {"next", "lang"})
    short = CODES.sub(r"\1/#", NAMES.sub("#", NUMBERS.sub("#", place)))
    return short + ("?" + "&".join(names) if names else "")


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class Outline(HTMLParser):
    """Read it with `Outline.of(text)`."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.elsewhere: list[Form] = []
        self.symbols: set[str] = set()
        self.kinds: set[str] = set()

    @classmethod
    def of(cls, text: str) -> "Outline":
        made = cls()
        made.feed(text)
        made.close()
        return made

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        self.kinds.update(has.get("class", "").split())
        if tag == "a" and has.get("href", "").startswith("/"):
            self.links.append(has["href"].partition("#")[0])
        elif tag == "form":
            self.forms.append(Form(has.get("action", ""), has.get("method", "get").lower()))
        elif tag in ("input", "button") and self.forms:
            self._take(has)
        elif tag == "use":
            self.symbols.add(has.get("href", "").partition("#")[2])

    def _take(self, has: dict[str, str]) -> None:
        """A field of the last form, or a button that sends it somewhere else."""
        form = self.forms[-1]
        if has.get("name"):
            form.fields.setdefault(has["name"], has.get("value", ""))
        if has.get("formaction"):
            self.elsewhere.append(Form(has["formaction"], form.method, form.fields))

    @property
    def ways(self) -> list[str]:
        """Where one can go on from here by GET."""
        return self.links + [form.action for form in self.forms + self.elsewhere if form.method == "get"]

    @property
    def posts(self) -> list[Form]:
        return [form for form in self.forms + self.elsewhere if form.method == "post"]

    @property
    def shape(self) -> frozenset[str]:
        """What tells a page from another at the same address: where it leads, what it lets one do, what it is made of."""
        marks = {"!" + route(form.action) for form in self.posts}
        marks |= {"*" + symbol for symbol in self.symbols} | {"." + kind for kind in self.kinds.difference(ROOMS)}
        return frozenset(marks.union(route(way) for way in self.ways))
