"""What did not change is not sent again, and the answer that says so says nothing else."""

import http.client
from pathlib import Path

import pytest

from tests.conftest import Stage
from tests.house.checker import ALL, some
from tests.house.crawl import Crawl
from tests.house.server import serving
from tests.house.village import Village

pytestmark = pytest.mark.any_collation

MARKS = {"ETag", "Cache-Control", "Vary"}
OTHERS = ("/sw.js", "/manifest.webmanifest", "/offline", "/offline/announcement")


def test_every_page_that_may_be_kept_answers_unchanged_with_its_marks_alone(village: Village, crawled: Crawl) -> None:
    files = village.app.extensions["assets"].url.values()
    seen = 0
    looked = [*sorted(crawled.pages), *(("member", path) for path in (*OTHERS, *files))]
    for role, path in some(looked, "unchanged", normally=5):
        for codings in ("", "gzip, br, zstd, dcz"):
            browser, asked = village.browser(role), {"Accept-Encoding": codings}
            first = browser.get(path, headers=asked)
            if first.status_code != 200 or "no-store" in first.headers.get("Cache-Control", ""):
                continue
            again = browser.get(path, headers=asked | {"If-None-Match": first.headers["ETag"]})
            assert (again.status_code, again.data) == (304, b""), (role, path)
            assert set(again.headers.keys()) <= MARKS, (role, path, dict(again.headers))
            assert all(again.headers.get(name) == first.headers.get(name) for name in MARKS), (role, path)
            seen += 1
    assert seen > len(looked) / (1 if ALL else 5)


def test_a_photo_that_is_there_is_not_sent_again(village: Village) -> None:
    key = village.known()["photo"]
    browser, path = village.browser("owner"), f"/photos/{key}/480.webp"
    first = browser.get(path)
    assert first.status_code == 200
    again = browser.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert set(again.headers.keys()) <= MARKS


def test_a_changed_page_is_sent_whatever_the_phone_has(stage: Stage) -> None:
    for mark in ('W/"another"', '"1"', "nonsense"):
        assert stage.browser("member").get("/", headers={"If-None-Match": mark}).status_code == 200


@pytest.mark.large
def test_on_the_wire_nothing_is_added_but_the_date_and_the_connection_stays(tmp_path: Path) -> None:
    with serving(tmp_path / "instance") as server:
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        for path in ("/code", "/sw.js", "/manifest.webmanifest"):
            line.request("GET", path)
            first = line.getresponse()
            first.read()
            before = line.sock
            line.request("GET", path, headers={"If-None-Match": first.headers["ETag"]})
            again = line.getresponse()
            assert (again.status, again.read()) == (304, b"")
            assert {name.lower() for name in again.headers} == {"etag", "cache-control", "vary", "date"}
            assert before is not None
            assert line.sock is before, "a phone on a slow line would have to call again"
        line.request("GET", "/code", headers={"If-None-Match": first.headers["ETag"], "Connection": "close"})
        assert line.getresponse().headers["Connection"] == "close"
