"""What is removed, brought back, reported, held for a look, and given a picture."""

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask.testing import FlaskClient

from community.audit.models import AuditEntry
from community.care.models import Case
from community.database import db, now
from community.erasure.erasing import erase
from community.groups.measures import Measure
from community.groups.models import Group
from community.holding.models import Held
from community.media.disposal import NAMED_AGAIN
from community.media.models import Photo, Voice
from community.outbox.models import Outbox
from community.people.models import Person
from community.talk import views
from community.talk.emptying import empty
from community.talk.gates import read_by
from community.talk.models import KEPT, Message, Reaction
from tests.announcements.scene import page
from tests.media.samples import talkative_jpeg
from tests.media.speech import speech, wav
from tests.talk.circle import Circle, drawn

NUMBER = "Ask Asha: ९८७६५ ४३२१०"


def photo() -> tuple[Any, str]:
    return io.BytesIO(talkative_jpeg()), "a.jpg"


def voice() -> tuple[Any, str]:
    return io.BytesIO(wav(speech(2))), "a.wav"


def remove(circle: Circle, part: str, number: int, **fields: str) -> int:
    return circle.browser(part).post(f"/messages/{number}/removal", data=fields).status_code


def undo(circle: Circle, part: str, number: int) -> int:
    return circle.browser(part).post(f"/messages/{number}/undo").status_code


def tell(circle: Circle, model: Any, *where: Any) -> list[Any]:
    with circle.app.app_context():
        return list(db.session.scalars(sa.select(model).where(*where)))


def test_ones_own_is_removed_with_a_note_and_brought_back(circle: Circle) -> None:
    number = circle.say("member", "ग़लत")
    assert remove(circle, "parent", number) == 404
    assert remove(circle, "member", number) == 303
    mine, theirs = page(circle.browser("member"), circle.talk), page(circle.browser("parent"), circle.talk)
    for read in (mine, theirs):
        assert "ग़लत" not in read
        assert drawn(read) == [number]
    assert f"/messages/{number}/undo" in mine
    assert f"/messages/{number}/undo" not in theirs
    assert undo(circle, "parent", number) == 404
    assert undo(circle, "member", number) == 303
    assert "ग़लत" in page(circle.browser("parent"), circle.talk)


def test_after_ten_minutes_it_is_gone_with_its_words_and_files(circle: Circle) -> None:
    number = circle.say("member", "ग़लत", photo=photo(), voice=voice())
    [one], [sound] = tell(circle, Photo), tell(circle, Voice)
    read = page(circle.browser("parent"), circle.talk)
    assert one.key in read
    assert sound.key in read
    kept = Path(circle.app.config["MEDIA"])
    assert list(kept.rglob(f"{one.key}*"))
    remove(circle, "member", number)
    circle.release_all()
    assert circle.message(number).text == "ग़लत", "she may still bring it back"
    with time_machine.travel(now() + timedelta(minutes=11)):
        assert undo(circle, "member", number) == 409
        with circle.changing():
            empty(number)
        circle.release_all()
    assert circle.message(number).text == ""
    assert tell(circle, Photo) == tell(circle, Voice) == []
    assert not [path for path in kept.rglob("*") if path.is_file() and one.key in str(path)]


def test_who_looks_after_the_group_removes_with_a_reason_and_its_author_can_not_undo_it(circle: Circle) -> None:
    number = circle.say("member", "बुरा")
    assert "reason" in page(circle.browser("teacher"), f"/messages/{number}")
    assert remove(circle, "english reader", number, reason="hurts") == 303
    [measure] = tell(circle, Measure)
    assert (measure.kind, measure.what, measure.thing_id, measure.reason) == ("removal", "message", number, "hurts")
    assert undo(circle, "member", number) == 409
    assert "बुरा" not in page(circle.browser("member"), circle.talk)
    assert f"/measures/{measure.id}" in page(circle.browser("member"), "/")
    assert "removed" in [one.action for one in tell(circle, AuditEntry, AuditEntry.subject_id == number)]


