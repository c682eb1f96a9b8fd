"""The sealed thread on the server: who takes part, what it takes from a phone, how long it keeps it."""

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from community.database import db, now
from community.erasure.erasing import erase
from community.erasure.retention import KEPT
from community.groups.bans import Ban
from community.groups.measures import Measure
from community.groups.membership import Membership
from community.groups.models import Group
from community.outbox.models import Outbox
from community.people.models import Session
from community.questions.models import Question
from community.sealed.models import LASTS, PhoneKey, SealedKey, SealedMessage, SealedThread
from community.sealed.rings import CallSealed, end
from community.sealed.word import OWN, PHONES
from tests.announcements.scene import Scene
from tests.conftest import Stage
from tests.sealed.alone import SomePhone, asked, count, point, text


@pytest.fixture
def scene(stage: Stage) -> Scene:
    return Scene(stage)


@pytest.fixture
def two(scene: Scene) -> tuple[SomePhone, SomePhone]:
    """The asker and the teacher, a phone each, in a thread that has begun."""
    question = asked(scene)
    hers, helper = (SomePhone(scene.browser(part), question) for part in ("member", "teacher"))
    assert hers.begins().status_code == 303
    assert hers.comes().status_code == helper.comes().status_code == 303
    return hers, helper


Two = tuple[SomePhone, SomePhone]


def test_it_says_its_limits_before_the_first_word(scene: Scene) -> None:
    page = SomePhone(scene.browser("member"), asked(scene)).opens()
    assert page.status_code == 200
    assert page.text.count("<li") >= 4
    assert "data-ready" in page.text and "data-needs" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "data-kept" not in page.text


def test_the_other_one_reads_the_limits_before_her_first_word_too(two: Two) -> None:
    two[0].says()
    assert ['class="fold" open' in one.opens().text for one in two] == [False, True]


def test_a_word_is_kept_as_it_came_and_wrapped_for_both(scene: Scene, two: Two) -> None:
    hers, helper = two
    assert hers.live() == helper.live() and len(hers.live()) == 2
    word = hers.word()
    assert hers.browser.post(f"{hers.place}/words", data=word).status_code == 303
    for phone, wrapped in zip((hers, helper), word["wrapped"], strict=True):
        page = phone.opens().text
        assert word["ciphertext"] in page and wrapped.partition(".")[2] in page
    assert wrapped.partition(".")[2] not in hers.opens().text, "what is wrapped for the other phone stays with it"
    assert helper.says().status_code == 303
    assert helper.last() == 2


def test_a_second_tap_says_it_once(scene: Scene, two: Two) -> None:
    word = two[0].word()
    for _tap in range(2):
        assert two[0].browser.post(f"{two[0].place}/words", data=word).status_code == 303
    assert count(scene, SealedMessage) == 1
    assert two[0].begins().status_code == 303
    assert count(scene, SealedThread) == 1


@pytest.mark.parametrize("part", ["english reader", "head", "parent"])
def test_nobody_else_comes_in(scene: Scene, two: Two, part: str) -> None:
    """Nor who leads the school, above all of it."""
    other = SomePhone(scene.browser(part), two[0].question)
    assert [other.opens().status_code, other.begins().status_code, other.comes().status_code] == [404] * 3
    assert other.browser.post(f"{other.place}/words", data=two[0].word()).status_code == 404
    assert other.erases().status_code == 404
    assert count(scene, SealedThread) == 1


def test_where_nobody_has_taken_it_there_is_no_thread(scene: Scene) -> None:
    alone = SomePhone(scene.browser("member"), asked(scene, taker=None))
    assert alone.opens().status_code == alone.begins().status_code == 404


def leaves(scene: Scene) -> None:
    gone = sa.delete(Membership).where(Membership.person_id == scene.people["teacher"])
    db.session.execute(gone.where(Membership.group_id == scene.grades[3]))


