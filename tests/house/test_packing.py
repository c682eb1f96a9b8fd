"""How answers are packed: by what the phone takes, as a difference to what it has, and not at all where a code stands."""

import base64
import gzip
import hashlib
import os
from pathlib import Path

import brotli
import pytest
from flask import Flask

from app import create_app
from community.coding import ZstdDict, decompress
from community.dictionaries import MAGIC, RELEASES, Attic, mark
from community.earlier import Earlier
from community.headers import DOCUMENT
from tests.conftest import Browser, Stage
from tests.house.crawl import Crawl
from tests.house.village import Village
from tests.sample import some

pytestmark = [pytest.mark.any_collation, pytest.mark.sampled]

UNPACK = {"br": brotli.decompress, "zstd": decompress, "gzip": gzip.decompress}
CHROME = "gzip, deflate, br, zstd, dcb, dcz"
# As our worker asks for a page in Chromium.
ASKING = {"Sec-Fetch-Dest": "empty", "User-Agent": "Mozilla/5.0 Chrome/156.0.0.0"}


def named(content: bytes, codings: str = CHROME) -> dict[str, str]:
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    return {"Accept-Encoding": codings, "Available-Dictionary": f":{digest}:"}


def unpacked(body: bytes, dictionary: bytes) -> bytes:
    assert body[:40] == MAGIC + hashlib.sha256(dictionary).digest()
    return decompress(body[40:], zstd_dict=ZstdDict(dictionary, is_raw=True))


WISHES = [
    ("gzip, deflate, br, zstd", "br"),
    ("br;q=0, zstd, gzip", "zstd"),
    ("gzip;q=0.1, br;q=0", "gzip"),
    ("*", "br"),
    ("br;q=0, *", "zstd"),
    ("gzip;q=0, *;q=0", None),
    ("GZIP", "gzip"),
    ("x-gzip, brotli", None),
    ("gzip;q=many", None),
    ("identity", None),
    ("dcz, dcb", None),
    ("", None),
]


@pytest.mark.parametrize(("wish", "coding"), WISHES)
def test_a_phone_gets_a_coding_that_it_takes(stage: Stage, wish: str, coding: str | None) -> None:
    member = stage.browser("member")
    plain = member.get("/").data
    css = stage.app.extensions["assets"].url["css/aangan.css"]
    for path, content in (("/", plain), (css, member.get(css).data)):
        answer = member.get(path, headers={"Accept-Encoding": wish})
        assert answer.headers.get("Content-Encoding") == coding, path
        assert (UNPACK[coding](answer.data) if coding else answer.data) == content
        assert {"Accept-Encoding", "Available-Dictionary"} <= set(answer.headers["Vary"].split(", "))


def older(app: Flask, short: str) -> tuple[str, bytes]:
    """This release's file as an earlier one had it, in the attic, and how it was called."""
    url = app.extensions["assets"].url[short]
    content = app.extensions["assets"].by_name[url[3:]].plain.replace(b"e", b"a", 40) + b"\n/* old */\n"
    name = f"{Path(short).stem}-{mark(content)}{Path(short).suffix}"
    (app.config["INSTANCE"] / "assets" / name).write_bytes(content)
    return name, content


@pytest.mark.parametrize("short", ["css/aangan.css", "js/app.js", "icons/sprite.svg", "late/push.js"])
def test_the_next_release_of_a_file_is_a_difference_to_the_last(app: Flask, short: str) -> None:
    name, content = older(app, short)
    browser = create_app({"INSTANCE": str(app.config["INSTANCE"])}, TESTING=True).test_client()
    url = app.extensions["assets"].url[short]
    plain = browser.get(url).data
    answer = browser.get(url, headers=named(content))

    assert answer.headers["Content-Encoding"] == "dcz"
    assert len(answer.data) < 400
    assert unpacked(answer.data, content) == plain
    stem, suffix = Path(short).stem, Path(short).suffix
    assert answer.headers["Use-As-Dictionary"] == f'match="/s/{stem}-*{suffix}"'
    assert browser.get(f"/s/{name}").data == content, "a page that is still open may ask for it"


@pytest.mark.parametrize(
    "said", [":" + "A" * 43 + "=:", "", ":", "::", ":!!:", "AAAA", ":AAAA", '"x"', ":" + "A" * 9999 + ":", ":é:"]
)
def test_an_unknown_dictionary_is_passed_over_in_silence(stage: Stage, said: str) -> None:
    member = stage.browser("member")
    for path in (stage.app.extensions["assets"].url["css/aangan.css"], "/"):
        answer = member.get(
            path, headers={"Accept-Encoding": CHROME, "Available-Dictionary": said.encode().decode("latin-1")}
        )
        assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, "br")