def test_what_she_took_away_first_somebody_else_takes_away_for_good(circle: Circle) -> None:
    number = circle.say("member", "बुरा")
    assert remove(circle, "member", number) == 303
    assert remove(circle, "teacher", number, reason="hurts") == 303
    assert [(one.kind, one.thing_id) for one in tell(circle, Measure)] == [("removal", number)]
    assert undo(circle, "member", number) == 409
    assert circle.message(number).removed_by == circle.people["teacher"]
    assert remove(circle, "member", number) == 303
    assert undo(circle, "member", number) == 409


def removed_by_somebody_else(circle: Circle, number: int, part: str) -> None:
    """In the database alone: as another server does it in between."""
    values = {"removed_at": now(), "removed_by": circle.people[part]}
    aside = sa.update(Message).where(Message.id == number).values(values)
    db.session.execute(aside.execution_options(synchronize_session=False))


def test_of_two_who_remove_at_once_the_one_who_looks_after_it_stays(circle: Circle) -> None:
    number = circle.say("member", "बुरा")
    with circle.changing():
        found, person = db.session.get_one(Message, number), circle.person("member")
        assert not found.removed_at
        removed_by_somebody_else(circle, number, "teacher")
        found.remove(person)
    assert circle.message(number).removed_by == circle.people["teacher"]


def test_what_is_removed_while_she_undoes_stays_removed(circle: Circle, monkeypatch: pytest.MonkeyPatch) -> None:
    number = circle.say("member", "बुरा")
    assert remove(circle, "member", number) == 303

    def read(person: Person, message_id: int) -> Message:
        found = read_by(person, message_id)
        removed_by_somebody_else(circle, number, "teacher")
        return found

    monkeypatch.setattr(views, "read_by", read)
    assert undo(circle, "member", number) == 409
    assert not tell(circle, AuditEntry, AuditEntry.action == "restored")


@pytest.mark.parametrize("reported", [True, False])
def test_putting_back_does_not_bring_back_what_she_had_removed_herself(circle: Circle, reported: bool) -> None:
    number = circle.say("member", "ग़लत")
    teacher = circle.browser("teacher")
    if reported:
        circle.browser("parent").post(f"/report/message/{number}", data={"reason": "hurts"})
    assert remove(circle, "member", number) == 303
    if reported:
        [case] = tell(circle, Case)
        assert teacher.post(f"/cases/{case.id}/decision", data={"deed": "remove", "reason": "hurts"}).status_code == 303
    else:
        assert remove(circle, "teacher", number, reason="hurts") == 303
    [measure] = tell(circle, Measure)
    assert teacher.post(f"/measures/{measure.id}/end", data={"pardon": "mistake"}).status_code == 303
    assert "ग़लत" not in page(circle.browser("parent"), circle.talk)
    assert undo(circle, "member", number) == 303, "she may, herself"
    assert "ग़लत" in page(circle.browser("parent"), circle.talk)


def test_what_was_removed_by_mistake_stands_again(circle: Circle) -> None:
    number = circle.say("member", "ठीक था")
    remove(circle, "teacher", number, reason="hurts")
    [measure] = tell(circle, Measure)
    answer = circle.browser("teacher").post(f"/measures/{measure.id}/end", data={"pardon": "mistake"})
    assert answer.status_code == 303
    assert "ठीक था" in page(circle.browser("parent"), circle.talk)


def test_two_taps_report_it_and_who_decides_removes_it(circle: Circle) -> None:
    number = circle.say("member", "वह चोर है")
    assert f"/report/message/{number}" in page(circle.browser("parent"), f"/messages/{number}")
    assert circle.browser("head").get(f"/report/message/{number}").status_code == 404
    assert circle.browser("member").get(f"/report/message/{number}").status_code == 404, "her own"
    browser = circle.browser("parent")
    assert browser.post(f"/report/message/{number}", data={"reason": "hurts"}).status_code == 303
    [case] = tell(circle, Case)
    teacher = circle.browser("teacher")
    assert "वह चोर है" in page(teacher, f"/cases/{case.id}")
    decided = {"deed": "remove", "reason": "hurts"}
    assert teacher.post(f"/cases/{case.id}/decision", data=decided).status_code == 303
    assert "वह चोर है" not in page(circle.browser("parent"), circle.talk)
    [measure] = tell(circle, Measure)
    assert teacher.post(f"/measures/{measure.id}/end", data={"pardon": "mistake"}).status_code == 303
    assert "वह चोर है" in page(circle.browser("parent"), circle.talk)


