"""What somebody finds who follows every link: pages, their forms with every field, and the elements we use."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.house.village import Village

Attributes = dict[str, str | None]
WALKERS = ("anonymous", "stranger", "member", "moderator", "above", "owner")
STARTS = ("/", "/groups", "/me", "/children", "/code", "/language", "/offline", "/operator")
MOST = 2  # pages of one kind that each role looks at
TYPED = ("text", "textarea", "search", "tel", "datetime-local", "date", "time", "number")

# What no link leads to, or only the third of its kind: as who just did something, or holds it in her hand.
ALONE = (
    ("admin", "/groups/{group}/members?removed={removed}"),
    ("operator", "/operator"),
    ("anonymous", "/calendar"),
    ("anonymous", "/f/nothing"),
    ("anonymous", "/office/{card}"),
    ("owner", "/me/categories?left={left_category}"),
    ("above", "/m/{merger_code}?in={group}"),
    ("above", "/groups/{root}/categories?retired={retired}"),
    ("admin", "/groups/{delicate}/unlisted"),
    ("admin", "/groups/{withheld}/unlisted"),
    ("admin", "/groups/{group}/bulk/tell?all=1"),
    ("admin", "/groups/{group}/bulk/looks?all=1&q=group"),
    ("admin", "/groups/{group}/bulk/move?all=1"),
    ("admin", "/errands/{ended_errand}"),
    ("admin", "/sheets/{sheet}"),
    ("above", "/groups/{sister_group}/oversight"),
)


@dataclass
class Field:
    """One name in a form: what it offers (radio, select, buttons), and what it holds as the page comes."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)


@dataclass
class PageForm:
    """A form as a browser has it. `role` and `page` say who found it where."""

    action: str
    method: str
    fields: dict[str, Field] = field(default_factory=dict)
    endpoint: str = ""
    role: str = ""
    page: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        return (self.endpoint, *sorted(self.fields))

    def __str__(self) -> str:
        return f"{self.role}: {self.method} {self.action} ({', '.join(self.fields)}) from {self.page}"

    def take(self, **hidden: str) -> None:
        self.fields |= {name: Field(name, "hidden", value) for name, value in hidden.items()}

    def filled(self) -> list[tuple[str, str]]:
        """As a browser sends it where nobody has touched anything but a button."""
        return [
            (one.name, one.value or (one.options[0] if one.options else ""))
            for one in self.fields.values()
            if one.kind not in ("checkbox", "file")
        ]

    def with_value(self, name: str, value: str) -> list[tuple[str, str]]:
        """The same with one field typed over."""
        return [(known, old) for known, old in self.filled() if known != name] + [(name, value)]

    def submit(self, browser: "FlaskClient", fields: list[tuple[str, str]]) -> TestResponse:
        return browser.post(self.action, data=encoded(fields), content_type="application/x-www-form-urlencoded")


def encoded(fields: list[tuple[str, str]]) -> bytes:
    """A form's body; lone surrogates go as the bytes that a broken browser would send."""
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in fields).encode()


def _quoted(text: str) -> str:
    return quote_plus(text.encode("utf-8", "surrogatepass"))


