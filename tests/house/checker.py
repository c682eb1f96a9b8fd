"""Sends nasty things through every form, and notes what broke or was lost."""

import re
import traceback
from collections.abc import Callable, Iterator

from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from community.form import clean
from tests.house.crawl import TYPED, Crawl, Page, PageForm
from tests.house.matrix import ROWS
from tests.house.naughty import broken
from tests.house.village import ROLES, Village, path_of
from tests.sample import ALL, some

__all__ = ["ALL", "Checker", "every_form", "fields_of", "lost_from", "routes", "some"]
SURROGATE = re.compile("[\ud800-\udfff]")  # no browser can send one, so none comes back


def every_form(village: Village, crawled: Crawl) -> list[PageForm]:
    """The forms of all pages; for a route that none leads to, what its row in the matrix sends.

    What reads nothing but its address gets a field all the same, and so does what nobody may as the village stands.
    """
    found, things = crawled.forms, village.known()
    known = {form.endpoint for form in found}
    let_in = {row.route for row in ROWS if row.may}
    for row in (one for one in ROWS if one.method == "POST"):
        rule = next(rule for rule in routes(village, row.method) if rule.rule == row.rule)
        alone = rule.endpoint not in known and (row.may or row.route not in let_in)
        if alone or (row.may and "group" in row.form):
            form = PageForm(path_of(rule, things, row.names), "POST", endpoint=rule.endpoint, page="/")
            may = row.may or row.knows or {"owner"}
            form.role = "operator" if row.key else next(role for role in ("owner", "admin", *ROLES) if role in may)
            form.take(**({name: value.format_map(things) for name, value in row.form.items()} or {"next": "/"}))
            found.append(form)
    return found


class Checker:
    """Sends things, notes what broke, and puts the village back."""

    def __init__(self, village: Village, crawled: Crawl) -> None:
        self.village, self.shapes = village, crawled.shapes
        self.faults: list[str] = []

    def check(self, what: object, send: Callable[[], TestResponse]) -> TestResponse | None:
        try:
            answer = send()
            self.faults += [f"{what}: {fault}" for fault in broken(answer, self.shapes)]
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            self.faults.append(f"{what}: {type(error).__name__}: {str(error)[:160]} ({last.filename}:{last.lineno})")
            self.village.restore()
            return None
        return answer

    def type(self, form: PageForm, name: str, nasty: str) -> None:
        """One field typed over; then the page that follows, and the page that the form stood on."""
        browser, fields = self.village.browser(form.role), form.with_value(name, nasty)
        what = f"{form} with {name}={nasty[:60]!r}"
        answer = self.check(what, lambda: form.submit(browser, fields))
        if answer is not None and answer.status_code == 303:
            self.check(f"after {what}", lambda: browser.get(answer.headers["Location"]))
            self.check(f"back after {what}", lambda: browser.get(form.page))
        elif answer is not None and answer.mimetype == "text/html":
            self.faults += [f"{what}: {lost}" for lost in lost_from(answer, form, fields)]
        self.village.tidy()

    def done(self) -> None:
        assert not self.faults, f"{len(self.faults)} faults:\n" + "\n".join(dict.fromkeys(self.faults))


def lost_from(answer: TestResponse, form: PageForm, fields: list[tuple[str, str]]) -> Iterator[str]:
    """The fields of a refused form that came back otherwise than they were typed."""
    came = next((one for one in Page(answer.text).forms if one.action == form.action), None)
    if came is None or answer.status_code == 200:
        return
    for name, typed in fields:
        back, meant = came.fields.get(name), form.fields[name]
        if back is None or meant.kind == "hidden" or meant.kind == "button":
            continue
        if meant.kind in TYPED and not SURROGATE.search(typed) and _plain(back.value) != _plain(typed):
            yield f"{name} came back as {back.value[:60]!r}"
        if meant.kind == "radio" and typed in meant.options and back.value != typed:
            yield f"the choice of {name} came back as {back.value!r}"


def _plain(text: str) -> list[str]:
    """The words of it, as a page may show them."""
    return clean(text).split()


def fields_of(forms: list[PageForm]) -> list[tuple[PageForm, str]]:
    return [(form, name) for form in forms for name in form.fields]


def routes(village: Village, method: str) -> list[Rule]:
    return [rule for rule in village.app.url_map.iter_rules() if method in (rule.methods or ())]