def test_what_gives_somebody_away_waits_and_only_its_author_sees_it(circle: Circle) -> None:
    number = circle.say("member", NUMBER)
    assert circle.message(number).seq is None
    assert "Asha" in page(circle.browser("member"), circle.talk)
    for part in ("parent", "teacher"):
        assert "Asha" not in page(circle.browser(part), circle.talk)
        assert circle.browser(part).get(f"/messages/{number}").status_code == 404
    circle.many("parent", 2)
    [held] = tell(circle, Held)
    assert circle.browser("teacher").post(f"/held/{held.id}/approval").status_code == 303
    assert circle.message(number).seq == 3, "it takes its place when it is seen"
    assert "Asha" in page(circle.browser("parent"), circle.talk)
    assert circle.browser("teacher").post(f"/held/{held.id}/undo").status_code == 409, "others have read it"


def test_a_refusal_is_told_and_can_be_undone(circle: Circle) -> None:
    number = circle.say("member", NUMBER)
    [held] = tell(circle, Held)
    assert circle.browser("teacher").post(f"/held/{held.id}/refusal", data={"reason": "private"}).status_code == 303
    assert "Asha" not in page(circle.browser("member"), circle.talk)
    assert f"/held/{held.id}" in page(circle.browser("member"), "/")
    assert f"{circle.talk}/new" in page(circle.browser("member"), f"/held/{held.id}")
    assert undo(circle, "member", number) == 409, "she does not let it through herself"
    assert circle.browser("teacher").post(f"/held/{held.id}/undo").status_code == 303
    assert circle.browser("teacher").post(f"/held/{held.id}/approval").status_code == 303
    assert "Asha" in page(circle.browser("parent"), circle.talk)


def test_what_was_refused_goes_after_sixty_days_with_the_copy_that_was_looked_at(circle: Circle) -> None:
    number = circle.say("member", NUMBER)
    [held] = tell(circle, Held)
    circle.browser("teacher").post(f"/held/{held.id}/refusal", data={"reason": "private"})
    [promised] = tell(circle, Outbox, Outbox.kind == "empty-message")
    assert promised.args == {"message_id": number}
    with time_machine.travel(now() + KEPT + timedelta(minutes=1)), circle.changing():
        empty(number)
    assert (circle.message(number).text, tell(circle, Held)[0].text) == ("", "")


def test_taking_back_what_waits_and_bringing_it_back_does_not_let_it_through(circle: Circle) -> None:
    number = circle.say("member", NUMBER)
    assert remove(circle, "member", number) == 303
    assert undo(circle, "member", number) == 303
    assert circle.message(number).seq is None
    assert "Asha" not in page(circle.browser("parent"), circle.talk)
    [waits] = tell(circle, Held, Held.answer.is_(None))
    assert circle.browser("teacher").post(f"/held/{waits.id}/approval").status_code == 303
    assert "Asha" in page(circle.browser("parent"), circle.talk)


def test_taken_back_before_anybody_looked_it_says_so_and_can_be_brought_back(circle: Circle) -> None:
    number, member = circle.say("member", NUMBER), circle.browser("member")
    assert member.post(f"/messages/{number}/removal").location == f"{circle.talk}#m{number}"
    read = page(member, circle.talk)
    assert drawn(read) == [number]
    assert f"/messages/{number}/undo" in read
    assert f"/held/{circle.message(number).held_id}" not in read
    assert "Asha" not in read
    with time_machine.travel(now() + timedelta(minutes=11)):
        assert drawn(page(member, circle.talk)) == []
    assert undo(circle, "member", number) == 303
    assert f"/held/{circle.message(number).held_id}" in page(member, circle.talk)


