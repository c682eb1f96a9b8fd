"""Anything at all to any address as anybody: each route of the map, with ids that are there or not, and fields of any form.

What one request leaves is there for the next ones, until something breaks or a while is over.
"""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass

from hypothesis import strategies as st
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.house.checker import Checker, every_form
from tests.house.crawl import Crawl, Page, PageForm, encoded
from tests.house.naughty import NASTY, broken
from tests.house.village import ROLES

NUMBERS = (0, 1, 2**31, 2**62 - 1, 2**62, 2**63, 10**25)
TEXTS = st.sampled_from(NASTY) | st.text(max_size=40)
HEADERS = ({}, {"Sec-Fetch-Dest": "empty"}, {"Save-Data": "on"}, {"If-None-Match": "*"}, {"Range": "bytes=5-"},
           {"Accept-Language": "ur, *;q=0"}, {"Referer": "http://localhost/x?in=9"},
           {"X-Requested-With": "\u00ff"}, {"Upload-Offset": "-1"})  # fmt: skip


@dataclass(frozen=True)
class Shot:
    """One request."""

    role: str
    method: str
    path: str
    fields: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return (
            f"{self.role}: {self.method} {self.path[:120]} {[(n[:20], v[:40]) for n, v in self.fields]} {self.headers}"
        )


class Range:
    """What shots are made of."""

    def __init__(self, checker: Checker, crawled: Crawl) -> None:
        self.checker, self.village = checker, checker.village
        self.rules = [rule for rule in self.village.app.url_map.iter_rules() if rule.endpoint != "static"]
        self.things = self.village.known()
        self.forms: dict[str, list[PageForm]] = {}
        for form in every_form(self.village, crawled):
            self.forms.setdefault(form.endpoint, []).append(form)
        self.names = sorted({name for forms in self.forms.values() for form in forms for name in form.fields})
        self.hit: set[tuple[str, str]] = set()

    def shots(self) -> st.SearchStrategy[Shot]:
        return st.builds(
            self._shot, st.sampled_from(self.rules), st.sampled_from(ROLES), st.randoms(use_true_random=False), TEXTS
        )

    def _shot(self, rule: Rule, role: str, chance: random.Random, text: str) -> Shot:
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        method = (
            chance.choice(methods) if chance.random() > 0.05 else chance.choice(["HEAD", "PUT", "OPTIONS", "PATCH"])
        )
        values = {name: self._value(rule, name, chance, text) for name in rule.arguments}
        try:
            path = rule.build(values, append_unknown=False)[1]  # type: ignore[index]
        except Exception:
            path = rule.rule
        fields = tuple(self._fields(rule, chance, text))
        self.hit.add((role, rule.endpoint))
        return Shot(role, method, path, fields, tuple(chance.choice(HEADERS).items()))

    def _value(self, rule: Rule, name: str, chance: random.Random, text: str) -> object:
        known = list(self.things.values())
        if type(rule._converters[name]).__name__ == "Number":
            numbers = [int(one) for one in known if one.isdecimal() and len(one) < 15]
            fits = [int(v) for k, v in self.things.items() if k == name.removesuffix("_id") and v.isdecimal()]
            return chance.choice(fits or numbers) if chance.random() > 0.25 else chance.choice([*numbers, *NUMBERS])
        return chance.choice(known) if chance.random() > 0.4 else (text.replace("/", "") or "x")

    def _fields(self, rule: Rule, chance: random.Random, text: str) -> Iterator[tuple[str, str]]:
        """As a page would send it, with some of it changed, missing, twice or from elsewhere."""
        forms = self.forms.get(rule.endpoint)
        for name, value in chance.choice(forms).filled() if forms else ():
            turn = chance.random()
            if turn > 0.1:
                yield name, text if turn < 0.45 else value
            if turn > 0.95:
                yield name, chance.choice(NASTY)
        if chance.random() > 0.7:
            yield (
                chance.choice([*self.names, "in", "page", "left", "lang", "kept", "q"]),
                chance.choice([text, *self.things.values()]),
            )

    def fire(self, shot: Shot) -> None:
        browser = self.village.browser(shot.role)
        body, kind = encoded(list(shot.fields)), "application/x-www-form-urlencoded"
        asks = shot.method in ("GET", "HEAD", "OPTIONS")
        more = {"query_string": body.decode()} if asks else {"data": body, "content_type": kind}

        def send() -> TestResponse:
            return browser.open(shot.path, method=shot.method, headers=dict(shot.headers), **more)

        before = len(self.checker.faults)
        answer = self._checked(str(shot), send)
        if answer is not None and answer.status_code == 303:
            self._checked(f"after {shot}", lambda: browser.get(answer.headers["Location"]))
        if len(self.checker.faults) > before:
            self.village.restore()

    def _checked(self, what: str, send: object) -> TestResponse | None:
        def sent() -> TestResponse:
            answer = send()  # type: ignore[operator]
            shapes = Page(answer.text).shapes if answer.mimetype == "text/html" and answer.data else set()
            self.checker.faults += [f"{what}: {fault}" for fault in broken(answer, shapes)]
            return answer

        count = len(self.checker.faults)
        answer = self.checker.check(what, sent)
        # What `check` compares with the crawl's elements is not asked here: a fuzzed page may be one it never saw.
        self.checker.faults[count:] = [
            one for one in dict.fromkeys(self.checker.faults[count:]) if "no page of ours has" not in one
        ]
        return answer


class Clock:
    def __init__(self, seconds: float) -> None:
        self.until = time.monotonic() + seconds

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self.until