def test_who_does_not_take_differences_gets_none(stage: Stage) -> None:
    css = stage.app.extensions["assets"].url["css/aangan.css"]
    plain = stage.browser("member").get(css).data
    for codings in ("br, zstd", "br, dcz;q=0", "br, dcb"):
        answer = stage.browser("member").get(css, headers=named(plain, codings))
        assert answer.headers["Content-Encoding"] == "br"
    assert "Use-As-Dictionary" not in stage.browser("member").get(css, headers={"Accept-Encoding": "br"}).headers


def test_the_attic_takes_only_what_is_what_its_name_says(tmp_path: Path) -> None:
    name = f"app-{mark(b'let a;')}.js"
    Attic(tmp_path).keep(name, b"let a;")
    assert Attic(tmp_path).named(name)
    (tmp_path / name).write_bytes(b"let b;")
    (tmp_path / "app.key").write_bytes(b"secret")
    assert Attic(tmp_path).named(name) is None
    for other in ("app.key", "../secret.key", f"../{name}", ".", ""):
        assert Attic(tmp_path).named(other) is None


def test_the_attic_keeps_some_releases_and_no_more(tmp_path: Path) -> None:
    attic = Attic(tmp_path)
    for number in range(RELEASES + 3):
        content = b"%d" % number
        attic.keep(name := f"app-{mark(content)}.js", content)
        os.utime(tmp_path / name, (number, number))
    attic.keep(f"sprite-{mark(b'x')}.svg", b"x")
    attic.keep(f"app-{mark(b'0')}.js", b"0")  # an older release is started again
    attic.sweep()
    held = Attic(tmp_path).by_name
    assert len(held) == RELEASES + 1
    assert f"app-{mark(b'0')}.js" in held
    assert f"app-{mark(b'1')}.js" not in held


def test_a_full_disk_costs_bytes_and_breaks_nothing(tmp_path: Path) -> None:
    attic, earlier = Attic(tmp_path / "assets"), Earlier(tmp_path / "earlier", b"secret")
    for folder in (tmp_path / "assets", tmp_path / "earlier"):
        folder.rmdir()
        folder.write_bytes(b"")
    attic.keep(f"app-{mark(b'x')}.js", b"x")
    earlier.keep(1, b"page")
    assert attic.named(f"app-{mark(b'x')}.js")
    assert earlier.find(1, hashlib.sha256(b"page").digest()) is None


def test_a_page_is_the_dictionary_of_its_next_version(stage: Stage) -> None:
    member, path = stage.browser("member"), f"/groups/{stage.grades[3]}"
    first = member.get(f"{path}?kept", headers=ASKING | {"Accept-Encoding": "br, zstd"})
    seen = brotli.decompress(first.data)
    assert first.headers["Use-As-Dictionary"] == f'match="{path}"'
    member.post("/me/looks", data={"picture": "duck", "colour": "neela", "name": "Duck"})
    answer = member.get(f"{path}?kept", headers=ASKING | named(seen))
    assert answer.headers["Content-Encoding"] == "dcz"
    assert unpacked(answer.data, seen) == member.get(path).data
    assert len(answer.data) < len(first.data) / 3


@pytest.mark.parametrize(("path", "match"), [("/", "/*"), ("/groups", "/groups"), ("/offline/list", "/offline/list")])
def test_the_longest_match_wins_since_none_says_more(stage: Stage, path: str, match: str) -> None:
    answer = stage.browser("member").get(f"{path}?kept", headers=ASKING | {"Accept-Encoding": "br, zstd"})
    assert answer.headers["Use-As-Dictionary"] == f'match="{match}"'


def test_nobody_gets_a_difference_to_a_page_of_somebody_else(stage: Stage) -> None:
    member = stage.browser("member")
    seen = brotli.decompress(member.get("/?kept", headers=ASKING | {"Accept-Encoding": "br, zstd"}).data)
    assert member.get("/?kept", headers=named(seen)).headers["Content-Encoding"] == "dcz"
    for other in (stage.browser("member"), stage.browser("parent"), stage.app.test_client()):
        assert other.get("/?kept", headers=named(seen)).headers["Content-Encoding"] == "br"


def test_what_is_kept_of_pages_can_be_read_by_nobody_else(tmp_path: Path) -> None:
    page = b"<h1>Only for Mina</h1>" * 50
    earlier = Earlier(tmp_path, b"secret")
    earlier.keep(1, page)
    digest = hashlib.sha256(page).digest()
    [(_, path)] = earlier._all()
    assert b"Mina" not in path.read_bytes()
    assert digest.hex()[:10] not in str(path)
    assert earlier.find(1, digest).content == page  # type: ignore[union-attr]
    assert earlier.find(2, digest) is None
    assert Earlier(tmp_path, b"another secret").find(1, digest) is None
    path.write_bytes(path.read_bytes()[:-1])
    assert earlier.find(1, digest) is None
    os.utime(path, (0, 0))
    earlier.sweep()
    assert not list(earlier._all())