def loses_the_role(scene: Scene) -> None:
    hers = (Membership.person_id == scene.people["teacher"], Membership.group_id == scene.grades[3])
    db.session.scalars(sa.select(Membership).where(*hers)).one().role = "member"


def is_banned(scene: Scene) -> None:
    Ban.put(db.session.get_one(Group, scene.grades[3]), scene.person("teacher"), scene.person("head"))


@pytest.mark.parametrize("happens", [leaves, loses_the_role, is_banned])
def test_who_lost_her_place_is_out_at_the_next_request_and_nothing_is_wrapped_for_her(
    scene: Scene, two: Two, happens: Any
) -> None:
    hers, helper = two
    hers.says()
    with scene.changing():
        happens(scene)
    assert [helper.opens().status_code, helper.comes().status_code] == [404, 404]
    assert hers.live() == [hers.own()]


def test_a_banned_asker_is_out(scene: Scene, two: Two) -> None:
    with scene.changing():
        Ban.put(db.session.get_one(Group, scene.grades[3]), scene.person("member"), scene.person("head"))
    assert two[0].opens().status_code == 404


def hand_over(scene: Scene, question: int, to: str) -> None:
    """As its page does, to another responder of the grade."""
    with scene.changing():
        asked = db.session.get_one(Question, question)
        assert asked.taker
        assert asked.hand_over(asked.taker, scene.person(to))


def order(page: str) -> list[str]:
    """The numbers of the words, and "swap" where somebody else helps from."""
    [section] = re.findall(r"<section.*?</section>", page, flags=re.DOTALL)
    return [number or swap for number, swap in re.findall(r'data-number="(\d+)"|#(swap)', section)]


def test_handed_over_the_new_one_reads_from_then_on_and_the_old_one_no_more(scene: Scene, two: Two) -> None:
    hers, before = two
    hers.says()
    scene.join("parent", scene.grades[3], role="responder")
    hand_over(scene, hers.question, "parent")
    after = SomePhone(scene.browser("parent"), hers.question)
    assert before.opens().status_code == 404
    assert after.comes().status_code == 303
    assert hers.says().status_code == 303
    first, second = after.opens().text.split('data-number="2"')
    assert 'data-wrapped=""' in first and 'data-wrapped=""' not in second
    assert set(hers.live()) == {hers.own(), after.own()}


def test_whoever_else_helps_is_told_of_where_it_began_also_before_her_phone_is_there(scene: Scene, two: Two) -> None:
    hers, before = two
    scene.join("parent", scene.grades[3], role="responder")
    hers.says()
    mark = hers.opens().headers["ETag"]
    assert order(hers.opens().text) == ["1"]
    hand_over(scene, hers.question, "parent")
    again = hers.browser.get(hers.place, headers={"If-None-Match": mark})
    assert order(again.text) == ["1", "swap"]
    assert 'data-turn="1"' in again.text
    after = SomePhone(scene.browser("parent"), hers.question)
    after.comes()
    assert "note mirch" not in after.opens().text.partition("<ul")[0], "no key of hers was lost"
    hers.says()
    assert order(hers.opens().text) == order(after.opens().text) == ["1", "swap", "2"]
    hand_over(scene, hers.question, "teacher")
    assert order(hers.opens().text) == order(before.opens().text) == ["1", "swap", "2", "swap"]


def test_handed_over_before_the_first_word_it_is_said_on_top(scene: Scene, two: Two) -> None:
    scene.join("parent", scene.grades[3], role="responder")
    hand_over(scene, two[0].question, "parent")
    assert order(two[0].opens().text) == ["swap"]


def test_who_let_it_go_and_took_it_again_is_nobody_else(scene: Scene, two: Two) -> None:
    with scene.changing():
        asked = db.session.get_one(Question, two[0].question)
        assert asked.let_go(scene.person("teacher")) and asked.take(scene.person("teacher"))
    assert order(two[0].opens().text) == []


