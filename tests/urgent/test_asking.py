"""Five pictures, two trained people, and nothing of it anywhere else."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from community.database import db, now
from community.duty.models import Duty
from community.groups.measures import Measure
from community.groups.membership import admit
from community.groups.models import Group
from community.groups.silences import Silence
from community.media.disposal import NAMED_AGAIN
from community.media.models import Voice
from community.outbox.models import Outbox
from community.people.models import Session
from community.phones.models import Pin
from community.questions import routing
from community.questions.models import Question, Step
from community.subscriptions.models import Listener
from community.urgent.asking import TROUBLES
from tests.announcements.scene import Scene, key_in, page
from tests.media.speech import speech, wav
from tests.urgent.conftest import listens, trained

NIGHT = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)  # half past one in India
WORDS = "PLANTEDTROUBLE मदद"


def ask(scene: Scene, part: str = "Rani", trouble: int = 3, **fields: Any) -> Any:
    where = f"/groups/{scene.grades[3]}/help/{trouble}"
    browser = scene.browser(part)
    return browser.post(where, data={"key": key_in(page(browser, where)), **fields})


def questions(scene: Scene) -> list[Question]:
    with scene.app.app_context():
        return list(db.session.scalars(sa.select(Question).order_by(Question.id)))


def test_the_picture_is_enough(there: Scene) -> None:
    answer = ask(there)
    [asked] = questions(there)
    assert (answer.status_code, answer.location) == (303, f"/help/{asked.id}")
    assert (asked.trouble, asked.text, asked.shared, asked.unnamed, asked.named) == ("food", "", False, True, False)
    assert asked.desk_id == there.school


def test_words_and_her_name_if_she_wishes(there: Scene) -> None:
    ask(there, text=WORDS, named="1")
    [asked] = questions(there)
    assert (asked.text, asked.named) == (WORDS, True)


@pytest.mark.parametrize(("place", "word"), [(1, "Violence"), (2, "Health"), (3, "Food"), (4, "Money"), (5, "A child")])
def test_each_picture_leads_to_a_form_that_says_who_is_told(there: Scene, place: int, word: str) -> None:
    browser = there.browser("Rani")
    shown = page(browser, "/help")
    assert f'href="/groups/{there.grades[3]}/help/{place}"' in shown
    form = page(browser, f"/groups/{there.grades[3]}/help/{place}")
    assert word in form
    for text in (shown, form):
        assert "Meena" in text
        assert "Tara" in text


def test_where_nobody_is_trained_nothing_is_promised(scene: Scene) -> None:
    browser = scene.browser("Rani")
    shown = page(browser, "/help")
    assert "Nobody in your groups is there for urgent help now." in shown
    assert "/help/3" not in shown
    where = f"/groups/{scene.grades[3]}/help/3"
    assert "<form" not in page(browser, where)
    refused = browser.post(where, data={"key": "a-key-of-a-phone"})
    assert refused.status_code == 409
    assert "tel:112" in refused.text
    assert not questions(scene)


def test_from_the_page_of_a_group_in_which_nobody_is_there_she_is_led_to_one_where_somebody_is(there: Scene) -> None:
    with there.changing():
        looks = {"language": "en", "picture": "mother", "colour": "gulab"}
        far = Group.plant(None, name="Far circle", **looks)
        admit(far, there.person("Rani"))
    browser, where = there.browser("Rani"), f"/groups/{far.id}/help/3"
    shown, form = page(browser, f"/help?in={far.id}"), page(browser, where)
    assert f'href="/groups/{there.grades[3]}/help/3"' in shown
    assert f'action="/groups/{there.grades[3]}/help/3"' in form
    for text in (shown, form):
        assert "Meena" in text
        assert "Nobody in your groups" not in text
    refused = browser.post(where, data={"key": "a-key-of-a-phone", "text": WORDS})
    assert refused.status_code == 409
    assert f'action="/groups/{there.grades[3]}/help/3"' in refused.text
    assert WORDS in refused.text
    with there.changing():  # asked while somebody was there, who has gone since
        stranded = Question.ask(
            db.session.get_one(Group, far.id), there.person("Rani"), key="a-key", trouble="food", shared=False
        )
    assert f'href="/groups/{there.grades[3]}/help/3"' in page(browser, f"/help/{stranded.id}")


def test_somebody_is_found_from_whichever_of_many_groups(there: Scene) -> None:
    there.newcomer("Wide")
    with there.changing():
        looks = {"language": "en", "picture": "mother", "colour": "gulab"}
        for number in range(7):
            admit(Group.plant(None, name=f"circle {number}", **looks), there.person("Wide"))
    assert "Nobody in your groups" in page(there.browser("Wide"), "/help")
    there.join("Wide", there.grades[3])
    shown = page(there.browser("Wide"), "/help")
    assert "Meena" in shown
    assert f'href="/groups/{there.grades[3]}/help/3"' in shown


def test_nobody_is_told_of_her_own_trouble(there: Scene) -> None:
    """Of the two the other one remains."""
    shown = page(there.browser("Meena"), "/help")
    assert "This person is trained for it" in shown
    assert "Meena" not in shown.partition("<main>")[2]
    assert "Tara" in shown


def test_a_second_tap_makes_one_thing(there: Scene) -> None:
    where, browser = f"/groups/{there.grades[3]}/help/3", there.browser("Rani")
    data = {"key": key_in(page(browser, where))}
    first, second = browser.post(where, data=data), browser.post(where, data=data)
    assert first.location == second.location
    assert len(questions(there)) == 1


def test_three_an_hour_and_then_how_long(there: Scene) -> None:
    for _time in range(3):
        assert ask(there).status_code == 303
    refused = ask(there)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert "tel:112" in refused.text
    assert len(questions(there)) == 3
    with there.changing():
        db.session.execute(sa.update(Question).values(created=now() - timedelta(minutes=61)))
    assert ask(there).status_code == 303


def test_by_night_only_who_may_be_woken_is_promised(there: Scene) -> None:
    with there.changing():
        there.person("Tara").on_call = False
    with time_machine.travel(NIGHT, tick=False):
        shown = page(there.browser("Rani"), "/help")
        assert "This person is trained for it" in shown
        assert "Meena" in shown
        assert "Tara" not in shown
        with there.changing():
            there.person("Meena").on_call = False
        assert "Nobody in your groups is there" in page(there.browser("Rani"), "/help")


def test_who_is_promised_is_who_is_rung(there: Scene) -> None:
    ask(there)
    assert rung(there) == {there.people["Meena"], there.people["Tara"]}


SILENT = "No phone can ring for this now."


def with_pins(scene: Scene) -> None:
    looks = {"picture": "fish", "colour": "mor", "digits": "x", "seed": "0" * 64}
    db.session.add(Pin(phone_id=listens(scene.person("Far")).phone_id, person_id=scene.people["Far"], **looks))


def left_above(scene: Scene) -> None:
    listens(scene.person("Far"))
    Silence.begin(scene.person("Far"), db.session.get_one(Group, scene.school))


PHONES = {
    "none that she allowed": lambda _scene: None,
    "with somebody else": lambda scene: listens(scene.person("Far"), scene.person("parent")),
    "gone": lambda scene: setattr(listens(scene.person("Far")), "ended_at", now()),
    "with PINs": with_pins,
    "silent, as she left": left_above,
}


@pytest.mark.parametrize("phone", PHONES.values(), ids=PHONES)
def test_whose_phone_can_not_ring_is_not_said_to_be_told(scene: Scene, phone: Callable[[Scene], object]) -> None:
    scene.newcomer("Far", scene.school)
    trained(scene, "Far", scene.school, rings=False)
    with scene.changing():
        phone(scene)
    browser, where = scene.browser("Rani"), f"/groups/{scene.grades[3]}/help/3"
    for address in ("/help", where, ask(scene).location):
        shown = page(browser, address)
        assert SILENT in shown, address
        assert "told at once" not in shown
        assert "was told" not in shown
    assert "Far" in page(browser, where).partition("<main>")[2]


def test_who_can_be_rung_goes_before_who_can_not(scene: Scene) -> None:
    for part, rings in (("Meena", True), ("Tara", True), ("Far", False)):
        scene.newcomer(part, scene.school)
        trained(scene, part, scene.school, rings=rings)
    shown = page(scene.browser("Rani"), "/help")
    assert "Meena" in shown
    assert "Tara" in shown
    assert "Far" not in shown.partition("<main>")[2]
    shown = page(scene.browser("Rani"), ask(scene).location)
    assert SILENT not in shown
    assert rung(scene) == {scene.people["Meena"], scene.people["Tara"]}


def rung(scene: Scene) -> set[int]:
    with scene.app.app_context():
        found = db.session.scalars(sa.select(Outbox.args).where(Outbox.kind == "call-help")).all()
    return {one["person_id"] for one in found}


@pytest.mark.parametrize(("rings", "at"), [(True, NIGHT), (False, NIGHT), (False, NIGHT - timedelta(hours=8))])
def test_it_goes_past_who_sleeps_or_can_not_be_rung_nearer(there: Scene, rings: bool, at: datetime) -> None:
    """Who is promised is who is rung, there too."""
    there.newcomer("Asha", there.grades[3])
    trained(there, "Asha", there.grades[3], rings=rings)
    with there.changing():
        there.person("Asha").on_call = not rings
    with time_machine.travel(at, tick=False):
        shown = page(there.browser("Rani"), "/help").partition("<main>")[2]
        assert ["Asha" in shown, "Meena" in shown, "Tara" in shown] == [False, True, True]
        ask(there)
        assert [one.desk_id for one in questions(there)] == [there.school]


def test_it_does_not_rise_from_who_is_rung_to_whose_phone_can_not_ring(there: Scene) -> None:
    there.newcomer("Asha", there.grades[3])
    trained(there, "Asha", there.grades[3])
    with there.changing():
        for part in ("Meena", "Tara"):
            db.session.execute(sa.delete(Listener).where(Listener.person_id == there.people[part]))
    ask(there)
    [asked] = questions(there)
    assert asked.desk_id == there.grades[3]
    with time_machine.travel((asked.moves_at or now()) + timedelta(minutes=1)), there.changing():
        routing.pass_up(asked.id)
    assert [one.desk_id for one in questions(there)] == [there.grades[3]]


def test_who_may_only_read_is_not_promised(there: Scene) -> None:
    with there.changing():
        group, head = db.session.get_one(Group, there.grades[3]), there.person("head")
        Measure.take("mute", group, there.person("Tara"), head, reason="hurts", until=now() + timedelta(days=1))
    shown = page(there.browser("Rani"), "/help").partition("<main>")[2]
    assert ["Meena" in shown, "Tara" in shown] == [True, False]


def test_taken_back_again_and_again_it_does_not_ring_without_end(there: Scene) -> None:
    where, browser = ask(there).location, there.browser("Rani")
    [asked] = questions(there)
    there.browser("Meena").post(f"/questions/{asked.id}/taker")
    with there.app.app_context():
        rings = db.session.scalar(sa.select(sa.func.count()).where(Outbox.kind == "call-help"))
    for minutes in range(1, 6):
        with time_machine.travel(now() + timedelta(minutes=minutes), tick=False):
            browser.post(f"{where}/withdrawal")
            browser.post(f"{where}/return")
    [asked] = questions(there)
    assert asked.ended_at
    with there.app.app_context():
        sent = sa.select(sa.func.count()).where(Step.question_id == asked.id, Step.what == "sent")
        assert db.session.scalar(sent) == 3
        assert db.session.scalar(sa.select(sa.func.count()).where(Outbox.kind == "call-help")) == rings, "hers still"
    assert f'action="{where}/return"' not in page(browser, where)


def test_a_refused_form_comes_back_with_all_that_was_written(there: Scene) -> None:
    refused = ask(there, text=WORDS * 500, named="1")
    assert refused.status_code == 422
    assert WORDS * 500 in refused.text
    assert 'name="named" value="1" checked' in refused.text
    assert refused.headers["Cache-Control"] == "no-store"
    assert not questions(there)


def test_what_she_said_stays_for_her_next_try_and_else_nowhere(there: Scene) -> None:
    browser, where = there.browser("Rani"), f"/groups/{there.grades[3]}/help/3"
    refused = ask(there, text=WORDS * 500, voice=spoken())
    [key] = re.findall(r'name="voice_key" value="([^"]+)"', refused.text)
    assert browser.post(where, data={"key": "a-key-of-a-phone", "voice_key": key}).status_code == 303
    assert ask(there, text=WORDS * 500, voice=spoken()).status_code == 422
    with time_machine.travel(now() + NAMED_AGAIN + timedelta(minutes=1)):
        there.release_all()
    [asked] = questions(there)
    assert voices(there) == [asked.voice_id]


def test_where_nobody_is_told_from_there_any_more_she_hears_it_and_sends_all_of_it_from_another_group(
    there: Scene,
) -> None:
    """Also from one of another community: what she spoke goes there, and stays nowhere else."""
    with there.changing():
        far = Group.plant(None, name="Far circle", language="en", picture="mother", colour="gulab")
        admit(far, there.person("Rani"))
    browser, where = there.browser("Rani"), f"/groups/{far.id}/help/3"
    refused = browser.post(where, data={"key": "a-key-of-a-phone", "text": WORDS, "voice": spoken(), "named": "1"})
    assert refused.status_code == 409
    assert "It was not sent." in refused.text.partition('role="alert"')[2].partition("</p>")[0]
    assert refused.text.index('role="alert"') < refused.text.index("Ask for help now")
    assert len(voices(there)) == 1
    [key] = re.findall(r'name="voice_key" value="([^"]+)"', refused.text)
    another, here = key_in(refused.text), f"/groups/{there.grades[3]}/help/3"
    assert browser.get(f"/voices/{key}/voice.ogg").status_code == 200
    assert browser.post(here, data={"key": another, "text": WORDS, "voice_key": key}).status_code == 303
    [asked] = questions(there)
    assert (asked.text, [asked.voice_id]) == (WORDS, voices(there))
    assert "It was not sent." not in page(browser, here).partition("</main>")[0]


def test_what_she_said_to_nobody_is_not_kept(there: Scene) -> None:
    for _time in range(3):
        ask(there)
    assert ask(there, voice=spoken()).status_code == 429
    with there.changing():
        db.session.execute(sa.delete(Duty))
    data = {"key": "a-key-of-a-phone", "voice": spoken()}
    refused = there.browser("Rani").post(f"/groups/{there.grades[3]}/help/3", data=data)
    assert refused.status_code == 409
    assert voices(there) == []


def spoken() -> tuple[io.BytesIO, str]:
    return io.BytesIO(wav(speech(1))), "voice.wav"


def voices(scene: Scene) -> list[int]:
    with scene.app.app_context():
        return list(db.session.scalars(sa.select(Voice.id)))


def test_a_voice_that_is_none_is_refused(there: Scene) -> None:
    refused = ask(there, voice=(io.BytesIO(b"not a voice"), "voice.ogg"))
    assert refused.status_code == 422
    assert "This file is not a voice." in refused.text


def test_no_address_names_the_trouble(there: Scene) -> None:
    ask(there)
    browser, form = there.browser("Rani"), f"/groups/{there.grades[3]}/help/3"
    for address in ("/help", form, ask(there, trouble=1).location):
        addresses = re.findall(r'(?:href|action)="(/[^"]*)"', page(browser, address))
        assert addresses
        assert not [one for one in addresses if any(word in one for word in TROUBLES)], address


@pytest.mark.parametrize("place", ["boredom", "food", "0", "6", "-1"])
def test_what_is_no_trouble_is_not_here(there: Scene, place: str) -> None:
    where, browser = f"/groups/{there.grades[3]}/help/{place}", there.browser("Rani")
    assert browser.get(where).status_code == 404
    assert browser.post(where).status_code == 404


def test_who_is_not_in_it_and_where_it_rests_nobody_asks(there: Scene) -> None:
    where = f"/groups/{there.grades[3]}/help/3"
    there.newcomer("Far", there.grades[5])
    assert there.browser("Far").post(where, data={"key": "a-key-of-a-phone"}).status_code == 404
    there.archive(there.grades[3])
    assert there.browser("Rani").post(where, data={"key": "a-key-of-a-phone"}).status_code == 404
    assert not questions(there)


def test_a_mute_keeps_nobody_from_asking_for_help(there: Scene) -> None:
    with there.changing():
        group, head = db.session.get_one(Group, there.grades[3]), there.person("head")
        Measure.take("mute", group, there.person("Rani"), head, reason="hurts", until=now() + timedelta(days=1))
    browser = there.browser("Rani")
    assert ask(there).status_code == 303
    assert [one.desk_id for one in questions(there)] == [there.school]
    assert browser.post(f"/groups/{there.grades[3]}/questions", data={"key": "0" * 32, "text": "x"}).status_code == 403


def test_she_alone_reads_how_far_it_is(there: Scene) -> None:
    where = ask(there, text=WORDS).location
    assert WORDS in page(there.browser("Rani"), where)
    for part in ("Meena", "head", "parent"):
        assert there.browser(part).get(where).status_code == 404
    assert there.app.test_client().get(where).status_code == 401


def test_who_came_back_by_a_code_may_ask_and_reads_nothing(there: Scene) -> None:
    where, browser = ask(there, text=WORDS).location, there.browser("Rani")
    with there.changing():
        db.session.execute(
            sa.update(Session).where(Session.person_id == there.people["Rani"]).values(without_roles=True)
        )
    assert browser.get(where).status_code == 403
    assert f'href="{where}"' not in page(browser, "/help")
    assert browser.post(f"{where}/withdrawal").status_code == 403
    sent = browser.post(f"/groups/{there.grades[3]}/help/2", data={"key": "another-key-of-a-phone"})
    assert (sent.status_code, sent.location) == (303, "/help?sent=1")
    assert "Sent" in page(browser, sent.location)


def test_she_takes_it_back_and_asks_again(there: Scene) -> None:
    where, browser = ask(there).location, there.browser("Rani")
    assert browser.post(f"{where}/withdrawal").status_code == 303
    assert questions(there)[0].ended_at
    shown = page(browser, where)
    assert "Nobody is told any more." in shown
    assert "Send it again" in shown
    assert "Undo" not in shown, "in most languages the same word as to take back"
    assert browser.post(f"{where}/return").status_code == 303
    assert questions(there)[0].ended_at is None


def test_no_page_of_it_is_kept_and_each_can_be_hidden(there: Scene) -> None:
    browser = there.browser("Rani")
    where = ask(there).location
    for address in ("/help", where, f"/groups/{there.grades[3]}/help/3"):
        answer = browser.get(address, headers={"User-Agent": "Chrome/130"})
        assert answer.headers["Cache-Control"] == "no-store", address
        assert "Use-As-Dictionary" not in answer.headers
        assert "data-kept" not in answer.text
        assert 'href="/calendar" data-away' in answer.text
        assert "<title>Aangan</title>" in answer.text, "the history would tell"


def test_nothing_of_it_stands_on_her_other_pages(there: Scene) -> None:
    before = page(there.browser("Rani"), "/")
    number = ask(there, text=WORDS).location.rpartition("/")[2]
    after = page(there.browser("Rani"), "/")
    assert f"/help/{number}" not in after
    assert f"/questions/{number}" not in after
    assert before.count("<a ") == after.count("<a ")
    assert f'href="/help/{number}"' in page(there.browser("Rani"), "/help")


def test_the_numbers_stand_where_she_asks(there: Scene) -> None:
    shown = page(there.browser("Rani"), f"/groups/{there.grades[3]}/help/1")
    assert "data-lost" in shown
    assert 'href="tel:112"' in shown


def test_her_own_phone_is_none_that_tells_somebody(there: Scene) -> None:
    with there.changing():
        db.session.execute(sa.delete(Listener))
    trained(there, "Rani", there.school)  # her phone alone can ring
    assert ask(there).status_code == 303
    [asked] = questions(there)
    assert SILENT in page(there.browser("Rani"), f"/help/{asked.id}")
    with there.changing():
        listens(there.person("Meena"))
    assert SILENT not in page(there.browser("Rani"), f"/help/{asked.id}")
