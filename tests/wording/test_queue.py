"""Better words with who leads the top group: taken, left, undone, and handed on as a .po that babel reads."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from babel.messages.pofile import read_po

from community.audit.models import AuditEntry
from community.database import db, writing
from community.languages import LANGUAGES
from community.people.models import Person
from community.wording.models import Suggestion
from community.wording.words import words_of
from tests.sample import some
from tests.wording.test_suggesting import suggest, word

pytestmark = pytest.mark.sampled

if TYPE_CHECKING:
    from babel.messages import Catalog

    from tests.conftest import Browser, Stage

BETTER = "शांति का समय"
KEY = "the-operators-key"


@pytest.fixture
def number(stage: Stage) -> int:
    """A suggestion that waits."""
    assert suggest(stage.browser("member"), word(stage, "Quiet hours"), BETTER) == 303
    with stage.app.app_context():
        return db.session.scalars(sa.select(Suggestion.id)).one()


def answer_of(stage: Stage, number: int) -> str | None:
    with stage.app.app_context():
        return db.session.get_one(Suggestion, number).answer


def noted(stage: Stage) -> list[tuple[str, int]]:
    with stage.app.app_context():
        entries = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action.like("word %")).order_by("id"))
        return [(entry.action, entry.actor_id) for entry in entries]


def catalogue(browser: Browser, path: str) -> Catalog:
    answer = browser.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return read_po(BytesIO(answer.data), abort_invalid=True)


def test_the_queue_shows_the_old_word_english_and_the_new(stage: Stage, number: int) -> None:
    head, about = stage.browser("head"), word(stage, "Quiet hours")
    assert f'href="/groups/{stage.school}/words"' in head.get(f"/groups/{stage.school}/settings").text
    page = head.get(f"/groups/{stage.school}/words").text
    for shown in (about.said, "Quiet hours", BETTER, "हिन्दी", f"/suggestions/{number}/taking"):
        assert shown in page


def test_it_is_the_queue_of_the_top_group_alone(stage: Stage, number: int) -> None:
    teacher = stage.browser("teacher")
    assert "/words" not in teacher.get(f"/groups/{stage.grades[3]}/settings").text
    for group in (stage.school, stage.grades[3]):
        assert teacher.get(f"/groups/{group}/words").status_code == 404
    assert stage.browser("head").get(f"/groups/{stage.grades[3]}/words").status_code == 404
    assert teacher.post(f"/suggestions/{number}/taking").status_code == 404
    assert answer_of(stage, number) is None


@pytest.mark.parametrize(("verb", "answer"), [("taking", "taken"), ("refusal", "left")])
def test_answered_and_undone_with_an_entry_for_each(stage: Stage, number: int, verb: str, answer: str) -> None:
    head = stage.browser("head")
    for _tap in range(2):
        done = head.post(f"/suggestions/{number}/{verb}")
        assert (done.status_code, done.location) == (303, f"/groups/{stage.school}/words?answered={number}")
    assert answer_of(stage, number) == answer
    assert f"/suggestions/{number}/undo" in head.get(done.location).text
    for _tap in range(2):
        assert head.post(f"/suggestions/{number}/undo").status_code == 303
    assert answer_of(stage, number) is None
    assert noted(stage) == [(f"word {answer}", stage.people["head"]), ("word undone", stage.people["head"])]


def test_another_answer_than_the_first_is_told_that_something_changed(stage: Stage, number: int) -> None:
    head = stage.browser("head")
    head.post(f"/suggestions/{number}/refusal")
    assert head.post(f"/suggestions/{number}/taking").status_code == 409
    assert answer_of(stage, number) == "left"


def test_the_entry_does_not_hold_the_words(stage: Stage, number: int) -> None:
    stage.browser("head").post(f"/suggestions/{number}/taking")
    with stage.app.app_context():
        entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "word taken")).one()
        assert (entry.community_id, entry.details) == (stage.school, {"suggestion": number})


def test_what_was_taken_is_a_po_and_what_was_not_is_not_in_it(stage: Stage, number: int) -> None:
    head, member, path = stage.browser("head"), stage.browser("member"), f"/groups/{stage.school}/words/hi.po"
    suggest(member, word(stage, "Courtyard"), "आँगन जी")
    assert [one.id for one in catalogue(head, path) if one.id] == []
    head.post(f"/suggestions/{number}/taking")
    taken = catalogue(head, path)
    assert [(one.id, one.string) for one in taken if one.id] == [("Quiet hours", BETTER)]
    assert taken.locale_identifier == "hi_IN"
    assert f'href="{path}"' in head.get(f"/groups/{stage.school}/words").text


def test_a_plural_has_all_its_forms_and_a_context_stays(stage: Stage) -> None:
    head, member = stage.browser("head"), stage.browser("member")
    many = word(stage, "%(num)s person has come in.", 1)
    suggest(member, many, "%(num)s आ गए।")
    with stage.app.app_context(), writing():
        one = db.session.scalars(sa.select(Suggestion)).one()
        one.settle("taken", db.session.get_one(Person, stage.people["head"]))
        db.session.commit()
    (found,) = (one for one in catalogue(head, f"/groups/{stage.school}/words/hi.po") if one.id)
    assert found.id == many.english
    assert found.string == (word(stage, "%(num)s person has come in.").said, "%(num)s आ गए।")


def test_a_message_with_a_context_keeps_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from community.wording import export
    from community.wording.words import Word

    with stage.app.app_context():
        same = [Word(context, ("Open",), 0, said, frozenset(), "") for context, said in (("door", "खोलें"), ("", "खुला"))]
        monkeypatch.setattr(export, "words_of", lambda _tongue: {one.key: one for one in same})
        wanted = Suggestion(
            language="hi", context="door", english="Open", form=0, before="खोलें", words="खोलिए", people=2
        )
        read = read_po(BytesIO(export.words_po(LANGUAGES["hi"], [wanted])), abort_invalid=True)
    assert b'msgctxt "door"' in export.words_po(LANGUAGES["hi"], [wanted])
    assert [(one.context, one.id, one.string) for one in read if one.id] == [("door", "Open", "खोलिए")]


def test_where_two_were_taken_most_people_are_followed(stage: Stage) -> None:
    head, about = stage.browser("head"), word(stage, "Quiet hours")
    suggest(stage.browser("member"), about, "पहला")
    for part in ("member", "parent"):
        suggest(stage.browser(part), about, "दूसरा")
    with stage.app.app_context():
        numbers = list(db.session.scalars(sa.select(Suggestion.id)))
    for one in numbers:
        head.post(f"/suggestions/{one}/taking")
    (found,) = (one for one in catalogue(head, f"/groups/{stage.school}/words/hi.po") if one.id)
    assert found.string == "दूसरा"
    assert any("पहला" in comment for comment in found.user_comments)


@pytest.mark.parametrize("code", some(LANGUAGES, "plurals", normally=6))
def test_each_language_gives_a_po_with_its_own_plurals(stage: Stage, code: str) -> None:
    """Every form of every message at once, taken: what babel reads back is what was said, and nothing is fuzzy."""
    from community.wording.export import words_po

    tongue = LANGUAGES[code]
    with stage.app.app_context():
        words = words_of(tongue)
        wanted = [
            Suggestion(context=one.context, english=one.english[0], form=one.form, before=one.said, words=f"{one.said} +",
                       people=1)
            for one in words.values()
        ]  # fmt: skip
        read = read_po(BytesIO(words_po(tongue, wanted)), abort_invalid=True)
    forms = [form for one in read if one.id for form in ((one.string,) if isinstance(one.string, str) else one.string)]
    assert sorted(forms) == sorted(f"{one.said} +" for one in words.values())
    assert not any(one.fuzzy for one in read if one.id)


def test_who_runs_the_server_sees_all_communities(stage: Stage, number: int) -> None:
    stage.app.config["METRICS_TOKEN"] = KEY
    stage.browser("head").post(f"/suggestions/{number}/taking")
    operator = stage.app.test_client()
    assert operator.get("/operator/words").status_code == 401
    operator.post("/operator", data={"key": KEY}, headers={"Sec-Fetch-Site": "same-origin"})
    assert "/operator/words/hi.po" in operator.get("/operator/words").text
    assert 'href="/operator/words"' in operator.get("/operator").text
    assert [one.string for one in catalogue(operator, "/operator/words/hi.po") if one.id] == [BETTER]  # type: ignore[arg-type]
    assert operator.get("/operator/words/tlh.po").status_code == 404


def test_the_command_prints_the_same(stage: Stage, number: int) -> None:
    stage.browser("head").post(f"/suggestions/{number}/taking")
    run = stage.app.test_cli_runner().invoke(args=["words", "hi"])
    assert run.exit_code == 0
    assert [one.string for one in read_po(BytesIO(run.stdout_bytes), abort_invalid=True) if one.id] == [BETTER]
    assert stage.app.test_cli_runner().invoke(args=["words", "tlh"]).exit_code == 2