def test_a_reply_taken_back_before_anybody_looked_leads_to_its_undo(circle: Circle) -> None:
    head = circle.say("teacher", "किससे पूछूँ")
    number, member = circle.say("member", NUMBER, to=str(head)), circle.browser("member")
    there = member.post(f"/messages/{number}/removal").location
    assert there == f"{circle.talk}#m{number}"
    assert f"/messages/{number}/undo" in page(member, there.partition("#")[0])
    assert member.post(f"/messages/{number}/undo").location == there
    held = circle.message(number).held_id
    assert f"/held/{held}" in page(member, circle.talk)
    assert circle.browser("teacher").post(f"/held/{held}/approval").status_code == 303
    assert member.post(f"/messages/{number}/removal").location == f"/messages/{head}#m{number}"


@pytest.mark.parametrize(("why", "code"), [("muted", 403), ("rests", 409), ("admins talk", 409)])
@pytest.mark.parametrize("text", ["ग़लत", NUMBER])
def test_who_may_say_nothing_brings_nothing_back(circle: Circle, why: str, code: int, text: str) -> None:
    number = circle.say("member", text)
    assert remove(circle, "member", number) == 303
    with circle.changing():
        group, until = db.session.get_one(Group, circle.grades[3]), now() + timedelta(days=1)
        if why == "muted":
            Measure.take("mute", group, circle.person("member"), circle.person("teacher"), reason="hurts", until=until)
        elif why == "rests":
            group.archive(circle.person("head"))
        else:
            group.talking = "admins"
    assert undo(circle, "member", number) == code
    assert circle.message(number).removed_at
    shown = f"/messages/{number}/undo" in page(circle.browser("member"), circle.talk)
    assert shown is not (why == "rests")


def test_who_looks_after_the_group_may_give_an_offices_number(circle: Circle) -> None:
    refused = circle.post("teacher", NUMBER)
    assert refused.status_code == 422
    assert 'name="vouched"' in refused.text
    circle.say("teacher", NUMBER, vouched="1")
    assert "Asha" in page(circle.browser("parent"), circle.talk)


def test_where_it_was_chosen_the_first_words_of_a_new_member_wait(circle: Circle) -> None:
    with circle.changing():
        db.session.get_one(Group, circle.grades[3]).looks_at_new = True
    circle.newcomer("Asha", circle.grades[3])
    first = circle.say("Asha", "नमस्ते")
    assert circle.message(first).held_id
    [held] = tell(circle, Held)
    circle.browser("teacher").post(f"/held/{held.id}/approval")
    assert circle.message(circle.say("Asha", "फिर")).seq == 2


def react(browser: FlaskClient, number: int, picture: str, given: str = "1") -> int:
    return browser.post(f"/messages/{number}/reaction", data={"picture": picture, "given": given}).status_code


def test_one_picture_a_person_counted_and_not_named(circle: Circle) -> None:
    number = circle.say("member")
    for part, picture in (("parent", "heart"), ("parent", "yes"), ("parent", "yes"), ("teacher", "yes")):
        assert react(circle.browser(part), number, picture) == 303
    assert len(tell(circle, Reaction)) == 2
    read = page(circle.browser("english reader"), circle.talk)
    assert re.findall(r'value="yes">.*? (\d+)</button>', read) == ["2"]
    assert 'aria-pressed="true"' not in read
    assert 'aria-pressed="true"' in page(circle.browser("parent"), circle.talk)
    for _tap in range(2):
        assert react(circle.browser("parent"), number, "yes", given="0") == 303
    assert len(tell(circle, Reaction)) == 1
    assert react(circle.browser("parent"), number, "bomb") == 404


def test_on_a_phone_that_saves_data_a_photo_waits_for_a_tap_on_its_own_page(circle: Circle) -> None:
    number = circle.say("member", "", photo=photo())
    reader = circle.browser("parent")
    headers = {"Save-Data": "on"}
    assert f"/messages/{number}?photo=1" in reader.get(circle.talk, headers=headers).text
    assert "<source" in reader.get(f"/messages/{number}?photo=1", headers=headers).text


