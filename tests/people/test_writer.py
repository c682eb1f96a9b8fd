"""What one person wrote never goes out as another who is signed in on the same phone by then."""

import re

import pytest

from tests.conftest import Stage


def mark(page: str) -> str:
    found = re.search(r'<html [^>]*data-person="([0-9a-f]{16})"', page)
    return found[1] if found else ""


def test_a_page_names_its_reader_by_a_mark_of_her_own(stage: Stage):
    phones = [stage.browser("head"), stage.browser("head"), stage.browser("teacher")]

    marks = [mark(phone.get("/").text) for phone in phones]
    assert all(marks)
    assert marks[0] == marks[1] != marks[2], "hers on all her phones, and no other's"
    assert marks[0] == mark(phones[0].get("/me").text)


@pytest.mark.parametrize("path", ["/", "/code", "/offline", "/offline/waiting"])
def test_who_is_not_signed_in_is_nobody(stage: Stage, path: str):
    assert not mark(stage.app.test_client().get(path).text)


def test_the_page_of_what_waits_is_the_same_for_everybody_on_a_phone(stage: Stage):
    pages = {stage.browser(part).get("/offline/waiting?lang=hi").text for part in ("head", "parent")}

    assert len(pages) == 1


def test_another_is_refused_and_its_writer_is_not(stage: Stage):
    hers, other = stage.browser("head"), stage.browser("teacher")
    form = {"text": "कल छुट्टी है", "key": "written-without-signal", "written_by": mark(hers.get("/").text)}
    path = f"/groups/{stage.grades[3]}/announcements"

    assert other.post(path, data=form).status_code == 401
    assert stage.app.test_client().post(path, data=form, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 401
    assert hers.post(path, data=form).status_code == 303


def test_nobody_comes_in_with_what_somebody_wrote(stage: Stage):
    stranger = stage.app.test_client()
    form = {"written_by": mark(stage.browser("head").get("/").text)}
    answer = stranger.post(stage.invitation, data=form, headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.status_code == 401