@pytest.mark.parametrize(
    "change",
    [
        {"Sec-Fetch-Dest": "document"},
        {"Sec-Fetch-Dest": ""},
        {"User-Agent": "Mozilla/5.0 Firefox/150.0"},
        {"Accept-Encoding": "gzip, br"},
    ],
)
def test_who_might_show_a_stale_page_gets_one_that_is_asked_for_anew(stage: Stage, change: dict[str, str]) -> None:
    answer = stage.browser("member").get("/?kept", headers=ASKING | {"Accept-Encoding": "br, zstd"} | change)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Use-As-Dictionary" not in answer.headers


@pytest.mark.parametrize("path", ["/?kept", "/groups?kept", "/?before=1&kept"])
def test_an_address_for_the_worker_that_somebody_opens_is_a_page_like_any(stage: Stage, path: str) -> None:
    """With all that protects a document, and under no mark by which the worker's answer could stand in for it."""
    member = stage.browser("member")
    opened = member.get(path, headers={"Sec-Fetch-Dest": "document"})
    plain = member.get(path.removesuffix("kept").rstrip("?&"), headers={"Sec-Fetch-Dest": "document"})
    assert opened.data == plain.data
    assert {*DOCUMENT.items()} <= {*opened.headers.items()}
    for_worker = member.get(path, headers=ASKING)
    assert for_worker.data == plain.data
    assert not DOCUMENT.keys() & {*for_worker.headers.keys()}
    assert for_worker.headers["ETag"] != opened.headers["ETag"]


def test_who_put_something_into_the_address_gets_no_dictionary(stage: Stage) -> None:
    member = stage.browser("member")
    seen = brotli.decompress(member.get("/?kept", headers=ASKING | {"Accept-Encoding": "br, zstd"}).data)
    answer = member.get("/?answered=1&kept", headers=ASKING | named(seen))
    assert answer.headers["Content-Encoding"] == "br"
    assert "Use-As-Dictionary" not in answer.headers


@pytest.mark.large
def test_a_page_with_a_way_in_on_it_leaves_as_it_is(village: Village, crawled: Crawl) -> None:
    """Whose length could be watched while somebody else's text is in it."""
    found = 0
    for role, path in sorted(crawled.pages):
        answer = village.browser(role).get(
            path + ("&kept" if "?" in path else "?kept"), headers=ASKING | {"Accept-Encoding": CHROME}
        )
        page = village.browser(role).get(path).text
        if 'class="qr' in page or '<p class="code"' in page:
            found += 1
            assert "Content-Encoding" not in answer.headers, (role, path)
            assert "Use-As-Dictionary" not in answer.headers
    assert found >= 2


def test_what_an_address_says_comes_back_unpacked_or_beside_nothing_of_anybodys(
    village: Village, crawled: Crawl
) -> None:
    """The wish where to go next comes back on pages of languages; what is looked for, on pages that leave as they are."""
    names = ["next", "before", "answered", "left", "removed", "page", "moved", "in", "gone", "lang", "q", "level"]
    said, plain = "&".join(f"{name}=/zqxj" for name in names), set()
    reflecting = {"bulk.choose", "bulk.prepare", "faq.index", "search.show", "talk.search"}
    looked = some(sorted(crawled.pages), "what an address says", normally=8)
    looked = [*looked, *(one for one in sorted(crawled.pages) if crawled.endpoint(one[1]) in reflecting)]
    for role, path in looked:
        browser, asked = village.browser(role), f"{path.partition('?')[0]}?{said}"
        if "zqxj" in browser.get(asked).text and not path.startswith("/language"):
            answer = browser.get(asked, headers={"Accept-Encoding": CHROME})
            assert "Content-Encoding" not in answer.headers, (role, asked)
            plain.add(crawled.endpoint(path))
    assert plain == reflecting
    found = f"/groups/{village.things['group']}/bulk/move?all=1&q=group"
    answer = village.browser("admin").get(found, headers={"Accept-Encoding": CHROME})
    assert 'value="group"' in answer.text
    assert "Content-Encoding" not in answer.headers


def test_the_worker_names_its_script_and_that_is_kept_for_the_next(browser: Browser, app: Flask) -> None:
    said = browser.get("/sw.js").text
    path = said.removeprefix('importScripts("').removesuffix('");\n')
    answer = browser.get(path, headers={"Accept-Encoding": "br, zstd"})
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Use-As-Dictionary"].startswith('match="/s/worker-')
    assert b"addEventListener" in brotli.decompress(answer.data)
    assert (app.config["INSTANCE"] / "assets" / path[3:]).is_file()
