"""Strings that break things, and how to see that nothing broke."""

from collections.abc import Iterator

from werkzeug.test import TestResponse

from tests.house.crawl import Page

LONG = "लंबा " * 2000  # 10,000 characters, 26,000 bytes
NASTY = (
    # What cannot be seen, and what turns the line around.
    "", " ", "\t\n", "\0", "a\0b", "\x01\x02\x7f\x85", "\u200b", "\ufeff", "\u200d", "a\u200d\u200db", "\u2028\u2029",
    "\u202eneddih", "\u2066\u2069\u202a\u202b\u202c\u202d", "\u200f\u061c\u200e", "\ud800", "a\udfffb", "\ud83d",
    "\ufffe\uffff", "\U000e0041\U000e0042", "\U0010ffff", "e\u0301" * 400, "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!", "क्\u200dष", "ﷺ", "İıſß",
    "👩‍👩‍👧‍👦🏳️‍🌈", "🇮🇳", "👍🏽" * 200, LONG, "a" * 10_000, "שלום مرحبا नमस्ते",
    # Numbers that are none, or too many.
    "0", "-1", "1e309", "NaN", "Infinity", "9" * 15, "9" * 40, str(2**31), str(2**62), str(2**63), str(2**64), "0x10",
    "१२३४५६७८", "۱۲۳۴۵۶۷۸", "٣", "²", "½", "Ⅷ", "1,5", "1_000", "--1", "+1", "99999999", "2026-02-30T25:61",
    "0001-01-01T00:00", "9999-12-31T23:59", "2026-11-22T10:00:00+99:99", "१९९९-१२-३१",
    # Other languages: SQL, HTML, templates, formats, shells, paths, headers.
    "' OR '1'='1", "'; DROP TABLE person; --", '") UNION SELECT 1 --', "%' ESCAPE '%", "\\", "\\'", "`",
    "<script>alert(1)</script>", "<zztag zzattr=1 id=zzmark>", "\"><zztag id='zzmark'>", "' zzattr='1' onload='x",
    '" zzattr="1" autofocus onfocus="alert(1)', "</textarea><zztag>", "</title><zztag></script><zztag>", "<!--", "]]>",
    "<svg/onload=alert(1)><zztag>", "<img src=x onerror=alert(1)>", "<a href=javascript:alert(1)>x", "&lt;zztag&gt;",
    "&#60;zztag&#62;", "javascript:alert(1)", "data:text/html,<zztag>", "https://example.org/\"onmouseover=\"x",
    "https://a@evil.example/'><zztag>", "http://[::1", "https://xn--/", "http://exa\u0300mple.org:99999/",
    "{{7*7}}", "{% raw %}", "${7*7}", "#{7*7}", "%s%n%d%(name)s", "{0.__class__}", "{name}", "$(id)", "`id`", "; ls",
    "../../../../etc/passwd", "..\\..\\x", "/etc/passwd", "//evil.example/", "https://evil.example/", "/\\evil.example",
    "| cat", "a\r\nX-Naughty: 1", "%0d%0aX-Naughty: 1", "\n/x", "None", "null", "undefined", "true", "[]", "{}", "CON",
    "1:2", ":",
)  # fmt: skip
PROBES = tuple(one for one in NASTY if "zz" in one)  # these go into every field, always
LEADS = tuple(one for one in NASTY if "evil" in one or "X-Naughty" in one or "javascript:" in one)  # into hidden fields
OURS = ("zztag", "zzattr", "zzmark")
ADDRESSES = ("href", "src", "action", "formaction", "srcset", "data", "poster")
ACTIVE = ("javascript:", "vbscript:", "data:text")


def broken(answer: TestResponse, shapes: set[tuple[str, str]]) -> Iterator[str]:
    """What is wrong with an answer to something nasty; nothing, for a good one."""
    if answer.status_code >= 500:
        yield f"status {answer.status}"
    if "X-Naughty" in answer.headers:
        yield "a header came out of the input"
    where = answer.headers.get("Location", "/").removeprefix("http://localhost")
    if not where.startswith("/") or where.startswith(("//", "/\\")):
        yield f"sent to {where!r}"
    if answer.mimetype == "text/html" and answer.data:
        yield from _broken_page(answer, shapes)


def _broken_page(answer: TestResponse, shapes: set[tuple[str, str]]) -> Iterator[str]:
    page = Page(answer.data.decode("utf-8"))
    if foreign := page.shapes - shapes:
        yield f"elements that no page of ours has: {sorted(foreign)[:5]}"
    if page.said["script"].strip() or page.said["style"].strip():
        yield "an inline script or style"
    if "\0" in answer.text:
        yield "a NUL"
    for tag, attributes in page.elements:
        if tag in OURS or any(name in OURS or name.startswith("on") for name in attributes):
            yield f"<{tag} {attributes}> came out of the input"
        if any(value in OURS for value in attributes.values()):
            yield f"<{tag} {attributes}> has the input's value"
        for name in ADDRESSES:
            if (attributes.get(name) or "").strip().lower().startswith(ACTIVE):
                yield f"<{tag} {name}> does something: {attributes[name]!r}"
    if answer.status_code >= 400 and not speaks(page):
        yield f"{answer.status} without words and a picture"


def speaks(page: Page) -> bool:
    """Whether a page says something: a picture, words, and a way on."""
    return bool("svg" in {tag for tag, _ in page.elements} and page.said["h1"].strip() and (page.links or page.forms))
