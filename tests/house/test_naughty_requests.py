"""Nasty addresses, queries, methods, bodies, cookies and headers: each has an answer, and none is a 500."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from itsdangerous import URLSafeTimedSerializer

from tests.house.checker import Checker, every_form, routes, some
from tests.house.crawl import Crawl
from tests.house.naughty import NASTY
from tests.house.village import Village, path_of

pytestmark = pytest.mark.any_collation

ROOT = Path(__file__).resolve().parents[2]
HUGE = (2**31, 2**62 - 1, 2**62, 2**63 - 1, 2**63, 10**30)
INTEGERS = ("0", "00", "-1", "1e9", "٣", "१२", "²", "1.5", "%00", *map(str, HUGE))
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
    for rule, path in some(list(bad_paths(checker.village, method)), method, normally=15):
        browser = checker.village.browser("owner")
        checker.check(
            f"{method} {rule} {path[:80]}", lambda path=path, browser=browser: browser.open(path, method=method)
        )
        checker.village.tidy()
        asked += 1
    assert asked > 40
    checker.done()


COUNTED = {"genuine.show", "genuine.picture"}  # a code that is nobody's is a guess, and guesses are counted
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
        for name in some(names, endpoint, normally=5):
            for nasty in some(NASTY, f"{endpoint} {name}", normally=400, wholly=100):
                value = quote(nasty.encode("utf-8", "surrogatepass")[:3000], safe="")
                address = f"{path}?{name}={value}&{name}=1"
                browser = checker.village.browser(role)
                checker.check(f"{role} {address[:120]}", lambda a=address, b=browser: b.get(a))
        assert endpoint in COUNTED or not checker.village.dirty, f"a GET of {endpoint} wrote"
        checker.village.tidy()
    checker.done()


METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"}


def test_wrong_methods(checker: Checker) -> None:
    village, known = checker.village, checker.village.known()
    for rule in village.app.url_map.iter_rules():
        path = path_of(rule, known)
        same = [other for other in village.app.url_map.iter_rules() if other.rule == rule.rule]
        allowed = {method for other in same for method in other.methods or ()}
        for method in some(sorted(METHODS - allowed), path, normally=12):
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
        for kind, body in some(BODIES, form.endpoint, normally=52):
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
        for sent in some(tries, form.endpoint, normally=18):
            browser = checker.village.browser(form.role)
            checker.check(f"{form} with {sent}", lambda f=form, s=sent, b=browser: f.submit(b, s))
            checker.village.tidy()
    checker.done()


def test_a_body_of_200_megabytes_is_refused_unread(checker: Checker, crawled: Crawl) -> None:
    """Announced, not sent: whoever reads the form refuses it by its announced length."""
    refused = 0
    for form in some(every_form(checker.village, crawled), "200 MB", normally=5):
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
    "Accept-Language", "Accept-Encoding", "User-Agent", "Host", "Referer", "If-None-Match", "If-Modified-Since",
    "Range", "Origin", "X-Forwarded-For",
)  # fmt: skip


def test_nasty_headers(checker: Checker) -> None:
    for name in HEADERS:
        for nasty in some(NASTY, name, normally=24):
            value = nasty.encode("utf-8", "surrogatepass").decode("latin-1")[:2000]
            if not set(value) & set("\r\n\0"):
                for path in ("/", "/code"):
                    browser = checker.village.browser("anonymous")
                    checker.check(
                        f"{name}: {nasty[:40]!r}", lambda b=browser, p=path, n=name, v=value: b.get(p, headers={n: v})
                    )
    checker.done()