def test_muted_she_reads_and_writes_nothing(scene: Scene, two: Two) -> None:
    with scene.changing():
        grade, until = db.session.get_one(Group, scene.grades[3]), now() + timedelta(days=1)
        Measure.take("mute", grade, scene.person("member"), scene.person("head"), reason="hurts", until=until)
    assert two[0].says().status_code == 403
    page = two[0].opens()
    assert page.status_code == 200
    assert "/measures/" in page.text and "data-write" not in page.text, "and it says why, where the field would be"
    assert "data-write" in two[1].opens().text
    two[0].erases()
    begins = two[0].opens().text
    assert "/measures/" in begins and f'action="{two[0].place}"' not in begins


@pytest.mark.parametrize(("part", "code"), [("member", 303), ("teacher", 403)])
def test_muted_she_still_talks_to_who_helps_her_with_urgent_help(scene: Scene, part: str, code: int) -> None:
    """As she may ask for it. Who helps is no other than with her open answers."""
    question = asked(scene)
    hers, helper = (SomePhone(scene.browser(one), question) for one in ("member", "teacher"))
    with scene.changing():
        db.session.get_one(Question, question).trouble = "violence"
        grade, until = db.session.get_one(Group, scene.grades[3]), now() + timedelta(days=1)
        Measure.take("mute", grade, scene.person(part), scene.person("head"), reason="hurts", until=until)
    assert {"member": hers, "teacher": helper}[part].begins().status_code == code
    assert hers.begins().status_code == 303
    hers.comes(), helper.comes()
    said = {"member": hers, "teacher": helper}[part]
    assert said.says().status_code == code
    assert ("data-write" in said.opens().text) == (code == 303)


def test_where_the_group_rests_nobody_writes(scene: Scene, two: Two) -> None:
    word = two[0].word()
    scene.archive(scene.grades[3])
    assert two[0].browser.post(f"{two[0].place}/words", data=word).status_code == 404
    assert count(scene, SealedMessage) == 0


def test_who_came_back_by_a_code_sees_nothing_of_it(scene: Scene, two: Two) -> None:
    with scene.changing():
        hers = sa.update(Session).where(Session.person_id == scene.people["member"])
        db.session.execute(hers.values(without_roles=True))
    assert [two[0].opens().status_code, two[0].comes().status_code] == [403, 403]


BAD: list[dict[str, Any]] = [
    {"ephemeral": "A" * 87},
    {"ephemeral": ""},
    {"iv": text(11)},
    {"iv": "!" * 16},
    {"ciphertext": text(15)},
    {"ciphertext": text(8193)},
    {"ciphertext": "<script>" * 9},
    {"key": "short"},
    {"number": "-1"},
    {"number": "9" * 400},
    {"phone": ""},
    {"wrapped": []},
    {"wrapped": ["1"]},
    {"wrapped": [f"{one}.{text(48)}" for one in range(1, PHONES + 2)]},
    {"wrapped": [f"1.{text(48)}"] * 2},
]


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_what_no_phone_of_ours_would_send_is_refused(scene: Scene, two: Two, bad: dict[str, Any]) -> None:
    assert two[0].says(**bad).status_code == 422
    assert count(scene, SealedMessage) == 0


@pytest.mark.parametrize(
    "public", ["", "A" * 87, "B" + "A" * 86, point()[:-1], "x" * 9000, "AA" + point()[2:]], ids=range(6)
)
def test_a_key_that_is_no_point_on_the_curve_is_refused(scene: Scene, two: Two, public: str) -> None:
    assert two[0].browser.post(f"{two[0].place}/phone", data={"public": public}).status_code == 422
    assert count(scene, PhoneKey) == 2


def test_a_longest_word_is_taken(two: Two) -> None:
    assert two[0].says(ciphertext=text(8192)).status_code == 303


