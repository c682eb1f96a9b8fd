"""What waits for a look: whose, why, who decides, and that nothing is lost on the way."""

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from community.announcements.models import Announcement
from community.announcements.releasing import release
from community.audit.models import AuditEntry
from community.database import db, now
from community.groups.membership import Membership
from community.groups.models import Group
from community.holding.models import Held, waiting
from community.invitations.models import Invitation
from community.outbox.models import Outbox
from community.people.models import Person
from tests.announcements.scene import Scene, page

NUMBER = "Ask Asha: ९८७६५ ४३२१०"
AADHAAR = "2345 6789 0124"


@pytest.fixture
def open_school(stage: Scene) -> Scene:
    """The school, where everybody may announce."""
    stage.set(Group, stage.school, posting="everyone")
    return stage


@pytest.fixture
def careful(open_school: Scene) -> Scene:
    """The same, where the first words and the links of new members wait."""
    head = open_school.browser("head")
    assert head.post(f"/groups/{open_school.school}/held", data={"new": "1"}).status_code == 303
    return open_school


def say(stage: Scene, browser: FlaskClient, text: str, group: int | None = None, **fields: str) -> int:
    """Announce it, let the outbox do what it may; the announcement's id."""
    assert stage.announce(browser, text, key=f"key-{abs(hash(text))}", group=group, **fields).status_code == 303
    let_out(stage)
    return stage.said(text)


def let_out(stage: Scene) -> None:
    """What the outbox was promised to release by now, and nothing else."""
    with stage.changing():
        due = sa.select(Outbox).where(Outbox.kind == "release", Outbox.done_at.is_(None))
        for promise in db.session.scalars(due).all():
            release(promise.args["announcement_id"])
            promise.done_at = now()


def held_of(stage: Scene, announcement: int) -> Held:
    with stage.app.app_context():
        return db.session.scalars(
            sa.select(Held).where(Held.kind == "announcement", Held.subject_id == announcement).order_by(Held.id.desc())
        ).first()  # type: ignore[return-value]


def is_out(stage: Scene, announcement: int) -> bool:
    return stage.state(announcement).seq is not None


def decide(stage: Scene, part: str, held: Held, verb: str, **form: str) -> int:
    return stage.browser(part).post(f"/held/{held.id}/{verb}", data=form).status_code


def test_the_first_words_of_a_new_member_wait_and_go_out_once_somebody_has_looked(careful: Scene):
    asha = careful.newcomer("Asha", careful.school)
    number = say(careful, asha, "Hello, all")
    held = held_of(careful, number)

    assert not is_out(careful, number) and held.why == "first"
    assert "It waits until somebody has looked at it." in page(asha, f"/groups/{careful.school}")
    assert "It is the first that somebody says here." in page(asha, f"/held/{held.id}")
    assert "Hello, all" in page(careful.browser("head"), f"/groups/{careful.school}/held")

    assert decide(careful, "head", held, "approval") == 303
    let_out(careful)

    assert is_out(careful, number)
    assert "Hello, all" in page(careful.browser("head"), f"/announcements/{number}")
    assert is_out(careful, say(careful, asha, "Me again")), "the second waits for nobody"


def test_a_link_of_a_new_member_waits_until_she_is_new_no_more(careful: Scene):
    asha = careful.newcomer("Asha", careful.school)
    decide(careful, "head", held_of(careful, say(careful, asha, "Hello, all")), "approval")
    let_out(careful)

    number = say(careful, asha, "Look: www.example.com")
    assert held_of(careful, number).why == "link" and not is_out(careful, number)

    with careful.changing():
        old = sa.update(Membership).where(Membership.person_id == careful.people["Asha"])
        db.session.execute(old.values(created=now() - timedelta(days=8)))
    assert is_out(careful, say(careful, asha, "Look: https://example.com/b"))


def test_where_nobody_chose_it_a_new_member_speaks_at_once(open_school: Scene):
    asha = open_school.newcomer("Asha", open_school.school)

    assert is_out(open_school, say(open_school, asha, "Look: https://example.com"))


def test_who_has_a_role_is_not_new_and_what_is_chosen_above_holds_below(careful: Scene):
    grade = next(iter(careful.grades.values()))
    careful.set(Group, grade, posting="everyone")
    helper = careful.newcomer("Helper", grade, role="responder")
    asha = careful.newcomer("Asha", grade)

    assert is_out(careful, say(careful, helper, "I help", grade))
    assert not is_out(careful, say(careful, asha, "I am new", grade))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (NUMBER, "contact"), (f"Her card: {AADHAAR}", "aadhaar"), ("She lives in House no 5, Gali 3", "address"),
        ("Money: https://metamaskverification.in/x", "cheats"), (f"{AADHAAR}, {NUMBER}", "aadhaar contact"),
    ],
)  # fmt: skip
def test_what_gives_a_person_away_waits_everywhere(open_school: Scene, text: str, why: str):
    asha = open_school.newcomer("Asha", open_school.school)
    number = say(open_school, asha, text, vouched="1")

    assert held_of(open_school, number).why == why, "a member vouches for nobody"
    assert not is_out(open_school, number)
    assert text not in html.unescape(page(open_school.browser("head"), "/"))


