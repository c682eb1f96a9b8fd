"""All the pages there are: found by following every link from the courtyard, as each of the cast."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tests.browser.outline import Form, Outline, route
from tests.browser.phone import Answer, Phone

NOBODY = ""
NOT_PAGES = ("/s/", "/photos/", "/speech/", "/manifest", "/sw.js", "/healthz", "/metrics", "/me/belongings.zip")
# Forms that answer with a page of their own, by the route they post to: what they are sent, and what not.
ANSWERS: dict[str, dict[str, str | None]] = {
    "/me/phones/new": {},
    "/memberships/#/sign-in-code": {},
    "/groups/#/announcements": {"text": "", "at": "2020-01-01T08:00", "key": "a-form-that-is-refused"},
    "/groups/#/announcements/ready": {"ready": "thanks"},
    "/announcements/#": {"text": ""},
    "/me/looks": {"name": "क" * 100},
    "/children": {"nickname": "क" * 100, "picture": "fish", "colour": "mor"},
    "/code": {"code": "1234"},
    "/operator": {"key": "a guess"},
    "/groups/#/settings": {"name": "", "level": "क" * 100},
    "/groups/#/groups": {"name": ""},
    "/groups/#/categories": {"ready": None, "name": "", "picture": "sums"},
    "/groups/#/headcount": {"role": "admin"},
    "/groups/#/bulk/#": {"all": None, "pick": None},
    "/groups/#/sheets": {"sheet": None},
    "/groups/#/unlisted": {"reason": ""},
    "/groups/#/templates": {"level": ""},
    "/templates/#/groups": {"name": "", "category": None},
    "/groups/#/appointments": {"role": "moderator", "until": "2020-01-01"},
    "/language/#/words/#": {"words": ""},
    "/communities": {"name": "क" * 200, "size": "5"},
}


@dataclass(frozen=True)
class Page:
    """One page to look at: as whom, where, and what is sent if it is a form's answer."""

    part: str
    path: str
    route: str
    fields: Mapping[str, str] | None = field(default=None, hash=False)
    status: int = 200

    def __str__(self) -> str:
        return f"{'POST ' if self.fields is not None else ''}{self.path} as {self.part or 'nobody'}"

    def open(self, phones: Mapping[str, Phone], language: str) -> Answer:
        """The page in that language."""
        path = self.in_language(language)
        phone = phones[self.part]
        return phone.get(path) if self.fields is None else phone.post(path, self.fields)

    def in_language(self, language: str) -> str:
        return f"{self.path}{'&' if '?' in self.path else '?'}lang={language}"


@dataclass
class Walk:
    """What a walk through the whole site brought home."""

    pages: list[Page]
    broken: list[str]
    symbols: set[str]


def walk(phones: Mapping[str, Phone], starts: Mapping[str, list[str]]) -> Walk:
    """Every page that each of the cast can reach, each look of it once; and the links that lead nowhere.

    `starts` names addresses to begin from besides `/`: notes that stand only in an address, invitations, closed doors.
    A page is another look of its route where it has a link, a form, a symbol or a piece that none before it had.
    """
    home = Walk([], [], set())
    known: dict[str, set[str]] = {}
    for part, phone in phones.items():
        for page, outline in _reachable(part, phone, starts.get(part, []), home.broken):
            shown = known.setdefault(page.route, set())
            if not outline.shape <= shown or page.path in starts.get(part, []):
                home.pages.append(page)
            shown |= outline.shape
            home.symbols |= outline.symbols
    home.pages.sort(key=lambda page: page.route)
    return home


def _reachable(part: str, phone: Phone, starts: list[str], broken: list[str]) -> Iterator[tuple[Page, Outline]]:
    waiting = [("/", ""), *((start, "") for start in starts)]
    seen, posted = {path for path, _ in waiting}, set()
    while waiting:
        path, came_from = waiting.pop(0)
        answer = phone.get(path)
        if answer.status >= 400 and came_from:
            _note(broken, f"{route(came_from)} leads to {route(path)}: {answer.status}")
            continue
        if not answer.is_page:
            continue
        outline = Outline.of(answer.text)
        led = route(answer.path) != route(path)
        yield Page(part, answer.path if led else path, route(answer.path), status=answer.status), outline
        for form in outline.posts:
            if (short := route(form.action)) in ANSWERS and short not in posted:
                posted.add(short)
                yield from _answer(part, phone, form.action, _filled(form, ANSWERS[short]))
        for way in outline.ways:
            if (bare := _bare(way)) not in seen and not way.startswith(NOT_PAGES):
                seen.add(bare)
                waiting.append((way, path))


def _filled(form: Form, sent: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in (form.fields | sent).items() if value is not None}


def _answer(part: str, phone: Phone, action: str, fields: dict[str, str]) -> Iterator[tuple[Page, Outline]]:
    answer = phone.post(action, fields)
    if answer.is_page and answer.path == action:  # a redirect says that it was taken
        yield Page(part, action, "!" + route(action), fields, answer.status), Outline.of(answer.text)


def _note(broken: list[str], line: str) -> None:
    if line not in broken:
        broken.append(line)


def _bare(way: str) -> str:
    """Two addresses that differ only in what stands in their query are one."""
    return way.partition("?")[0] + route(way).partition("?")[2]


def told(faults: Mapping[str, list[str]]) -> str:
    """What is wrong, each thing once, with the first page that shows it."""
    lines = (f"{fault}\n      {pages[0]}; {len(pages)} in all" for fault, pages in sorted(faults.items()))
    return "\n" + "\n".join(lines)