def test_another_phone_is_told_of_and_what_was_locked_before_it_came_is_locked_anew(scene: Scene, two: Two) -> None:
    hers, helper = two
    helper.says()
    stale = hers.word()
    another = SomePhone(scene.browser("teacher"), hers.question)
    another.comes()
    assert hers.browser.post(f"{hers.place}/words", data=stale).status_code == 409
    assert hers.says().status_code == 303, "once more, for the phone that came"
    assert [page.text.count("#phone") for page in (hers.opens(), helper.opens())] == [2, 2], "one beside the limits"
    assert helper.browser.post("/me/sign-out").status_code == 303
    assert len(hers.live()) == 2, "who signed out there reads nothing more there"


@pytest.mark.parametrize("other", ["number", "phone", "reader"])
def test_a_word_for_other_phones_or_another_number_is_refused(scene: Scene, two: Two, other: str) -> None:
    hers, helper = two
    wrong = {
        "number": {"number": "2"},
        "phone": {"phone": helper.own()},
        "reader": {"wrapped": [f"{hers.own()}.{text(48)}", f"999.{text(48)}"]},
    }[other]
    assert hers.says(**wrong).status_code == 409
    assert count(scene, SealedMessage) == 0


def test_a_phone_that_lost_its_key_takes_another_and_the_page_says_so(scene: Scene, two: Two) -> None:
    hers, _helper = two
    hers.says()
    lost, hers.public = hers.own(), point()
    assert hers.comes().status_code == 303
    assert hers.own() != lost and lost not in hers.live()
    assert "note mirch" in hers.opens().text
    assert hers.says().status_code == 303
    assert "note mirch" not in hers.opens().text


def test_nobody_takes_the_key_of_another_phone_nor_very_many(two: Two, scene: Scene) -> None:
    hers, helper = two
    helper.public = hers.public
    assert helper.comes().status_code == 409
    phones = [SomePhone(scene.browser("teacher"), hers.question) for _phone in range(OWN)]
    assert [one.comes().status_code for one in phones] == [303] * (OWN - 1) + [409]


def test_each_of_both_erases_it_for_both(scene: Scene, two: Two) -> None:
    hers, helper = two
    hers.says()
    assert helper.erases().status_code == 303
    assert [count(scene, kind) for kind in (SealedMessage, SealedKey, PhoneKey)] == [0, 0, 0]
    assert "data-sealed" not in hers.opens().text
    assert helper.erases().status_code == 303
    assert hers.begins().status_code == 303, "and they can begin anew"


@pytest.mark.parametrize("happens", [leaves, loses_the_role, is_banned])
def test_who_lost_her_place_can_still_erase_it(scene: Scene, two: Two, happens: Any) -> None:
    hers, helper = two
    hers.says()
    with scene.changing():
        happens(scene)
    assert f'action="{helper.place}/erasure"' in helper.browser.get(f"{helper.place}/erasure").text
    assert [helper.erases().status_code for _tap in range(2)] == [303, 303]
    assert [count(scene, kind) for kind in (SealedMessage, SealedKey, PhoneKey)] == [0, 0, 0]


def test_let_go_both_find_the_way_to_erase_it(scene: Scene, two: Two) -> None:
    hers, helper = two
    hers.says()
    with scene.changing():
        assert db.session.get_one(Question, hers.question).let_go(scene.person("teacher"))
    for one in two:
        assert one.opens().status_code == 404
        assert f'href="{one.place}/erasure"' in one.browser.get(f"/questions/{one.question}").text
    assert hers.erases().status_code == 303
    assert "<form" not in hers.browser.get(f"{hers.place}/erasure").text.partition("<main")[2].partition("</main")[0]
    assert count(scene, SealedMessage) == 0
    assert helper.erases().status_code == 404, "nothing is left of hers, nor of whose it was"


def test_a_banned_asker_can_still_erase_it_but_not_by_a_code(scene: Scene, two: Two) -> None:
    hers, _helper = two
    hers.says()
    with scene.changing():
        Ban.put(db.session.get_one(Group, scene.grades[3]), scene.person("member"), scene.person("head"))
        mine = sa.update(Session).where(Session.person_id == scene.people["member"])
        db.session.execute(mine.values(without_roles=True))
    assert [hers.erases().status_code, hers.browser.get(f"{hers.place}/erasure").status_code] == [403, 403]
    with scene.changing():
        db.session.execute(mine.values(without_roles=False))
    assert hers.erases().status_code == 303
    assert count(scene, SealedMessage) == 0


