"""Is this true? One tap asks whoever answers; one answer stands under each copy; nobody learns who asked."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from PIL import Image

from community.announcements.correction import correct
from community.announcements.models import Announcement
from community.audit.models import AuditEntry
from community.database import db, now
from community.erasure.erasing import erase
from community.erasure.retention import tidy
from community.groups.measures import Measure
from community.groups.membership import Membership, admit
from community.groups.models import Category, Group
from community.groups.offices import Office
from community.media.models import Photo, Voice
from community.outbox.models import Outbox
from community.people.models import Session
from community.rumours.models import Rumour, RumourFlag, words_digest
from community.talk.models import Message
from tests.announcements.scene import key_in, page, statements
from tests.media.speech import recorded, speech
from tests.questions.conftest import Desk


def picture() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(stream, "PNG")
    return stream.getvalue()


FLOOD = "The dam has broken, everybody has to leave the village tonight!"
COPY = "the dam has broken,  everybody has to leave\nthe village tonight!"


@pytest.fixture
def said(desk: Desk) -> int:
    return desk.release("teacher", FLOOD, group=desk.grades[3])


def flag(desk: Desk, number: int, part: str = "parent", what: str = "announcement") -> Any:
    return desk.browser(part).post(f"/rumours/{what}/{number}")


def flagged(desk: Desk, number: int, part: str = "parent", what: str = "announcement") -> int:
    answer = flag(desk, number, part, what)
    assert answer.status_code == 303, answer.text
    return int(answer.location.rpartition("/")[2])


def bring(desk: Desk, part: str = "parent", text: str = FLOOD, **fields: Any) -> Any:
    browser, group = desk.browser(part), desk.grades[3]
    key = key_in(page(browser, f"/groups/{group}/rumours/new"))
    return browser.post(f"/groups/{group}/rumours", data={"key": key, "text": text, **fields})


def answer(desk: Desk, number: int, part: str = "helper", verdict: str = "untrue", **fields: Any) -> Any:
    return desk.browser(part).post(f"/rumours/{number}/answer", data={"verdict": verdict, "words": "", **fields})


def was(desk: Desk, number: int) -> str:
    with desk.app.app_context():
        moment = db.session.get_one(Rumour, number).answered_at
        return moment.isoformat() if moment else ""


def rows(desk: Desk, model: Any) -> list[Any]:
    with desk.app.app_context():
        return list(db.session.scalars(sa.select(model).order_by(model.id)))


def called(desk: Desk, number: int) -> set[int]:
    """Whose phones ring for this rumour."""
    sent = [row.args for row in rows(desk, Outbox) if row.kind == "call-rumour"]
    return {one["person_id"] for one in sent if one["rumour_id"] == number}


def test_one_tap_asks_and_it_waits_for_who_answers_there(desk: Desk, said: int) -> None:
    assert f'action="/rumours/announcement/{said}"' in page(desk.browser("parent"), f"/announcements/{said}")
    assert f'action="/rumours/announcement/{said}"' not in page(desk.browser("teacher"), f"/announcements/{said}")
    number = flagged(desk, said)
    assert flagged(desk, said) == number
    (rumour,) = rows(desk, Rumour)
    assert (rumour.desk_id, rumour.what, rumour.thing_id, rumour.text) == (desk.grades[3], "announcement", said, "")
    assert len(rows(desk, RumourFlag)) == 1
    for part in ("helper", "other"):
        assert f'href="/rumours/{number}"' in page(desk.browser(part), "/")
        assert FLOOD in page(desk.browser(part), f"/rumours/{number}")
    called = [row for row in rows(desk, Outbox) if row.kind == "call-rumour"]
    assert {row.args["person_id"] for row in called} >= {desk.people["helper"], desk.people["other"]}
    assert desk.people["teacher"] not in {row.args["person_id"] for row in called}, "not whose words they are"


def test_nobody_learns_who_asked(desk: Desk, said: int) -> None:
    desk.newcomer("Wondering Wanda", desk.grades[3])
    number = flagged(desk, said, "Wondering Wanda")
    answer(desk, number)
    for part in ("helper", "other", "teacher", "head", "parent"):
        for address in (
            f"/rumours/{number}",
            "/rumours",
            f"/groups/{desk.grades[3]}/rumours",
            f"/announcements/{said}",
        ):
            assert "Wanda" not in desk.browser(part).get(address).text
    assert desk.people["Wondering Wanda"] not in {
        number for one in rows(desk, AuditEntry) for number in (one.actor_id, one.subject_id) if "rumour" in one.action
    }
    assert "/rumours" not in page(desk.browser("teacher"), "/"), "it is her own announcement"


@pytest.mark.parametrize("part", ["parent", "member", "teacher"])
def test_who_does_not_answer_here_or_said_it_herself_does_not_judge_it(desk: Desk, said: int, part: str) -> None:
    number = flagged(desk, said)
    assert answer(desk, number, part).status_code == 404
    assert rows(desk, Rumour)[0].verdict is None


def test_it_is_answered_once_and_the_second_sees_that(desk: Desk, said: int) -> None:
    number = flagged(desk, said)
    assert answer(desk, number, words="The water board says no.").status_code == 303
    assert answer(desk, number, words="The water board says no.").status_code == 303, "the same tap again"
    assert answer(desk, number, "other", "true").status_code == 409
    assert rows(desk, Rumour)[0].verdict == "untrue"
    assert answer(desk, number, "other", "true", was=was(desk, number)).status_code == 303
    assert [one.action for one in rows(desk, AuditEntry) if "rumour" in one.action] == [
        "rumour answered",
        "rumour corrected",
    ]
    assert rows(desk, Rumour)[0].verdict == "true"


def test_whoever_asked_hears_it_until_she_has(desk: Desk, said: int) -> None:
    number, browser = flagged(desk, said), desk.browser("parent")
    assert "/rumours/" not in page(browser, "/")
    answer(desk, number)
    assert f'href="/rumours/{number}"' in page(browser, "/")
    shown = page(browser, f"/rumours/{number}")
    assert "This is not true." in shown
    assert "I understood" in shown
    assert browser.post(f"/rumours/{number}/heard").status_code == 303
    assert "/rumours/" not in page(browser, "/")
    assert answer(desk, number, verdict="true", was=was(desk, number)).status_code == 303
    assert f'href="/rumours/{number}"' in page(browser, "/"), "what was put right she hears anew"


def test_who_came_back_by_a_code_asks_nothing_and_reads_nothing_of_what_she_asked(desk: Desk, said: int) -> None:
    number, browser, group = flagged(desk, said), desk.browser("parent"), desk.grades[3]
    key = key_in(page(browser, f"/groups/{group}/rumours/new"))
    other = desk.release("teacher", "Another thing that everybody says today", group=group)
    answer(desk, number)
    assert f'href="/rumours/{number}"' in page(browser, "/")
    with desk.changing():
        own = sa.update(Session).where(Session.person_id == desk.people["parent"])
        db.session.execute(own.values(without_roles=True))
    assert "/rumours/" not in page(browser, "/")
    assert browser.get(f"/groups/{group}/rumours/new").status_code == 403
    assert browser.post(f"/groups/{group}/rumours", data={"key": key, "text": "Is it so?"}).status_code == 403
    assert browser.post(f"/rumours/announcement/{other}").status_code == 403
    assert [one.rumour_id for one in rows(desk, RumourFlag)] == [number]


def test_the_answer_stands_under_every_copy_in_the_community_and_nowhere_else(desk: Desk, said: int) -> None:
    beside = desk.release("head", COPY, group=desk.grades[5])
    other = desk.release("head", f"{FLOOD} But not ours.", group=desk.grades[5])
    with desk.changing():
        grade = db.session.get_one(Group, desk.grades[3])
        grade.talking = "everyone"
        Message.say(grade, desk.person("helper"), key="a-message-key", text=COPY, why=[])
    answer(desk, flagged(desk, said), words="Asked at the dam.")
    far = desk.newcomer("far", desk.grades[5])
    for address in (f"/announcements/{beside}", "/", f"/groups/{desk.grades[5]}"):
        assert "Asked at the dam." in page(far, address), address
    assert "Asked at the dam." in page(desk.browser("parent"), f"/announcements/{said}")
    assert "Asked at the dam." not in page(desk.browser("head"), f"/announcements/{other}")
    talk = page(desk.browser("parent"), f"/groups/{desk.grades[3]}/talk")
    assert talk.count("Asked at the dam.") == 1


def test_asked_in_another_group_it_lies_before_those_who_answer_there(desk: Desk, said: int) -> None:
    """Whoever asks can read what she asked about, and learns of no group in which she is not."""
    beside = desk.release("head", COPY, group=desk.grades[5])
    far, near = desk.newcomer("far", desk.grades[5]), desk.newcomer("near", desk.grades[5], role="responder")
    with desk.changing():
        db.session.get_one(Group, desk.grades[3]).name = "The hidden circle"
    first, second = flagged(desk, said), flagged(desk, beside, "far")
    assert first != second
    assert COPY.split()[0] in page(far, f"/rumours/{second}")
    assert f'href="/rumours/{second}"' in page(near, "/")
    assert desk.people["near"] in called(desk, second)
    answer(desk, first, words="Asked at the dam.")
    assert f'href="/rumours/{second}"' in page(far, "/")
    assert "Asked at the dam." in page(far, f"/rumours/{second}")
    assert f'href="/rumours/{second}"' not in page(near, "/")
    assert "The hidden circle" not in page(far, "/rumours")
    assert far.post(f"/rumours/{second}/heard").status_code == 303
    assert "/rumours/" not in page(far, "/")


def test_what_was_answered_elsewhere_holds_where_it_is_asked_later_and_rings_nobody(desk: Desk, said: int) -> None:
    first = flagged(desk, said)
    answer(desk, first, words="Asked at the dam.")
    beside = desk.release("head", COPY, group=desk.grades[5])
    far = desk.newcomer("far", desk.grades[5])
    desk.newcomer("near", desk.grades[5], role="responder")
    second = flagged(desk, beside, "far")
    assert second != first
    assert "Asked at the dam." in page(far, f"/rumours/{second}")
    assert called(desk, second) == set()
    assert answer(desk, first, verdict="true", words="It has broken.", was=was(desk, first)).status_code == 303
    assert "It has broken." in page(far, f"/rumours/{second}")
    assert f'href="/rumours/{second}"' in page(far, "/"), "what was put right she hears anew"


def test_further_up_it_is_one_for_all_below(desk: Desk) -> None:
    whole = desk.release("head", FLOOD, group=desk.school)
    copy = desk.release("teacher", COPY, group=desk.grades[3])
    assert flagged(desk, whole) == flagged(desk, copy, "other")


def test_what_she_asked_and_hears_no_more_leads_nowhere(desk: Desk, said: int) -> None:
    desk.newcomer("gone", desk.grades[3], desk.grades[5])
    number = flagged(desk, said, "gone")
    answer(desk, number)
    assert f'href="/rumours/{number}"' in page(desk.browser("gone"), "/")
    with desk.changing():
        for held in db.session.scalars(sa.select(Membership).where(Membership.person_id == desk.people["gone"])):
            if held.group_id == desk.grades[3]:
                held.end()
    assert desk.status("gone", f"/rumours/{number}") == 404
    for address in ("/", "/rumours"):
        assert f'href="/rumours/{number}"' not in page(desk.browser("gone"), address)


def test_of_copies_answered_at_once_the_one_that_speaks_is_shown(desk: Desk, said: int) -> None:
    beside = desk.release("head", COPY, group=desk.grades[5])
    desk.newcomer("far", desk.grades[5])
    flagged(desk, beside, "far")
    first = flagged(desk, said)
    spoken = (io.BytesIO(recorded(speech(2), "webm", "libopus")), "voice.webm")
    assert answer(desk, first, voice=spoken).status_code == 303
    for part, number in (("parent", said), ("far", beside)):
        assert "/voices/" in page(desk.browser(part), f"/announcements/{number}"), part
    last = desk.newcomer("last", desk.grades[4])
    third = desk.release("head", COPY.upper(), group=desk.grades[4])
    flagged(desk, third, "last")
    assert "/voices/" in page(last, f"/announcements/{third}")


def test_a_message_of_talk_can_be_asked_about(desk: Desk) -> None:
    with desk.changing():
        grade = db.session.get_one(Group, desk.grades[3])
        grade.talking = "everyone"
        made = Message.say(grade, desk.person("teacher"), key="a-message-key", text=FLOOD, why=[]).id
    assert f'action="/rumours/message/{made}"' in page(desk.browser("parent"), f"/messages/{made}")
    number = flagged(desk, made, what="message")
    assert FLOOD in page(desk.browser("helper"), f"/rumours/{number}")
    answer(desk, number, words="No.")
    assert "This is not true." in page(desk.browser("parent"), f"/messages/{made}")


def test_two_words_are_not_the_same_as_two_words_elsewhere() -> None:
    assert words_digest("Yes!", "message", 1) != words_digest("Yes!", "message", 2)
    assert words_digest("Yes!", "announcement", 1) != words_digest("No!", "announcement", 1), "put right, it says other"
    assert words_digest(FLOOD, "message", 1) == words_digest(COPY, "announcement", 2)


def test_what_she_got_elsewhere_is_brought_and_found_again(desk: Desk) -> None:
    first, again = bring(desk), bring(desk, "other", COPY)
    assert first.status_code == again.status_code == 303
    assert first.location == again.location
    number = int(first.location.rpartition("/")[2])
    assert len(rows(desk, RumourFlag)) == 2
    answer(desk, number, words="Old picture, other state.")
    listed = page(desk.browser("parent"), f"/groups/{desk.grades[3]}/rumours")
    assert FLOOD in listed
    assert "Old picture, other state." in listed


def test_the_button_asks_now_and_tells_nobody_anything(desk: Desk) -> None:
    """ "Ask" is said of somebody who is to read aloud: "tell her"."""
    shown = page(desk.browser("parent"), f"/groups/{desk.grades[3]}/rumours/new")
    assert "<span>Ask now</span></button>" in shown


def test_the_same_form_twice_is_one_and_an_empty_one_comes_back(desk: Desk) -> None:
    browser, address = desk.browser("parent"), f"/groups/{desk.grades[3]}/rumours"
    for _tap in range(2):
        assert browser.post(address, data={"key": "one-key-of-hers", "text": "short?"}).status_code == 303
    assert len(rows(desk, Rumour)) == 1
    assert bring(desk, text="").status_code == 422
    refused = bring(desk, photo=(io.BytesIO(b"no photo"), "a.jpg"))
    assert refused.status_code == 422
    assert FLOOD in refused.text
    assert bring(desk, text="x" * 2001).status_code == 422


def test_a_photo_alone_is_enough_and_goes_with_its_row(desk: Desk) -> None:
    assert bring(desk, text="", photo=(io.BytesIO(picture()), "a.png")).status_code == 303
    assert bring(desk, "other", text="", photo=(io.BytesIO(picture()), "a.png")).status_code == 303
    assert len(rows(desk, Rumour)) == len(rows(desk, Photo)) == 2
    with time_machine.travel(now() + timedelta(days=370), tick=False), desk.changing():
        tidy()
    assert rows(desk, Rumour) == rows(desk, RumourFlag) == rows(desk, Photo) == []


def test_five_a_day_and_it_says_how_long(desk: Desk) -> None:
    for number in range(5):
        assert bring(desk, text=f"{FLOOD} Number {number}").status_code == 303
    refused = bring(desk, text=f"{FLOOD} One more")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 24 * 3600
    assert re.search(r"\d+ hours?", refused.text)
    assert len(rows(desk, Rumour)) == 5
    assert bring(desk, text=f"{FLOOD} Number 1").status_code == 303, "what she has asked already costs nothing"
    with time_machine.travel(now() + timedelta(days=1), tick=False):
        assert bring(desk, text=f"{FLOOD} One more").status_code == 303


def test_who_is_muted_or_away_or_where_the_group_rests_asks_nothing(desk: Desk, said: int) -> None:
    desk.newcomer("stranger", desk.grades[5])
    assert flag(desk, said, "stranger").status_code == 404
    with desk.changing():
        grade = db.session.get_one(Group, desk.grades[3])
        Measure.take(
            "mute", grade, desk.person("parent"), desk.person("teacher"), reason="much", until=now() + timedelta(days=1)
        )
    assert flag(desk, said).status_code == 403
    assert desk.status("parent", f"/groups/{desk.grades[3]}/rumours/new") == 403
    desk.archive(desk.grades[3])
    assert flag(desk, said, "other").status_code == 404
    assert rows(desk, Rumour) == []


def test_a_voice_answers_too_and_is_let_go_when_another_takes_its_place(desk: Desk, said: int) -> None:
    number = flagged(desk, said)
    spoken = (io.BytesIO(recorded(speech(2), "webm", "libopus")), "voice.webm")
    assert answer(desk, number, voice=spoken).status_code == 303
    (rumour,) = rows(desk, Rumour)
    assert rumour.voice_id
    assert "/voices/" in page(desk.browser("parent"), f"/announcements/{said}")
    assert answer(desk, number, words="In words.", was=was(desk, number)).status_code == 303
    assert rows(desk, Rumour)[0].voice_id is None
    refused = answer(desk, number, words="kept", voice=(io.BytesIO(b"none"), "v.webm"), was=was(desk, number))
    assert refused.status_code == 422
    assert "kept" in refused.text


def test_it_becomes_a_correction_or_an_announcement_for_who_may(desk: Desk, said: int) -> None:
    number = flagged(desk, said)
    answer(desk, number, "head", words="The dam is whole.")
    shown = page(desk.browser("head"), f"/rumours/{number}")
    for address in (
        f"/announcements/{said}/correction?rumour={number}",
        f"/groups/{desk.grades[3]}/announcements/new?rumour={number}",
    ):
        assert f'href="{address}"' in shown
        assert "The dam is whole.</textarea>" in page(desk.browser("head"), address)
    asked = page(desk.browser("teacher"), f"/groups/{desk.grades[3]}/announcements/new?rumour={number}")
    assert "The dam is whole." not in asked
    for part in ("parent", "helper"):
        address = f"/announcements/{said}/correction?rumour={number}"
        assert desk.status(part, address) == 404
        assert f'href="{address}"' not in page(desk.browser(part), f"/rumours/{number}"), part


@pytest.mark.parametrize("wrong", [FLOOD, "School is closed"])
def test_words_that_were_put_right_are_not_called_untrue(desk: Desk, wrong: str) -> None:
    said = desk.release("teacher", wrong, group=desk.grades[3])
    number = flagged(desk, said)
    answer(desk, number, "head", words="Asked at the office.")
    right = "Nobody has to leave."
    with desk.changing():
        assert correct(db.session.get_one(Announcement, said), right, desk.person("teacher"), "admin")
    for part in ("parent", "helper"):
        for address in (f"/rumours/{number}", f"/groups/{desk.grades[3]}/rumours"):
            shown = page(desk.browser(part), address)
            assert wrong in shown, address
            assert right not in shown, address
            assert "put right later" in shown, address
            assert "This is not true." in shown, address
    assert f'href="/announcements/{said}"' in page(desk.browser("parent"), f"/groups/{desk.grades[3]}/rumours")
    assert f'href="/announcements/{said}/correction' not in page(desk.browser("head"), f"/rumours/{number}")
    shown = page(desk.browser("parent"), f"/announcements/{said}")
    assert right in shown
    assert "This is not true." not in shown


PROMISE = "Those who answer here look at it."


def remove(desk: Desk, said: int) -> None:
    with desk.changing():
        db.session.get_one(Announcement, said).remove(desk.person("teacher"))


def test_asked_anew_after_what_somebody_brought_was_removed_it_waits_and_rings_again(desk: Desk) -> None:
    number = int(bring(desk, photo=(io.BytesIO(picture()), "a.png")).location.rpartition("/")[2])
    assert desk.post("teacher", f"/rumours/{number}/removal") == 303
    assert PROMISE not in page(desk.browser("parent"), f"/rumours/{number}"), "nobody looks at it"
    rung = len([row for row in rows(desk, Outbox) if row.kind == "call-rumour"])
    said = desk.release("teacher", FLOOD, group=desk.grades[3])
    assert flagged(desk, said) == number
    assert PROMISE in page(desk.browser("parent"), f"/rumours/{number}")
    assert f'href="/rumours/{number}"' in page(desk.browser("helper"), "/")
    assert len([row for row in rows(desk, Outbox) if row.kind == "call-rumour"]) > rung
    (rumour,) = rows(desk, Rumour)
    assert (rumour.what, rumour.thing_id, rumour.author_id) == ("announcement", said, desk.people["teacher"])
    assert (rumour.text, rumour.photo_id, rumour.removed_at) == ("", None, None)
    assert rows(desk, Photo) == []


def test_of_two_copies_the_one_that_stands_is_read_by_who_answers(desk: Desk, said: int) -> None:
    number = flagged(desk, said)
    beside = desk.release("teacher", COPY, group=desk.grades[3])
    remove(desk, said)
    desk.newcomer("second", desk.grades[3])
    assert PROMISE not in page(desk.browser("parent"), f"/rumours/{number}")
    assert flagged(desk, beside, "second") == number
    for part in ("helper", "second"):
        assert "The dam has broken".casefold() in page(desk.browser(part), f"/rumours/{number}")
    assert PROMISE in page(desk.browser("second"), f"/rumours/{number}")
    answer(desk, number, words="Asked at the dam.")
    remove(desk, beside)
    third = desk.release("teacher", FLOOD.upper(), group=desk.grades[3])
    assert flagged(desk, third, "other") == number
    shown = page(desk.browser("parent"), f"/rumours/{number}")
    assert FLOOD.upper() in shown
    assert "Asked at the dam." in shown, "what was answered holds"


def test_what_was_gone_further_up_begins_anew_where_it_stands(desk: Desk) -> None:
    whole = desk.release("head", FLOOD, group=desk.school)
    first = flagged(desk, whole)
    remove(desk, whole)
    copy = desk.release("teacher", COPY, group=desk.grades[3])
    second = flagged(desk, copy, "other")
    assert second != first
    assert {one.id: one.group_id for one in rows(desk, Rumour)} == {first: desk.school, second: desk.grades[3]}


def test_what_was_removed_is_not_brought_back_by_bringing_it_again(desk: Desk) -> None:
    number = int(bring(desk).location.rpartition("/")[2])
    assert desk.post("teacher", f"/rumours/{number}/removal") == 303
    assert bring(desk, "other").location == f"/rumours/{number}"
    shown = page(desk.browser("other"), f"/rumours/{number}")
    assert FLOOD not in shown
    assert PROMISE not in shown
    assert "This was removed." in shown


def test_who_brings_the_words_of_a_talk_gets_nothing_that_stood_beside_them(desk: Desk) -> None:
    with desk.changing():
        root, head = db.session.get_one(Group, desk.school), desk.person("head")
        told = Message.say(root, head, key="a-message-key", text=FLOOD, why=[])
        given = {"owner_id": head.id, "community_id": root.id}
        told.photo = Photo(**given, key="headsphoto", width=10, height=10, sizes={"480.jpg": 1})
        told.voice = Voice(**given, key="headsvoice", milliseconds=2000, sizes={"24k.webm": 1})
        db.session.flush()
        made = told.id
        admit(root, desk.person("teacher"))
    number = flagged(desk, made, "teacher", "message")
    assert bring(desk).location == f"/rumours/{number}"
    for verdict in ("", "untrue"):
        if verdict:
            assert answer(desk, number, "other", verdict).status_code == 404, "it lies further up"
            with desk.changing():
                rumour = db.session.get_one(Rumour, number)
                assert rumour.answer(verdict, desk.person("teacher"), None, "", None)
        for part, sees in (("parent", False), ("teacher", True)):
            shown = page(desk.browser(part), f"/rumours/{number}")
            assert FLOOD in shown
            assert ("headsphoto" in shown, "headsvoice" in shown) == (sees, sees), part


def test_who_brings_the_same_sees_no_photo_of_another_before_it_is_answered(desk: Desk) -> None:
    number = int(bring(desk, photo=(io.BytesIO(picture()), "a.png")).location.rpartition("/")[2])
    (photo,) = rows(desk, Photo)
    desk.newcomer("second", desk.grades[3])
    bring(desk, "second")
    for part, sees in (("parent", True), ("helper", True), ("second", False)):
        assert (photo.key in page(desk.browser(part), f"/rumours/{number}")) is sees, part
    answer(desk, number)
    assert photo.key in page(desk.browser("second"), f"/rumours/{number}")


THIEF = "The ration thief is Ramesh, Aadhaar 2345 6789 0124, phone 98765 43210"


def test_numbers_in_what_somebody_brought_are_read_by_no_group(desk: Desk) -> None:
    number = int(bring(desk, text=THIEF).location.rpartition("/")[2])
    assert "98765" in page(desk.browser("helper"), f"/rumours/{number}"), "who answers has to know"
    answer(desk, number, verdict="unknown")
    desk.newcomer("second", desk.grades[3])
    assert "98765" in page(desk.browser("parent"), f"/rumours/{number}"), "her own words"
    assert "98765" not in page(desk.browser("second"), f"/groups/{desk.grades[3]}/rumours")
    assert desk.status("second", f"/rumours/{number}") == 404


def test_an_answer_gives_nobody_away(desk: Desk, said: int) -> None:
    number = flagged(desk, said)
    refused = answer(desk, number, words="Call him: 98765 43210")
    assert refused.status_code == 422
    assert "There is a phone number" in refused.text
    assert "Call him: 98765 43210" in refused.text, "nothing is lost"
    assert answer(desk, number, words="Call him: 98765 43210", vouched="1").status_code == 422, "she answers, no more"
    assert answer(desk, number, "head", words="Aadhaar 2345 6789 0124", vouched="1").status_code == 422
    asked = answer(desk, number, "head", words="Call the office: 98765 43210")
    assert asked.status_code == 422
    assert 'name="vouched"' in asked.text
    assert rows(desk, Rumour)[0].verdict is None
    assert answer(desk, number, "head", words="Call the office: 98765 43210", vouched="1").status_code == 303


def test_what_somebody_brought_is_removed_and_put_back_by_who_looks_after_the_group(desk: Desk) -> None:
    number = int(bring(desk).location.rpartition("/")[2])
    answer(desk, number)
    assert desk.post("helper", f"/rumours/{number}/removal") == 404
    assert desk.post("teacher", f"/rumours/{number}/removal") == 303
    assert FLOOD not in page(desk.browser("parent"), f"/groups/{desk.grades[3]}/rumours")
    assert FLOOD not in page(desk.browser("helper"), f"/rumours/{number}")
    assert desk.post("teacher", f"/rumours/{number}/removal", back="1") == 303
    assert FLOOD in page(desk.browser("parent"), f"/groups/{desk.grades[3]}/rumours")


def test_what_is_removed_where_it_stood_is_not_read_here(desk: Desk, said: int) -> None:
    number = flagged(desk, said)
    with desk.changing():
        db.session.get_one(Announcement, said).remove(desk.person("teacher"))
    assert FLOOD not in page(desk.browser("helper"), f"/rumours/{number}")


def test_the_list_shows_only_what_one_may_read_anyway(desk: Desk) -> None:
    with desk.changing():
        grade = db.session.get_one(Group, desk.grades[3])
        grade.talking = "everyone"
        made = Message.say(grade, desk.person("teacher"), key="a-message-key", text=FLOOD, why=[]).id
    number = flagged(desk, made, what="message")
    answer(desk, number)
    assert FLOOD in page(desk.browser("parent"), f"/groups/{desk.grades[3]}/rumours")
    assert FLOOD not in page(desk.browser("head"), f"/groups/{desk.grades[3]}/rumours"), "she is no member there"


def test_who_lost_the_role_answers_no_more_and_it_moves_to_who_does(desk: Desk, said: int) -> None:
    number = flagged(desk, said)
    with desk.changing():
        grade = db.session.get_one(Group, desk.grades[3])
        for part in ("helper", "other", "teacher"):
            admit(grade, desk.person(part)).role = "member"
    assert answer(desk, number).status_code == 404
    with desk.changing():
        tidy()
    assert rows(desk, Rumour)[0].desk_id == desk.school
    assert f'href="/rumours/{number}"' in page(desk.browser("head"), "/")


def test_where_it_moves_those_who_answer_are_rung(desk: Desk, said: int) -> None:
    number = flagged(desk, said)
    with desk.changing():
        for part in ("helper", "other", "teacher"):
            admit(db.session.get_one(Group, desk.grades[3]), desk.person(part)).role = "member"
    assert desk.people["head"] not in called(desk, number)
    for _night in range(2):
        with desk.changing():
            tidy()
    assert desk.people["head"] in called(desk, number)


def test_what_nobody_answers_lies_further_up_after_days(desk: Desk, said: int) -> None:
    number = flagged(desk, said)
    for days, place in ((1, desk.grades[3]), (4, desk.school), (40, desk.school)):
        with time_machine.travel(now() + timedelta(days=days), tick=False), desk.changing():
            tidy()
        assert rows(desk, Rumour)[0].desk_id == place, days
    assert desk.people["head"] in called(desk, number)
    assert f'href="/rumours/{number}"' in page(desk.browser("head"), "/")
    assert answer(desk, number).status_code == 404, "she answers below"


def test_however_many_lie_open_each_is_looked_at(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("community.rumours.settling.AT_ONCE", 2)
    for number in range(5):
        bring(desk, text=f"{FLOOD} Number {number}")
    with desk.changing():
        for part in ("helper", "other", "teacher"):
            admit(db.session.get_one(Group, desk.grades[3]), desk.person(part)).role = "member"
    with desk.changing():
        tidy()
    assert {one.desk_id for one in rows(desk, Rumour)} == {desk.school}


def test_who_answers_by_an_office_finds_it_in_her_courtyard(desk: Desk, said: int) -> None:
    desk.newcomer("officer", desk.school)
    with desk.changing():
        grade, officer = db.session.get_one(Group, desk.grades[3]), desk.person("officer")
        for part in ("helper", "other", "teacher"):
            admit(grade, desk.person(part)).role = "member"
        floods = Category(community_id=desk.school, name="Floods", language="en", picture="wheat", colour="mor")
        db.session.add(floods)
        db.session.flush()
        grade.carry(floods)
        admit(db.session.get_one(Group, desk.school), officer).has_office = True
        given = {"group_id": desk.school, "category": floods, "person": officer, "giver": officer, "role": "responder"}
        db.session.add(Office(community_id=desk.school, **given))
    number = flagged(desk, said)
    assert rows(desk, Rumour)[0].desk_id == desk.grades[3]
    assert desk.people["officer"] in called(desk, number)
    for address in ("/", "/rumours"):
        assert f'href="/rumours/{number}"' in page(desk.browser("officer"), address)
    assert answer(desk, number, "officer").status_code == 303


def test_when_she_is_erased_her_asking_goes(desk: Desk, said: int) -> None:
    flagged(desk, said)
    bring(desk)
    answered = flagged(desk, desk.release("teacher", "Another long story that somebody tells", group=desk.grades[3]))
    answer(desk, answered)
    flagged(desk, said, "other")
    with desk.changing():
        erase(desk.person("parent"))
    assert [one.person_id for one in rows(desk, RumourFlag)] == [desk.people["other"]]
    assert {one.thing_id for one in rows(desk, Rumour)} >= {said}
    assert len(rows(desk, Rumour)) == 2


def test_a_page_asks_once_for_all_answers(desk: Desk) -> None:
    browser = desk.browser("parent")
    numbers = [desk.release("teacher", f"{FLOOD} Part {number}", group=desk.grades[3]) for number in range(3)]
    page(browser, "/")
    with statements(desk.app) as before:
        page(browser, "/")
    for number in numbers:
        answer(desk, flagged(desk, number, "other"))
    with statements(desk.app) as after:
        page(browser, "/")
    asked = [one for one in after if "rumour" in one]
    assert len(asked) == len([one for one in before if "rumour" in one]) == 1