def test_an_office_bearer_publishes_an_office_number_by_saying_that_it_is_one(stage: Scene):
    head = stage.newcomer("Head", stage.school, role="admin")
    refused = stage.announce(head, NUMBER, key="office-number")

    assert refused.status_code == 422
    assert NUMBER in refused.text and 'name="vouched"' in refused.text
    assert "There is a number or an address in it. All will know it." in refused.text
    assert is_out(stage, say(stage, head, NUMBER, vouched="1"))


def test_for_an_aadhaar_nobody_vouches(stage: Scene):
    head = stage.newcomer("Head", stage.school, role="admin")
    number = say(stage, head, f"card {AADHAAR}", vouched="1")

    assert held_of(stage, number).why == "aadhaar"
    assert decide(stage, "Head", held_of(stage, number), "approval") == 404, "nobody looks at her own"
    assert decide(stage, "head", held_of(stage, number), "approval") == 303


def test_other_words_before_it_goes_out_are_looked_at_anew(open_school: Scene):
    asha = open_school.newcomer("Asha", open_school.school)
    open_school.announce(asha, "Hello", key="key-hello")
    number = open_school.said("Hello")

    assert asha.post(f"/announcements/{number}", data={"text": NUMBER}).status_code == 303
    let_out(open_school)
    assert not is_out(open_school, number) and held_of(open_school, number).text == NUMBER

    assert asha.post(f"/announcements/{number}", data={"text": f"Card {AADHAAR}"}).status_code == 303
    held = held_of(open_school, number)
    assert (held.why, held.text, held.answer) == ("aadhaar", f"Card {AADHAAR}", None)

    assert asha.post(f"/announcements/{number}", data={"text": "Ask the office"}).status_code == 303
    let_out(open_school)
    assert is_out(open_school, number), "harmless words go out, though the first promise has run by"
    assert held_of(open_school, number).answer == "let"


def test_an_edit_of_an_office_bearers_asks_her_too(stage: Scene):
    head = stage.newcomer("Head", stage.school, role="admin")
    stage.announce(head, "Hello", key="key-hello")
    number = stage.said("Hello")

    refused = head.post(f"/announcements/{number}", data={"text": NUMBER})
    assert refused.status_code == 422 and NUMBER in refused.text and 'name="vouched"' in refused.text
    assert head.post(f"/announcements/{number}", data={"text": NUMBER, "vouched": "1"}).status_code == 303
    let_out(stage)
    assert is_out(stage, number)


def test_a_refusal_is_heard_with_its_reason_and_can_be_undone(open_school: Scene):
    asha = open_school.newcomer("Asha", open_school.school)
    number = say(open_school, asha, NUMBER)
    held = held_of(open_school, number)

    assert decide(open_school, "head", held, "refusal", reason="private", words="Ask her first, please") == 303
    courtyard, told = page(asha, "/"), page(asha, f"/held/{held.id}")

    assert "Your words were not let through." in courtyard and f'href="/held/{held.id}"' in courtyard
    assert "It says what is somebody" in told and "Ask her first, please" in told
    assert NUMBER in told, "nothing that she wrote is lost"
    assert asha.post(f"/held/{held.id}/hearing").status_code == 303
    assert "Your words were not let through." not in page(asha, "/")

    assert decide(open_school, "head", held, "undo") == 303
    assert NUMBER in page(open_school.browser("head"), f"/groups/{open_school.school}/held")
    assert decide(open_school, "head", held, "approval") == 303
    let_out(open_school)
    assert is_out(open_school, number)


def test_what_has_gone_out_is_not_held_again(open_school: Scene):
    asha = open_school.newcomer("Asha", open_school.school)
    held = held_of(open_school, say(open_school, asha, NUMBER))
    decide(open_school, "head", held, "approval")
    assert decide(open_school, "head", held, "undo") == 303, "within its ten seconds it is"
    decide(open_school, "head", held, "approval")
    let_out(open_school)

    assert decide(open_school, "head", held, "undo") == 409


