"""A good answer is kept in words that give nobody away; the asker's own only with a yes that can be taken back."""

import io
from typing import Any

import pytest
import sqlalchemy as sa

from community.audit.models import AuditEntry
from community.database import db
from community.erasure.erasing import erase
from community.faq.models import MOST as ROOM
from community.faq.models import Entry, Permit
from community.groups.membership import admit
from community.groups.models import Group
from community.media.models import Voice
from community.media.sound import Spoken
from community.people.models import Person
from community.questions.models import Question
from tests.announcements.scene import key_in
from tests.media.speech import recorded, speech
from tests.questions.conftest import Desk

HERS = "My husband Ramesh lost the ration card, where do I get another one?"
ANEW = "Where does one get a new ration card?"
ANSWER = "At the block office, with two photos."


def answered(desk: Desk, text: str = HERS, words: str = ANSWER) -> int:
    number = desk.ask(text=text)
    desk.post("helper", f"/questions/{number}/taker")
    page = desk.browser("helper").get(f"/questions/{number}/answers/new").text
    assert desk.post("helper", f"/questions/{number}/answers", key=key_in(page), text=words) == 303
    return number


def keep(desk: Desk, number: int, part: str = "helper", **fields: Any) -> Any:
    data = {"key": "a-key-of-the-phone", "question": ANEW, "answer": ANSWER, **fields}
    return desk.browser(part).post(f"/questions/{number}/good", data=data)


def entries(desk: Desk) -> list[Entry]:
    with desk.app.app_context():
        return list(db.session.scalars(sa.select(Entry).order_by(Entry.id)))


def kept(desk: Desk, **fields: Any) -> int:
    answer = keep(desk, answered(desk), **fields)
    assert answer.status_code == 303, answer.text
    return int(answer.location.rpartition("/")[2])


def test_who_answers_there_keeps_it_once_and_whoever_hears_the_group_finds_it(desk: Desk) -> None:
    number = answered(desk)
    assert f'href="/questions/{number}/good"' in desk.browser("helper").get(f"/questions/{number}").text
    form = desk.browser("helper").get(f"/questions/{number}/good")
    assert form.headers["Cache-Control"] == "no-store"
    assert HERS not in form.text
    assert keep(desk, number).status_code == keep(desk, number).status_code == 303
    (entry,) = entries(desk)
    assert (entry.group_id, entry.question, entry.borrowed) == (desk.grades[3], ANEW, False)
    page = desk.browser("parent").get(f"/groups/{desk.grades[3]}/answers").text
    assert ANEW in page
    assert ANSWER in page
    assert "Ramesh" not in page
    with desk.app.app_context():
        kept_by = sa.select(AuditEntry.actor_id).where(AuditEntry.action == "answer kept")
        assert db.session.scalars(kept_by).all() == [desk.people["helper"]]


@pytest.mark.parametrize("part", ["parent", "head", "member"])
def test_nobody_else_keeps_it(desk: Desk, part: str) -> None:
    number = answered(desk)
    assert desk.status(part, f"/questions/{number}/good") == 404
    assert keep(desk, number, part).status_code == 404
    assert desk.post(part, f"/questions/{number}/good/wish") == 404
    assert f"/questions/{number}/good" not in desk.browser("parent").get(f"/questions/{number}").text


def test_what_nobody_has_answered_is_not_kept(desk: Desk) -> None:
    number = desk.ask(text=HERS)
    assert keep(desk, number).status_code == 404


def test_her_own_words_are_not_taken_without_her_yes_nor_nearly_the_same(desk: Desk) -> None:
    number = answered(desk)
    for words in (HERS, HERS.upper(), HERS.replace("Ramesh", "he"), f"Please: {HERS}"):
        refused = keep(desk, number, question=words)
        assert refused.status_code == 422, words
        assert ANSWER in refused.text
    assert keep(desk, number, answer=f"You wrote: {HERS}").status_code == 422
    assert entries(desk) == []


def test_she_says_yes_and_her_words_are_there_and_no_and_they_are_gone(desk: Desk) -> None:
    number = answered(desk)
    assert "/permit" not in desk.browser("parent").get(f"/questions/{number}").text
    assert desk.post("helper", f"/questions/{number}/good/wish") == 303
    assert f'action="/questions/{number}/permit"' in desk.browser("parent").get(f"/questions/{number}").text
    assert f'action="/questions/{number}/permit"' not in desk.browser("helper").get(f"/questions/{number}").text
    assert desk.post("helper", f"/questions/{number}/permit", answer="yes") == 404
    assert desk.post("parent", f"/questions/{number}/permit", answer="yes") == 303
    assert HERS in desk.browser("helper").get(f"/questions/{number}/good").text
    assert keep(desk, number, question=HERS).status_code == 303
    (entry,) = entries(desk)
    said_again = {"key": "another-key", "question": "क्या नया कार्ड मिलेगा?", "answer": "हाँ", "language": "hi"}
    assert desk.browser("helper").post(f"/answers/{entry.id}/languages", data=said_again).status_code == 303
    assert desk.post("parent", f"/questions/{number}/permit", answer="no") == 303
    assert [(one.question, one.ended_at is None) for one in entries(desk)] == [("", False), ("", False)]
    assert desk.post("helper", f"/answers/{entry.id}/return") == 404
    assert desk.status("parent", f"/answers/{entry.id}") == 404
    assert keep(desk, number, question=HERS, key="a-new-key-of-hers").status_code == 422


