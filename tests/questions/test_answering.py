"""Who answers takes a question alone, lets it go, hands it over, answers it; and only as long as she has the role."""

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine

from community.database import db, now
from community.duty.models import Duty
from community.groups.measures import Measure
from community.groups.membership import Membership, admit
from community.groups.models import Group
from community.outbox.models import Outbox
from community.people.models import Session
from community.questions.answered import CallAnswered
from community.questions.models import Answer, Question
from community.questions.rings import CallQuestion
from tests.announcements.scene import statements
from tests.media.speech import recorded, speech
from tests.questions.conftest import Desk


def test_of_two_one_takes_it_and_the_other_hears_by_whom(desk: Desk) -> None:
    number = desk.ask()
    assert desk.post("helper", f"/questions/{number}/taker") == 303
    refused = desk.browser("other").post(f"/questions/{number}/taker")
    assert refused.status_code == 409
    assert "helper" in refused.text
    assert desk.post("helper", f"/questions/{number}/taker") == 303  # her second tap
    assert desk.steps(number) == ["sent", "heard", "taken"]
    assert "helper" in desk.browser("parent").get(f"/questions/{number}").text


def test_a_voice_that_answers_too_late_stays_nowhere(desk: Desk) -> None:
    number, kept = desk.ask(), Path(desk.app.config["MEDIA"])
    desk.post("helper", f"/questions/{number}/taker")
    late = {"voice": (BytesIO(recorded(speech(2), "webm", "libopus")), "voice.webm"), "key": "key-of-phone"}
    assert desk.post("other", f"/questions/{number}/answers", **late) == 409
    assert [one for one in kept.rglob("*") if one.is_file()] == []


def test_what_one_read_before_the_other_took_it_takes_nothing(desk: Desk) -> None:
    """Both have read that it is free: the database decides."""
    number = desk.ask()
    with desk.changing():
        found, person = db.session.get_one(Question, number), desk.person("other")
        taken = sa.update(Question).where(Question.id == number).values(taken_by=desk.people["helper"])
        db.session.execute(taken.execution_options(synchronize_session=False))
        assert found.taken_by is None
        assert not found.take(person)
    assert desk.question(number).taken_by == desk.people["helper"]


def test_a_look_by_a_prefetch_is_none_and_the_first_real_one_counts(desk: Desk) -> None:
    number = desk.ask()
    page = desk.browser("helper").get(f"/questions/{number}").text
    assert desk.question(number).heard_at is None
    assert f'action="/questions/{number}/heard" data-heard' in page
    assert "I understood" in page, '"Understood" is said to her in many languages: that she has'
    desk.post("helper", f"/questions/{number}/heard")
    desk.post("other", f"/questions/{number}/heard")
    assert desk.steps(number) == ["sent", "heard"]


def test_let_go_it_rings_the_other_and_leads_who_reads_it_no_more_to_her_list(desk: Desk) -> None:
    def rings() -> list[int]:
        with desk.app.app_context():
            rows = db.session.scalars(sa.select(Outbox.args).where(Outbox.kind == "call-question").order_by(Outbox.id))
            return [one["person_id"] for one in rows]

    number, browser = desk.ask(), desk.browser("helper")
    before = rings()
    desk.post("helper", f"/questions/{number}/taker")
    with time_machine.travel(now() + timedelta(minutes=1), tick=False):
        assert browser.post(f"/questions/{number}/taker/end").location == f"/questions/{number}"
    assert desk.people["other"] in rings()[len(before) :]
    assert desk.people["helper"] not in rings()[len(before) :]
    with desk.changing():
        head = admit(db.session.get_one(Group, desk.school), desk.person("head"))
        head.role = "responder"
        elsewhere = Membership.person_id.in_([desk.people[one] for one in ("other", "teacher")])
        db.session.execute(sa.delete(Membership).where(elsewhere, Membership.group_id == desk.grades[3]))
    desk.post("helper", f"/questions/{number}/taker")
    with time_machine.travel(now() + timedelta(minutes=2), tick=False):
        assert browser.post(f"/questions/{number}/taker/end").location == "/questions"
    assert desk.question(number).desk_id == desk.school


def test_let_go_it_is_anybodys_again(desk: Desk) -> None:
    number = desk.ask()
    desk.post("helper", f"/questions/{number}/taker")
    desk.post("other", f"/questions/{number}/taker/end")
    assert desk.question(number).taken_by == desk.people["helper"]
    desk.post("helper", f"/questions/{number}/taker/end")
    assert desk.post("other", f"/questions/{number}/taker") == 303
    assert desk.steps(number)[-2:] == ["let go", "taken"]
    page = desk.browser("parent").get(f"/questions/{number}").text
    assert "Others can take it now" in page
    assert "Let others take it" not in page, "that is the button, and she has none"