def test_two_who_look_at_once_decide_once(open_school: Scene):
    asha = open_school.newcomer("Asha", open_school.school)
    held = held_of(open_school, say(open_school, asha, NUMBER))

    assert decide(open_school, "head", held, "approval") == 303
    assert decide(open_school, "head", held, "approval") == 303, "a second tap"
    assert decide(open_school, "head", held, "refusal") == 409


def test_who_takes_it_back_keeps_nobody_waiting(open_school: Scene):
    asha = open_school.newcomer("Asha", open_school.school)
    number = say(open_school, asha, NUMBER)

    assert asha.post(f"/announcements/{number}/withdrawal").status_code == 303
    assert held_of(open_school, number).answer == "taken back"
    assert NUMBER not in page(open_school.browser("head"), f"/groups/{open_school.school}/held")
    assert decide(open_school, "head", held_of(open_school, number), "approval") == 409


def test_each_decision_stands_in_the_audit_log_without_a_word_of_it(open_school: Scene):
    asha = open_school.newcomer("Asha", open_school.school)
    held = held_of(open_school, say(open_school, asha, NUMBER))
    for verb in ("refusal", "undo", "approval"):
        decide(open_school, "head", held, verb, words="secret words")

    with open_school.app.app_context():
        noted = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.subject_id == held.person_id)).all()
        noted = [one for one in noted if one.action.startswith("held")]
    assert [one.action for one in noted] == ["held refused", "held undone", "held let"]
    assert all(one.actor_id == open_school.people["head"] for one in noted)
    assert not re.search(r"Asha|९|secret", str([one.details for one in noted]))


def test_waiting_lists_it_for_who_looks_after_the_group_and_for_nobody_else(open_school: Scene):
    grade = next(iter(open_school.grades.values()))
    open_school.set(Group, grade, posting="everyone")
    asha = open_school.newcomer("Asha", grade)
    open_school.newcomer("Beside", open_school.school)
    open_school.newcomer("Near", grade, role="moderator")
    held = held_of(open_school, say(open_school, asha, NUMBER, grade))

    def listed(part: str) -> list[int]:
        with open_school.app.app_context():
            return [one.id for one in waiting(db.session.get_one(Person, open_school.people[part]))]

    assert listed("head") == listed("Near") == [held.id]
    assert listed("Asha") == listed("Beside") == []
    open_school.set(Membership, open_school.memberships("Near")[0].id, held_role="member")
    assert listed("Near") == [] and decide(open_school, "Near", held, "approval") == 404


def test_a_long_reason_is_refused_and_kept(open_school: Scene):
    asha = open_school.newcomer("Asha", open_school.school)
    held = held_of(open_school, say(open_school, asha, NUMBER))
    answer = open_school.browser("head").post(f"/held/{held.id}/refusal", data={"words": "x" * 301})

    assert answer.status_code == 422 and "x" * 301 in answer.text
    assert held_of(open_school, held.subject_id).answer is None


def test_the_choice_is_the_admins_and_is_noted(careful: Scene):
    helper = careful.newcomer("Helper", careful.school, role="moderator")
    assert helper.post(f"/groups/{careful.school}/held", data={}).status_code == 404
    assert careful.browser("head").post(f"/groups/{careful.school}/held", data={}).status_code == 303

    with careful.app.app_context():
        group = db.session.get_one(Group, careful.school)
        actions = db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.group_id == group.id)).all()
        assert not group.looks_at_new and {"looks at new", "looks at new no more"} <= set(actions)


@pytest.mark.parametrize(
    "path", [lambda stage: "/me/looks", lambda stage: f"/groups/{stage.school}/settings", lambda stage: "/communities"]
)
def test_a_name_with_a_number_is_refused_and_kept(stage: Scene, path: Callable[[Scene], str]):
    head = stage.newcomer("Head", stage.school, role="admin")
    answer = head.post(path(stage), data={"name": "Asha 9876543210", "shape": "school"})

    assert answer.status_code == 422
    assert "Asha 9876543210" in answer.text
    assert "A name is seen by all. Leave numbers and addresses out of it." in answer.text


def test_who_comes_in_with_a_number_for_a_name_has_none_yet(stage: Scene):
    browser = stage.app.test_client()
    with stage.changing():
        code = Invitation.make(db.session.get_one(Group, stage.school), stage.person("head")).code
    assert browser.post(f"/j/{code}", data={"name": "Asha 9876543210"}).status_code == 303

    with stage.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).where(Person.name.contains("98765"))) == 0
    assert "9876543210" not in page(browser, "/me")


def test_an_announcement_that_nobody_holds_costs_its_release_nothing(stage: Scene):
    number = say(stage, stage.browser("head"), "पानी आएगा")

    assert stage.state(number).held_id is None
    with stage.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Held)) == 0
        assert db.session.get_one(Announcement, number).seq