class Page(HTMLParser):
    """A page taken apart."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, Attributes]] = []
        self.forms: list[PageForm] = []
        self.links: list[str] = []
        self.said: dict[str, str] = {"h1": "", "script": "", "style": ""}
        self._open: list[str] = []
        self._form: PageForm | None = None
        self._typed: Field | None = None
        self.feed(text)
        self.close()

    @property
    def shapes(self) -> set[tuple[str, str]]:
        """Each pair of an element and an attribute that it has ('' for the element itself)."""
        return {(tag, name) for tag, attributes in self.elements for name in ("", *attributes)}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        self._open.append(tag)
        if tag == "a" and attributes.get("href"):
            self.links.append(str(attributes["href"]))
        if tag == "form":
            self._form = PageForm(attributes.get("action") or "", (attributes.get("method") or "get").upper())
            self.forms.append(self._form)
        if self._form and attributes.get("name") and tag in ("input", "textarea", "select", "button"):
            self._take(self._form, tag, attributes)

    def _take(self, form: PageForm, tag: str, attributes: Attributes) -> None:
        kind = (attributes.get("type") or "text") if tag == "input" else tag
        name, value = str(attributes["name"]), attributes.get("value") or ""
        found = form.fields.setdefault(name, Field(name, kind))
        if kind in ("radio", "checkbox", "button"):
            found.options.append(value)
            found.value = value if "checked" in attributes else found.value
        else:
            found.value = value
        self._typed = found if tag == "textarea" else None

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "textarea":
            self._typed = None
        while tag in self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._typed:
            self._typed.value += data
        for tag in set(self.said) & set(self._open):
            self.said[tag] += data


class Crawl:
    """`forms`: one of each kind, as each role that finds it. `shapes`: all elements and attributes of our pages."""

    def __init__(self, village: "Village") -> None:
        self.village = village
        self.routes = village.app.url_map.bind("localhost")
        self.every: list[PageForm] = []
        self.shapes: set[tuple[str, str]] = set()
        self.pages: set[tuple[str, str]] = set()  # (role, path)

    @property
    def forms(self) -> list[PageForm]:
        """One form of each kind, as the first role that finds it."""
        return list({form.key: form for form in reversed(self.every)}.values())[::-1]

    def walk(self) -> "Crawl":
        for role in WALKERS:
            self._walk_as(role)
        things = self.village.known()
        for role, path in ALONE:
            self._look(self.village.browser(role), role, path.format_map(things))
        for form in self.forms:
            self._learn(form)
        self.village.tidy()
        return self

    def _learn(self, form: PageForm) -> None:
        """What follows a form, refuses it, or shows a link: all that without a nasty letter."""
        typed = [one.name for one in form.fields.values() if one.kind in TYPED]
        kept = [(name, value) for name, value in form.filled() if name not in typed]
        words = ("", "a" * 3000, "see https://example.org/a") if typed else ()
        for fields in (form.filled(), *([*kept, *((name, word) for name in typed)] for word in words)):
            browser = self.village.browser(form.role)
            answer = form.submit(browser, fields)
            following = browser.get(answer.headers.get("Location", form.page))
            self.shapes |= Page(answer.text).shapes | Page(following.text).shapes
            self.village.tidy()

    def _walk_as(self, role: str) -> None:
        browser, things = self.village.browser(role), self.village.known()
        waiting = [*STARTS, f"/j/{things['code']}", f"/enter/{things['enter']}", f"/groups?left={things['left']}"]
        waiting += [f"/groups/{things['group']}", f"/announcements/{things['waiting']}", "/communities/new/circle"]
        waiting += [
            f"/groups/{things['resting']}/settings",
            f"/groups/{things['group']}/parent?in={things['sister_group']}",
        ]
        waiting += [f"/?answered={things['answered']}", f"/children?gone={things['gone']}"]
        waiting += [f"/groups/{things['root']}/words?answered={things['taken']}"]
        looked: dict[str, set[str]] = {}
        for path in waiting:
            endpoint = self.endpoint(path)
            seen = looked.setdefault(endpoint, set())
            if endpoint and path not in seen and len(seen) < MOST:
                seen.add(path)
                waiting += self._look(browser, role, path)

    def endpoint(self, path: str, method: str = "GET") -> str:
        parts = urlsplit(path)
        if parts.netloc or not parts.path.startswith("/"):
            return ""
        try:
            return str(self.routes.match(parts.path, method=method)[0])
        except HTTPException:
            return ""

    def _look(self, browser: "FlaskClient", role: str, path: str) -> list[str]:
        answer = browser.get(path)
        if answer.mimetype != "text/html":
            return []
        page = Page(answer.text)
        self.shapes |= page.shapes
        self.pages.add((role, path))
        known = {(form.role, form.key) for form in self.every}
        for form in page.forms:
            if form.method == "GET":  # what it asks for is an address, and test_nasty_queries asks that
                continue
            form.endpoint, form.role, form.page = self.endpoint(form.action, form.method), role, path
            if (role, form.key) not in known:
                self.every.append(form)
        return [link.partition("#")[0] for link in page.links]
