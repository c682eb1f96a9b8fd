"""An announcement is read in the reader's own language where it exists, and as it was said where it does not."""

from community.announcements.models import Translation
from community.database import db

from .scene import Scene, page

SAID, HERS = "कल छुट्टी है", "کل چھٹی ہے"


def translated(stage: Scene) -> int:
    number = stage.release("head", SAID)
    with stage.changing():
        db.session.add(Translation(announcement_id=number, language="ur", text=HERS, author_id=stage.people["teacher"]))
    return number


def test_each_reader_has_the_words_of_her_language_in_her_feed(stage: Scene):
    translated(stage)
    grades = {part: f"/groups/{stage.grades[grade]}" for part, grade in (("parent", 2), ("urdu parent", 3))}

    for place in ({part: "/" for part in grades}, grades):
        hindi, urdu = (page(stage.browser(part), place[part]) for part in grades)
        assert SAID in hindi
        assert HERS not in hindi
        assert f'lang="ur" dir="auto">{HERS}' in urdu
        assert SAID not in urdu


def test_the_words_that_were_said_are_one_tap_away(stage: Scene):
    number = translated(stage)

    urdu = page(stage.browser("urdu parent"), f"/announcements/{number}")

    assert f'lang="ur" dir="auto">{HERS}' in urdu
    assert f'lang="hi" dir="auto">{SAID}' in urdu.partition("<details")[2].partition("</details>")[0]
    assert "<details" not in page(stage.browser("parent"), f"/announcements/{number}")


def test_what_is_not_in_her_language_is_shown_as_it_was_said(stage: Scene):
    number = stage.release("head", SAID)

    for place in ("/", f"/announcements/{number}"):
        assert f'lang="hi" dir="auto">{SAID}' in page(stage.browser("urdu parent"), place)


def test_what_is_pinned_is_read_so_too(stage: Scene):
    number = translated(stage)
    stage.browser("head").post(f"/announcements/{number}/pin", data={"up": "1"})

    assert HERS in page(stage.browser("urdu parent"), f"/groups/{stage.school}")


def test_other_words_leave_no_translation_of_the_old_ones(stage: Scene):
    head = stage.browser("head")
    stage.announce(head, SAID)
    number = stage.said(SAID)
    with stage.changing():
        db.session.add(Translation(announcement_id=number, language="ur", text=HERS, author_id=stage.people["head"]))

    head.post(f"/announcements/{number}", data={"text": "परसों छुट्टी है"})

    assert [words.text for words in stage.state(number).translations] == ["परसों छुट्टी है"]