def speaks(desk: Desk, entry: int) -> None:
    with desk.changing():
        said = Voice.keep(
            Spoken({"voice.ogg": b"OggS"}, 1000), owner_id=desk.people["helper"], community_id=desk.school
        )
        db.session.get_one(Entry, entry).voice = said


@pytest.mark.parametrize("way", ["no", "erased"])
def test_her_words_in_the_answer_go_too_with_the_voice_that_read_them(desk: Desk, way: str) -> None:
    number = answered(desk)
    desk.post("helper", f"/questions/{number}/good/wish")
    desk.post("parent", f"/questions/{number}/permit", answer="yes")
    assert keep(desk, number, answer=f"You wrote: {HERS}").status_code == 303
    (entry,) = entries(desk)
    speaks(desk, entry.id)
    if way == "no":
        assert desk.post("parent", f"/questions/{number}/permit", answer="no") == 303
    else:
        with desk.changing():
            erase(desk.person("parent"))
    assert [(one.question, one.answer, one.terms, one.voice_id) for one in entries(desk)] == [("", "", " | ", None)]
    assert entries(desk)[0].ended_at
    assert desk.how_many(Voice) == 0


def kept_in_her_words(desk: Desk) -> int:
    """The question that she let them keep as she had said it."""
    number = answered(desk)
    desk.post("helper", f"/questions/{number}/good/wish")
    desk.post("parent", f"/questions/{number}/permit", answer="yes")
    keep(desk, number, question=HERS)
    return number


def test_what_was_hers_stays_hers_to_take_back_once_her_question_is_forgotten(desk: Desk) -> None:
    number = kept_in_her_words(desk)
    (entry,) = entries(desk)
    desk.set(Question, number, text="")
    assert desk.post("helper", f"/answers/{entry.id}", question=HERS, answer="At the town hall.") == 303
    assert desk.post("parent", f"/questions/{number}/permit", answer="no") == 303
    assert [one.question for one in entries(desk)] == [""]


def test_said_anew_in_an_edit_it_is_hers_no_more(desk: Desk) -> None:
    number = kept_in_her_words(desk)
    (entry,) = entries(desk)
    assert desk.post("helper", f"/answers/{entry.id}", question=ANEW, answer=ANSWER) == 303
    assert desk.post("parent", f"/questions/{number}/permit", answer="no") == 303
    assert [(one.question, one.ended_at) for one in entries(desk)] == [(ANEW, None)]


def test_who_was_asked_for_her_yes_finds_it_in_her_courtyard_until_she_answers(desk: Desk) -> None:
    number = answered(desk)
    desk.post("parent", f"/questions/{number}/heard")
    row = f'href="/questions/{number}#permit"'
    assert row not in desk.browser("parent").get("/").text
    desk.set(Person, desk.people["parent"], asked_until=None)
    assert desk.post("helper", f"/questions/{number}/good/wish") == 303
    assert row in desk.browser("parent").get("/").text
    for part in ("helper", "other", "teacher"):
        assert row not in desk.browser(part).get("/").text
    desk.post("parent", f"/questions/{number}/permit", answer="no")
    assert row not in desk.browser("parent").get("/").text


def in_hindi(desk: Desk, number: int) -> Any:
    said = {"key": "a-key-in-hindi", "question": "नया कार्ड कहाँ मिलेगा?", "answer": "ब्लॉक में", "language": "hi"}
    return desk.browser("helper").post(f"/answers/{number}/languages", data=said)


def test_the_first_ends_with_what_says_the_same_and_both_come_back(desk: Desk) -> None:
    number = kept(desk)
    hindi = int(in_hindi(desk, number).location.rpartition("/")[2])
    line = f"/groups/{desk.grades[3]}/answers"
    desk.set(Person, desk.people["parent"], language="hi")
    assert "नया कार्ड" in desk.browser("parent").get(line).text
    assert desk.post("helper", f"/answers/{number}/end") == 303
    assert "नया कार्ड" not in desk.browser("parent").get(line).text
    assert desk.status("parent", f"/answers/{hindi}") == 404
    assert desk.status("helper", f"/answers/{number}/languages") == 404
    assert desk.browser("helper").post(f"/answers/{number}/languages", data={"key": "x" * 16}).status_code == 404
    assert desk.post("helper", f"/answers/{number}/return") == 303
    assert "नया कार्ड" in desk.browser("parent").get(line).text