def test_handed_over_to_who_answers_there_and_to_nobody_else(desk: Desk) -> None:
    number, address = desk.ask(), ""
    address = f"/questions/{number}/handover"
    desk.post("helper", f"/questions/{number}/taker")
    for part in ("parent", "member", "helper"):
        assert desk.post("helper", address, person=desk.people[part]) == 404
    assert "Hand it over" in desk.browser("helper").get(f"/questions/{number}").text
    assert desk.post("helper", address, person=desk.people["other"]) == 303
    assert desk.question(number).taken_by == desk.people["other"]
    assert "<b>Handed over</b> · " in desk.browser("parent").get(f"/questions/{number}").text
    assert desk.post("helper", address, person=desk.people["teacher"]) == 409
    with desk.app.app_context():
        [rings] = db.session.scalars(sa.select(Outbox).where(Outbox.kind == "call-taker"))
        assert rings.args == {"question_id": number, "person_id": desk.people["other"]}


def test_what_was_handed_to_her_counts_on_her_courtyard_and_she_is_told_until_when_it_is_hers(desk: Desk) -> None:
    number = desk.ask()
    desk.post("helper", f"/questions/{number}/taker")
    waits = "1 question waits for you"
    assert waits not in desk.browser("other").get("/").text
    desk.post("helper", f"/questions/{number}/handover", person=desk.people["other"])
    assert waits in desk.browser("other").get("/").text
    assert waits not in desk.browser("helper").get("/").text
    until = "If nothing comes from you until"
    assert until in desk.browser("other").get(f"/questions/{number}").text
    assert until not in desk.browser("helper").get(f"/questions/{number}").text
    desk.post("other", f"/questions/{number}/answers", key="key-of-phone", text="At six")
    assert waits not in desk.browser("other").get("/").text


def test_who_is_muted_lets_it_go_and_is_handed_nothing(desk: Desk) -> None:
    number = desk.ask()
    desk.post("helper", f"/questions/{number}/taker")
    with desk.changing():
        group, head = db.session.get_one(Group, desk.grades[3]), desk.person("head")
        for part in ("helper", "other"):
            Measure.take("mute", group, desk.person(part), head, reason="hurts", until=now() + timedelta(days=1))
        db.session.get_one(Question, number).taken_by = desk.people["helper"]
    assert desk.post("helper", f"/questions/{number}/answers", key="key-of-phone", text="At six") == 403
    assert desk.post("helper", f"/questions/{number}/taker/end") == 303
    assert desk.question(number).taken_by is None
    desk.post("teacher", f"/questions/{number}/taker")
    assert desk.post("teacher", f"/questions/{number}/handover", person=desk.people["other"]) == 409
    assert desk.question(number).taken_by == desk.people["teacher"]


def test_undone_it_rings_nobody_where_somebody_has_taken_it(desk: Desk) -> None:
    number = desk.ask()
    desk.post("helper", f"/questions/{number}/taker")
    before = desk.how_many(Outbox)
    with time_machine.travel(now() + timedelta(minutes=1), tick=False):
        for deed in ("withdrawal", "withdrawal/undo"):
            assert desk.post("parent", f"/questions/{number}/{deed}") == 303
    found = desk.question(number)
    assert (found.ended_at, found.taken_by) == (None, desk.people["helper"])
    assert desk.how_many(Outbox) == before + 2, "a look at it later, an emptying that finds it open, and no ring"


def test_what_has_gone_to_another_branch_its_old_desk_reads_no_more(desk: Desk) -> None:
    """Answered or open, and before the outbox has looked at it."""
    answered, waits, taken = desk.ask(), desk.ask(text="PLANTED words"), desk.ask(text="PLANTED words")
    desk.post("helper", f"/questions/{answered}/answers", key="key-of-phone", text="At six")
    desk.post("other", f"/questions/{taken}/taker")
    with desk.changing():
        for number in (answered, waits, taken):
            db.session.get_one(Question, number).group_id = desk.grades[5]
        admit(db.session.get_one(Group, desk.grades[5]), desk.person("parent"))
    for number in (answered, waits, taken):
        assert desk.status("helper", f"/questions/{number}") == 404
        assert desk.status("parent", f"/questions/{number}") == 200
    assert desk.post("helper", f"/questions/{answered}/answers", key="another-key", text="At seven") == 404
    assert "PLANTED" not in desk.browser("other").get("/questions").text
    with desk.app.test_request_context("/"):
        row = Outbox(kind="call-question", key="x", args={"question_id": waits, "person_id": desk.people["other"]})
        assert CallQuestion().called(row) is None


