"""What every answer carries: a strict policy, who may post from where, cookies, and pages that a phone may keep."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import Browser, Stage

HERE = "http://localhost"
FORM = {"picture": "mango"}


def pages(stage: Stage) -> list[str]:
    """A page of each kind that somebody without a room may see."""
    return ["/", "/code", f"/j/{stage.invitation}", "/nowhere", f"/j/{'a' * 16}", "/me", f"/groups/{stage.grades[3]}"]


def directives(policy: str) -> dict[str, list[str]]:
    parts = (part.split() for part in policy.split(";"))
    return {words[0]: words[1:] for words in parts if words}


def test_every_page_has_a_policy_without_a_way_around(stage: Stage, browser: Browser) -> None:
    for path in pages(stage):
        answer = browser.get(path)
        policy = directives(answer.headers["Content-Security-Policy"])
        assert policy["default-src"] == ["'none'"], path
        assert policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
        assert policy["form-action"] == ["'self'"]
        allowed = {source for name, sources in policy.items() for source in sources}
        assert allowed <= {"'none'", "'self'", "data:", "blob:"}, "no nonce, no other host, nothing unsafe"
        assert not {"data:", "blob:"} & {*policy["script-src"], *policy["style-src"]}
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Permissions-Policy"] == "geolocation=()"
        assert "Server" not in answer.headers


def test_no_page_asks_another_host_for_anything(stage: Stage, browser: Browser) -> None:
    for path in pages(stage):
        fetched = re.findall(
            r"<(?:link|script|img|source|use|form)\b[^>]*?(?:href|src|action)=\"([^\"]*)\"", browser.get(path).text
        )
        assert fetched
        assert not [address for address in fetched if re.match(r"(?!data:)[a-z]+:|//", address)], path


MATRIX = [
    # Sec-Fetch-Site, Origin, whether it may come in
    ("same-origin", None, True),
    ("same-origin", HERE, True),
    ("none", None, True),
    ("same-site", None, False),
    ("same-site", HERE, False),
    ("cross-site", None, False),
    ("cross-site", HERE, False),
    ("", HERE, False),
    ("same-origin, cross-site", HERE, False),
    ("SAME-ORIGIN", HERE, False),
    (None, HERE, True),
    (None, None, False),
    (None, "", False),
    (None, "null", False),
    (None, "https://localhost", False),
    (None, "http://localhost:8001", False),
    (None, "http://localhost.evil.example", False),
    (None, "http://evil.example", False),
    (None, "http://evil.example/localhost", False),
    (None, "//localhost", False),
    (None, "localhost", False),
]


@pytest.mark.parametrize(("site", "origin", "welcome"), MATRIX)
def test_who_may_post_from_where(app: Flask, stage: Stage, site: str | None, origin: str | None, welcome: bool) -> None:
    client = FlaskClient(app, app.response_class)
    named = {"Sec-Fetch-Site": site, "Origin": origin}
    headers = {name: value for name, value in named.items() if value is not None}
    answer = client.post(f"/j/{stage.invitation}", data=FORM, headers=headers)
    assert answer.status_code == (303 if welcome else 403)
    if not welcome:
        assert "Set-Cookie" not in answer.headers
        assert client.get("/me").status_code == 401


def test_every_route_that_writes_is_behind_the_check(app: Flask, browser: Browser) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}:
            values = {name: 1 if converter.__class__.__name__ != "UnicodeConverter" else "x"
                      for name, converter in rule._converters.items()}  # fmt: skip
            path = app.url_map.bind("localhost").build(rule.endpoint, values, method=method)
            assert browser.open(path, method=method, headers=foreign).status_code == 403, f"{method} {rule}"


def test_reading_is_open_to_links_from_anywhere(stage: Stage, browser: Browser) -> None:
    from_chat = {"Sec-Fetch-Site": "cross-site", "Origin": "https://chat.example"}
    assert browser.get(f"/j/{stage.invitation}", headers=from_chat).status_code == 200


def test_a_page_that_did_not_change_is_not_sent_again(stage: Stage) -> None:
    member = stage.browser("member")
    for path in ("/", f"/groups/{stage.grades[3]}", "/me"):
        first = member.get(path)
        assert first.headers["Cache-Control"] == "private, no-cache"
        mark = first.headers["ETag"]
        assert mark.startswith('W/"')
        again = member.get(path, headers={"If-None-Match": mark})
        assert (again.status_code, again.data) == (304, b""), path
        assert again.headers["ETag"] == mark
        assert "Content-Security-Policy" not in again.headers, "the stored page keeps the one it came with"
        packed = member.get(path, headers={"If-None-Match": mark, "Accept-Encoding": "gzip"})
        assert packed.status_code == 304
        assert member.get(path, headers={"If-None-Match": 'W/"another"'}).status_code == 200


def test_another_reader_gets_another_page_and_caches_know_why(stage: Stage) -> None:
    member, parent = stage.browser("member"), stage.browser("parent")
    hers = member.get("/")
    assert parent.get("/", headers={"If-None-Match": hers.headers["ETag"]}).status_code == 200
    assert {"Cookie", "Accept-Language", "Accept-Encoding"} <= {
        part.strip() for part in hers.headers["Vary"].split(",")
    }


def test_refusals_are_not_stored(stage: Stage, browser: Browser) -> None:
    for path in ("/nowhere", f"/j/{'a' * 16}", "/me", f"/groups/{stage.grades[3]}"):
        answer = browser.get(path)
        assert answer.status_code >= 400
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers


def test_files_of_ours_are_kept_for_ever_under_a_name_of_their_own(browser: Browser) -> None:
    found = re.findall(r"(/s/[\w.-]+)", browser.get("/").text)
    assert found
    for path in set(found):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["Cache-Control"] == "max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers


def test_the_stylesheet_of_a_page_is_asked_for_before_the_page_is_read(browser: Browser) -> None:
    answer = browser.get("/")
    [sheet] = re.findall(r'<link rel="stylesheet" href="([^"]+)">', answer.text)
    assert answer.headers["Link"] == f"<{sheet}>;rel=preload;as=style"
    assert "Link" not in browser.get("/manifest.webmanifest").headers


@pytest.mark.parametrize(("scheme", "name"), [("http", "aangan"), ("https", "__Host-aangan")])
def test_the_cookie_is_as_closed_as_its_channel_allows(stage: Stage, scheme: str, name: str) -> None:
    client = stage.app.test_client()
    answer = client.post(f"/j/{stage.invitation}", data=FORM, base_url=f"{scheme}://localhost")
    cookies = [cookie for cookie in answer.headers.getlist("Set-Cookie") if "aangan" in cookie]
    assert len(cookies) == 1
    value, *flags = [part.strip() for part in cookies[0].split(";")]
    assert value.startswith(f"{name}=")
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(flags)
    assert ("Secure" in flags) == (scheme == "https")
    assert not [flag for flag in flags if flag.startswith("Domain")]
    assert ("Strict-Transport-Security" in answer.headers) == (scheme == "https")


def test_a_cookie_of_the_plain_door_opens_nothing_at_the_closed_one(stage: Stage) -> None:
    client = stage.app.test_client()
    client.post(f"/j/{stage.invitation}", data=FORM)
    assert client.get("/me").status_code == 200
    assert client.get("/me", base_url="https://localhost").status_code == 401


def test_a_report_of_a_script_is_answered_with_nothing(stage: Stage) -> None:
    for path, form in (("/reading", {"upto": "1:1", "next": "/"}), ("/deliveries", {})):
        answer = stage.browser("member").post(path, data=form, headers={"Sec-Fetch-Dest": "empty"})
        assert (answer.status_code, answer.data) == (204, b"")
        assert {name.lower() for name, _ in answer.headers} <= {"vary", "date"}, path
