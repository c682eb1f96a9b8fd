"""Asks for every address as every role, and sends every form so that it is refused; in the pseudo-language."""

import re
from collections.abc import Iterable, Iterator, Sequence

from babel import Locale
from babel.dates import format_skeleton, get_day_names
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from community.database import now
from community.phones.views import ZONE
from community.urgent.numbers import places
from tests.house.bare import bare_words, somebodys_own
from tests.house.crawl import TYPED, Crawl, PageForm
from tests.house.matrix import ROWS, Row
from tests.house.village import ROLES, Village, path_of

CODE = "xx"
# Where the phone sets in whose words they are; and promises that the village has planted.
HOLE = re.compile("\ue000.*?\ue001")
PLANTED = {"forgotten"}
TYPED_WRONGLY = ("", "a" * 3000, "see https://example.org/a", "१२", "99999999999999999999")


def on_the_wall() -> set[str]:
    """Names of days, months and countries come from the languages themselves; the pseudo-language has those of English."""
    month = format_skeleton("yMMMM", now().astimezone(ZONE).date(), locale="en")
    countries = {Locale("en").territories[country] for country in {place.country for place in places().values()}}
    named = countries | {f"{country} ·" for country in countries}  # a state may follow
    days = (name for width in ("abbreviated", "wide") for name in get_day_names(width, "stand-alone", "en").values())
    return {month, *days, *named}


class Untranslated:
    """`faults`: each bare word with where it stands; `pages`: how many pages were read."""

    def __init__(self, village: Village) -> None:
        village.app.config["PSEUDO_LANGUAGE"] = True
        self.village, self.own = village, somebodys_own(village.app) | PLANTED | on_the_wall()
        self.faults: dict[str, list[str]] = {}
        self.pages = 0

    def ask_all(self, cells: Sequence[tuple[Row, str]]) -> None:
        for row, role in cells:
            things = self.village.known()
            rules = self.village.app.url_map.iter_rules()
            rule = next(rule for rule in rules if rule.rule == row.rule and row.method in (rule.methods or ()))
            sent = {name: value.format_map(things) for name, value in row.form.items()}
            path = path_of(rule, things, row.names)
            browser = self.village.browser(role)
            query = {"lang": CODE} | (sent if row.method == "GET" else {})
            answer = browser.open(
                path, method=row.method, query_string=query, data=sent if row.method == "POST" else None
            )
            self._read(f"{row} as {role}", answer, sent.values())
            self._follow(browser, f"{row} as {role}", answer, sent.values())
            self.village.tidy()

    def refuse_all(self, forms: Sequence[PageForm]) -> None:
        """Nothing chosen, too much, a link where none belongs, numbers that are none."""
        for form in forms:
            for fields in _wrongly(form):
                browser = self.village.browser(form.role)
                path, _, query = form.action.partition("?")
                answer = browser.post(f"{path}?{query}{'&' * bool(query)}lang={CODE}", data=dict(fields))
                self._read(f"{form} sent {fields}"[:200], answer, dict(fields).values())
                self._follow(browser, str(form), answer, dict(fields).values())
                self.village.tidy()

    def _follow(self, browser: FlaskClient, what: str, answer: TestResponse, typed: Iterable[str]) -> None:
        where = answer.headers.get("Location", "")
        if answer.status_code == 303 and where.startswith("/"):
            path, _, query = where.partition("#")[0].partition("?")
            self._read(f"after {what}", browser.get(f"{path}?{query}{'&' * bool(query)}lang={CODE}"), typed)

    def _read(self, what: str, answer: TestResponse, typed: Iterable[str]) -> None:
        if answer.mimetype != "text/html" or not answer.data or answer.status_code == 303:
            return
        self.pages += 1
        text = HOLE.sub("", answer.text)
        if f'lang="{CODE}"' not in text:
            self.faults.setdefault("a page in another language", []).append(what)
        for word in bare_words(text, self.own | set(typed)):
            self.faults.setdefault(word, []).append(what)


def _wrongly(form: PageForm) -> Iterator[list[tuple[str, str]]]:
    names = [one.name for one in form.fields.values() if one.kind in TYPED]
    kept = [(name, value) for name, value in form.filled() if name not in names]
    yield [(name, "-") for name, _ in kept] + [(name, "") for name in names]
    for word in TYPED_WRONGLY if names else ():
        yield [*kept, *((name, word) for name in names)]


def every_cell() -> list[tuple[Row, str]]:
    return [(row, role) for row in ROWS for role in ROLES]


def crawl(village: Village, crawled: Crawl, share: int = 1) -> Untranslated:
    """Every row of the matrix as each role, and every form refused; with `share`, one cell in so many."""
    found = Untranslated(village)
    cells = every_cell()
    found.ask_all(cells[::share])
    found.refuse_all(crawled.forms[:: min(share, 8)])
    village.app.config["PSEUDO_LANGUAGE"] = False
    return found