def test_answered_once_for_each_key_and_better_once_more(desk: Desk) -> None:
    number = desk.ask()
    for _ in range(2):
        assert desk.post("helper", f"/questions/{number}/answers", key="key-of-phone", text="At six") == 303
    assert desk.how_many(Answer) == 1
    assert desk.post("helper", f"/questions/{number}/answers", text="No: at seven") == 303
    page = desk.browser("parent").get(f"/questions/{number}").text
    assert page.index("No: at seven") < page.index("At six")
    assert desk.post("other", f"/questions/{number}/answers", text="Me too") == 409


def test_an_empty_answer_comes_back(desk: Desk) -> None:
    number = desk.ask()
    page = desk.browser("helper").get(f"/questions/{number}/answers/new")
    assert page.headers["Cache-Control"] == "no-store"
    assert desk.post("helper", f"/questions/{number}/answers", text=" ") == 422
    assert desk.question(number).is_open


def test_who_lost_the_role_has_lost_it_at_the_next_request(desk: Desk) -> None:
    number = desk.ask()
    desk.post("helper", f"/questions/{number}/taker")
    with desk.changing():
        for held in Membership.together(desk.grades[3], desk.people["helper"]):
            held.role = "member"
    assert desk.status("helper", f"/questions/{number}") == 404
    assert desk.post("helper", f"/questions/{number}/answers", text="At six") == 404
    assert "Where is the bus?" not in desk.browser("helper").get("/questions").text


def test_closed_without_an_answer_she_sees_it_and_may_say_that_it_did_not_help(desk: Desk) -> None:
    number = desk.ask()
    assert desk.post("helper", f"/questions/{number}/closing") == 409
    desk.post("helper", f"/questions/{number}/taker")
    assert desk.post("helper", f"/questions/{number}/closing") == 303
    page = desk.browser("parent").get(f"/questions/{number}").text
    assert "closed without an answer" in page
    assert f"/questions/{number}/no-help" in page


CLOSED = "This question was closed without an answer."


def closing(desk: Desk) -> list[Outbox]:
    """The rings that she was promised."""
    with desk.app.app_context():
        return list(db.session.scalars(sa.select(Outbox).where(Outbox.kind == "call-answered")))


def test_of_what_was_closed_she_is_told_until_she_has_seen_it(desk: Desk) -> None:
    number = desk.ask()
    for deed in ("taker", "closing"):
        desk.post("helper", f"/questions/{number}/{deed}")
    [row] = closing(desk)
    with desk.app.test_request_context():
        called = CallAnswered().called(row)
        assert called
        assert called[0].id == desk.people["parent"]
        said = called[1]().decode()
        assert CLOSED in said
        assert "bus" not in said
    assert CLOSED in desk.browser("parent").get("/").text
    desk.post("parent", f"/questions/{number}/heard")
    assert CLOSED not in desk.browser("parent").get("/").text
    with desk.app.app_context():
        assert CallAnswered().called(row) is None


def test_of_what_she_took_back_herself_she_is_told_nothing(desk: Desk) -> None:
    number = desk.ask()
    desk.post("helper", f"/questions/{number}/taker")
    desk.post("parent", f"/questions/{number}/withdrawal")
    assert f'href="/questions/{number}"' not in desk.browser("parent").get("/").text
    assert not closing(desk)
    desk.post("parent", f"/questions/{number}/withdrawal/undo")
    desk.post("helper", f"/questions/{number}/closing")
    assert CLOSED in desk.browser("parent").get("/").text


def test_who_answers_nothing_of_her_own(desk: Desk) -> None:
    number = desk.ask("helper")
    assert desk.post("helper", f"/questions/{number}/taker") == 404
    assert desk.post("helper", f"/questions/{number}/answers", text="I know") == 404