def test_one_language_ends_alone_and_stays_ended_when_the_first_comes_back(desk: Desk) -> None:
    number = kept(desk)
    hindi = int(in_hindi(desk, number).location.rpartition("/")[2])
    assert desk.post("helper", f"/answers/{hindi}/end") == 303
    assert desk.status("parent", f"/answers/{number}") == 200
    desk.post("helper", f"/answers/{number}/end")
    desk.post("helper", f"/answers/{number}/return")
    assert [desk.status("parent", f"/answers/{one}") for one in (number, hindi)] == [200, 404]


def test_of_two_whom_it_helps_at_once_each_counts(desk: Desk) -> None:
    number = kept(desk)
    with desk.changing():
        entry = db.session.get_one(Entry, number)
        other = sa.update(Entry).where(Entry.id == number).values(helped=Entry.helped + 1)
        db.session.execute(other.execution_options(synchronize_session=False))
        entry.help_once()
    assert entries(desk)[0].helped == 2


def test_when_she_is_erased_her_words_go_and_what_was_said_anew_stays(desk: Desk) -> None:
    hers, anew = answered(desk), answered(desk, "Another question of hers, quite another one")
    desk.post("helper", f"/questions/{hers}/good/wish")
    desk.post("parent", f"/questions/{hers}/permit", answer="yes")
    keep(desk, hers, question=HERS, key="key-of-hers-1")
    keep(desk, anew, key="key-of-hers-2")
    with desk.changing():
        erase(desk.person("parent"))
    assert [(one.question, one.ended_at is None) for one in entries(desk)] == [("", False), (ANEW, True)]
    with desk.app.app_context():
        assert db.session.scalars(sa.select(Permit)).all() == []


@pytest.mark.parametrize("words", ["Call Sunita at 98765 43210", "Her Aadhaar is 2345 6789 0124"])
def test_what_gives_somebody_away_is_refused_with_all_that_was_written(desk: Desk, words: str) -> None:
    refused = keep(desk, answered(desk), answer=words)
    assert refused.status_code == 422
    assert ANEW in refused.text
    assert words in refused.text


def test_it_is_edited_ended_and_brought_back_by_who_answers_there_or_above(desk: Desk) -> None:
    number = kept(desk)
    for part in ("parent", "member"):
        assert desk.status(part, f"/answers/{number}/edit") == 404
        assert desk.post(part, f"/answers/{number}", question=ANEW, answer="Nowhere") == 404
        assert desk.post(part, f"/answers/{number}/end") == 404
    assert desk.post("head", f"/answers/{number}", question=ANEW, answer="At the town hall.") == 303
    assert desk.post("other", f"/answers/{number}/end") == 303
    assert desk.status("parent", f"/answers/{number}") == 404
    assert ANEW not in desk.browser("parent").get(f"/groups/{desk.grades[3]}/answers").text
    assert f'action="/answers/{number}/return"' in desk.browser("other").get(f"/answers/{number}").text
    assert desk.post("other", f"/answers/{number}/return") == 303
    assert "At the town hall." in desk.browser("parent").get(f"/answers/{number}").text


def test_who_lost_the_role_keeps_nothing_any_more(desk: Desk) -> None:
    number, entry = answered(desk, "Something else altogether, on another day"), kept(desk)
    with desk.changing():
        admit(db.session.get_one(Group, desk.grades[3]), desk.person("helper")).role = "member"
    assert keep(desk, number, key="a-later-key").status_code == 404
    assert desk.post("helper", f"/answers/{entry}/end") == 404


def test_my_voice_goes_along_when_i_say_so_and_the_two_let_go_of_their_own(desk: Desk) -> None:
    number = desk.ask(text=HERS)
    desk.post("helper", f"/questions/{number}/taker")
    page = desk.browser("helper").get(f"/questions/{number}/answers/new").text
    spoken = {"key": key_in(page), "voice": (io.BytesIO(recorded(speech(2), "webm", "libopus")), "voice.webm")}
    assert desk.browser("helper").post(f"/questions/{number}/answers", data=spoken).status_code == 303
    assert keep(desk, number, answer="").status_code == 422
    assert keep(desk, number, answer="", voice_kept="1").status_code == 303
    (entry,) = entries(desk)
    with desk.app.app_context():
        assert {one.owner_id for one in db.session.scalars(sa.select(Voice))} == {desk.people["helper"]}
        assert len(set(db.session.scalars(sa.select(Voice.id)))) == 2
    assert "/voices/" in desk.browser("parent").get(f"/answers/{entry.id}").text
    assert desk.post("helper", f"/answers/{entry.id}", question=ANEW, answer=ANSWER, silent="1") == 303
    with desk.app.app_context():
        assert db.session.scalars(sa.select(Voice.id)).all() != [entry.voice_id]
        assert len(db.session.scalars(sa.select(Voice.id)).all()) == 1


def test_a_group_keeps_so_many_and_no_more(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ROOM == 200
    monkeypatch.setattr("community.faq.draft.MOST", 1)
    kept(desk)
    assert keep(desk, answered(desk, "Something else altogether, on another day"), key="second-key").status_code == 422
    assert len(entries(desk)) == 1