def test_who_handed_it_over_erases_nothing_of_hers_who_helps_now(scene: Scene, two: Two) -> None:
    hers, before = two
    scene.join("parent", scene.grades[3], role="responder")
    hand_over(scene, hers.question, "parent")
    after = SomePhone(scene.browser("parent"), hers.question)
    after.comes()
    hers.says()
    assert before.erases().status_code == 404
    assert count(scene, SealedMessage) == 1
    assert after.erases().status_code == 303


def test_it_goes_thirty_days_after_the_last_word(scene: Scene, two: Two) -> None:
    with time_machine.travel(now() + timedelta(days=20)):
        two[0].says()
    with scene.app.app_context():
        thread = db.session.scalars(sa.select(SealedThread.id)).one()
    for days, left in ((49, 1), (51, 0)):
        with time_machine.travel(now() + timedelta(days=days)), scene.changing():
            end(thread)
        assert count(scene, SealedMessage) == left
    assert count(scene, SealedThread) == 0


def test_its_end_is_promised_and_said_among_what_goes_by_itself(scene: Scene, two: Two) -> None:
    two[0].says()
    with scene.app.app_context():
        [at] = db.session.scalars(sa.select(Outbox.run_at).where(Outbox.kind == "end-sealed"))
        assert timedelta() < at - now() - LASTS < timedelta(days=1, minutes=1)
    assert LASTS.days in [one.days for one in KEPT if one.table is None]


def test_who_looks_again_gets_nothing_where_nothing_is_new(two: Two) -> None:
    hers, helper = two
    mark = hers.opens().headers["ETag"]
    again = hers.browser.get(hers.place, headers={"If-None-Match": mark})
    assert (again.status_code, again.data, again.headers["Cache-Control"]) == (304, b"", "no-store")
    helper.says()
    assert hers.browser.get(hers.place, headers={"If-None-Match": mark}).status_code == 200


def test_the_ring_names_nobody_and_nothing_and_not_who_left(scene: Scene, two: Two) -> None:
    two[0].says()
    with scene.changing():
        rows = db.session.scalars(sa.select(Outbox).where(Outbox.kind == "call-sealed")).all()
        assert {row.args["person_id"] for row in rows} == {scene.people["teacher"], scene.people["member"]}
        row = next(one for one in rows if one.args["person_id"] == scene.people["teacher"])
        found = CallSealed().called(row)
        assert found
        body = found[1]().decode()
        assert f"/questions/{two[0].question}/sealed" in body
        assert "कमला" not in body and "कक्षा" not in body
        leaves(scene)
        db.session.flush()
        assert CallSealed().called(row) is None


def test_very_many_words_wait_and_it_says_how_long(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("community.sealed.views.HOURLY", 1)
    assert two[0].says().status_code == 303
    answer = two[0].says()
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 3600


def test_the_page_says_no_name_of_the_other_one(scene: Scene, two: Two) -> None:
    """Who asked without her name is nobody here, too."""
    two[0].says()
    page = two[1].opens().text
    assert "कमला" not in page
    assert set(re.findall(r'data-side="(\w+)"', page)) == {"asks", "helps"}


@pytest.mark.parametrize(("part", "threads", "words"), [("member", 0, 0), ("teacher", 1, 1)])
def test_erased_nothing_of_hers_stays(scene: Scene, two: Two, part: str, threads: int, words: int) -> None:
    hers, helper = two
    hers.says()
    helper.says()
    with scene.changing():
        erase(scene.person(part))
    assert (count(scene, SealedThread), count(scene, SealedMessage)) == (threads, words)
    with scene.app.app_context():
        left = sa.select(sa.func.count()).select_from(PhoneKey).where(PhoneKey.person_id == scene.people[part])
        assert db.session.scalar(left) == 0