def test_urgent_ones_stand_on_top_with_neutral_words_then_the_oldest_and_pages_go_on(desk: Desk) -> None:
    numbers = []
    with desk.changing():
        Duty.begin(
            db.session.get_one(Group, desk.grades[3]), desk.person("helper"), desk.person("teacher"), urgent=True
        )
        for number in range(45):
            group, asker = db.session.get_one(Group, desk.grades[3]), desk.person("parent")
            said = {"text": f"Question {number}.", "trouble": "food" if number in (7, 30) else None}
            one = Question.ask(group, asker, key=f"key-{number:04}", **said)
            one.desk = group
            db.session.flush()
            numbers.append(one.id)
    browser, seen, address = desk.browser("helper"), [], "/questions"

    while address:
        page = browser.get(address).text
        assert "Question 7." not in page  # what is urgent is said in neutral words
        seen += [int(found) for found in re.findall(r'href="/questions/(\d+)"', page)]
        more = re.search(r'href="(/questions\?after=[^"]+)"', page)
        address = more[1] if more else ""
    ordinary = [number for place, number in enumerate(numbers) if place not in (7, 30)]
    assert seen == [numbers[7], numbers[30], *ordinary]


def test_urgent_help_is_seen_by_who_is_trained_for_it_and_not_by_the_rest_of_the_desk(desk: Desk) -> None:
    with desk.changing():
        group = db.session.get_one(Group, desk.grades[3])
        Duty.begin(group, desk.person("helper"), desk.person("teacher"), urgent=True)
        asked = Question.ask(group, desk.person("parent"), key="key-of-help", text="He beats me", trouble="violence")
        asked.desk = group
        db.session.flush()
        address = f"/questions/{asked.id}"
    assert "He beats me" in desk.browser("helper").get(address).text
    assert address in desk.browser("helper").get("/questions").text
    assert "1 question waits for you" in desk.browser("helper").get("/").text
    for part in ("other", "teacher"):
        assert desk.status(part, address) == 404
        assert address not in desk.browser(part).get("/questions").text
        assert "waits for you" not in desk.browser(part).get("/").text
    assert address not in desk.browser("parent").get("/questions").text  # her list says nothing of it
    assert address not in desk.browser("parent").get("/").text


def test_the_list_asks_no_more_for_many_than_for_one(desk: Desk) -> None:
    desk.ask()
    browser = desk.browser("helper")
    browser.get("/questions")
    with statements(desk.app) as one:
        browser.get("/questions")
    with desk.changing():
        group = db.session.get_one(Group, desk.grades[3])
        for number in range(15):
            Question.ask(group, desk.person("parent"), key=f"key-{number:04}", text="More").desk = group
    with statements(desk.app) as many:
        browser.get("/questions")
    assert len(many) == len(one)


@pytest.mark.parametrize("many", [255, 21])
def test_who_answers_in_more_groups_than_a_statement_has_parts_reads_the_oldest_of_all(desk: Desk, many: int) -> None:
    with desk.changing():
        root, person, asker = db.session.get_one(Group, desk.school), desk.person("other"), desk.person("parent")
        group = {"name": "g", "picture": "school", "colour": "haldi", "language": "en", "zone": "Asia/Kolkata"}
        made = [Group(id=1000 + number, parent=root, community_id=root.id, **group) for number in range(many)]
        for one in made:
            one._hang_below(root)
        db.session.add_all(made)
        db.session.flush()
        held = {"community_id": root.id, "person": person, "held_role": "admin"}
        db.session.add_all(Membership(group=one, **held) for one in made)
        ordinary = []
        for number in range(120):  # twice in some, from behind, and in most groups nothing
            where = made[-1 - number % 60 % many]
            asked = Question.ask(where, asker, key=f"key-{number:04}", text="How?")
            asked.desk = where
            ordinary.append(asked.id)
        trained = made[7]
        Duty.begin(trained, person, person, urgent=True)
        asked = Question.ask(trained, asker, key="key-urgent", text="Help", trouble="food")
        asked.desk, urgent = trained, asked.id
        Question.ask(made[8], asker, key="key-untrained", text="Help elsewhere", trouble="food").desk = made[8]
    browser = desk.browser("other")
    assert "100 questions wait for you" in browser.get("/").text
    found, address = [], "/questions"
    while address:
        text = browser.get(address).text
        found += [int(number) for number in re.findall(r'href="/questions/(\d+)"', text)]
        more = re.search(r"/questions\?after=[\d-]+", text)
        address = more[0] if more else ""
    assert found == [urgent, *ordinary]


def test_who_came_back_by_a_code_sees_nothing_of_it(desk: Desk) -> None:
    number = desk.ask()
    browser = desk.browser("parent")
    with desk.changing():
        mine = sa.update(Session).where(Session.person_id == desk.people["parent"])
        db.session.execute(mine.values(without_roles=True))
    for address in (f"/questions/{number}", "/questions", f"/groups/{desk.grades[3]}/questions"):
        assert browser.get(address).status_code == 403
    assert "question" not in browser.get("/").text.replace("#question", "")