def test_who_may_only_read_gives_no_picture(circle: Circle) -> None:
    number = circle.say("parent")
    with circle.changing():
        until = now() + timedelta(days=1)
        group, person = db.session.get_one(Group, circle.grades[3]), circle.person("member")
        Measure.take("mute", group, person, circle.person("teacher"), reason="hurts", until=until)
    assert react(circle.browser("member"), number, "heart") == 403
    assert tell(circle, Reaction) == []


def test_a_photo_alone_or_a_voice_alone_is_a_message(circle: Circle) -> None:
    for fields in ({"photo": photo()}, {"voice": voice()}):
        number = circle.say("member", "", **fields)
        assert not circle.message(number).is_gone
    read = page(circle.browser("parent"), circle.talk)
    assert 'class="voice"' in read
    assert "<picture>" in read


@pytest.mark.parametrize("bad", ["photo", "voice"])
def test_what_came_with_a_refused_form_is_kept(circle: Circle, bad: str) -> None:
    good = {"photo": photo(), "voice": voice()}
    good[bad] = (io.BytesIO(b"not one"), "a.txt")
    answer = circle.post("member", "शब्द", **good)
    assert answer.status_code == 422
    assert "शब्द" in answer.text
    other = "voice" if bad == "photo" else "photo"
    [key] = re.findall(rf'name="{other}_key" value="([^"]+)"', answer.text)
    number = circle.say("member", "शब्द", **{f"{other}_key": key})
    assert getattr(circle.message(number), f"{other}_id")


def test_sent_twice_it_leaves_no_second_photo_and_voice(circle: Circle) -> None:
    before = files(circle)
    for _tap in range(2):
        number = circle.say("member", "शब्द", key="a-key-of-a-phone", photo=photo(), voice=voice())
    assert [len(tell(circle, kind)) for kind in (Photo, Voice)] == [1, 1]
    remove(circle, "member", number)
    with time_machine.travel(now() + timedelta(minutes=11)):
        circle.release_all()
    assert (tell(circle, Photo), tell(circle, Voice)) == ([], [])
    assert files(circle) == before


def files(circle: Circle) -> set[Path]:
    return {path for path in Path(circle.app.config["MEDIA"]).rglob("*") if path.is_file()}


def test_what_came_with_a_form_that_was_never_sent_again_goes_within_a_day(circle: Circle) -> None:
    long = "पानी\n" * 4000
    kept = circle.say("member", "", photo=photo())
    assert circle.post("member", long, photo=photo(), voice=voice()).status_code == 422
    assert len(tell(circle, Photo)) == 2
    with time_machine.travel(now() + NAMED_AGAIN + timedelta(minutes=1)):
        circle.release_all()
    assert [one.id for one in tell(circle, Photo)] == [circle.message(kept).photo_id]
    assert tell(circle, Voice) == []


def test_of_who_is_erased_what_others_read_stays_and_nothing_else(circle: Circle) -> None:
    said, gone, waits = circle.say("member", "सुना"), circle.say("member", "हटा"), circle.say("member", NUMBER)
    remove(circle, "member", gone)
    react(circle.browser("member"), said, "heart")
    with circle.changing():
        erase(circle.person("member"))
    assert circle.message(said).text == "सुना"
    assert circle.message(gone).text == circle.message(waits).text == ""
    assert tell(circle, Held, Held.text.contains("Asha")) == []
    assert tell(circle, Reaction) == []
    assert circle.browser("parent").get(circle.talk).status_code == 200


def test_all_that_was_removed_is_counted_as_nothing_new(circle: Circle) -> None:
    number = circle.say("member", "ग़लत")
    assert "1 नई बात" in page(circle.browser("parent"), circle.talk)
    remove(circle, "member", number)
    assert "1 नई बात" not in page(circle.browser("parent"), circle.talk)
    assert tell(circle, Message)
