"""Two taps report it; the right ones look; what they decide can be heard, appealed, and ends by itself."""

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from community.announcements.models import Announcement
from community.audit.models import AuditEntry
from community.care.models import Case, Report
from community.database import db, now
from community.groups.bans import Ban
from community.groups.measures import Measure
from community.groups.membership import admit
from community.groups.models import Group
from community.invitations.models import Invitation
from community.outbox.models import Outbox
from community.people.blocks import Block
from tests.announcements.scene import Scene, statements
from tests.conftest import Stage
from tests.groups.town import membership_id

BAD = "वह चोर है"


@pytest.fixture
def scene(stage: Stage) -> Scene:
    """The school; grade 3 lets everybody say something, has two who look after it and one who helps."""
    made = Scene(stage)
    with made.changing():
        grade = db.session.get_one(Group, made.grades[3])
        grade.posting = "everyone"
        admit(grade, made.person("parent"))
        admit(grade, made.person("english reader")).role = "moderator"
    return made


def said_badly(scene: Scene, author: str = "member", role: str = "member") -> int:
    return scene.release(author, BAD, group=scene.grades[3], role=role)


def reported(scene: Scene, number: int, by: str = "parent", reason: str = "hurts", what: str = "announcement") -> Any:
    browser = scene.browser(by)
    assert browser.get(f"/report/{what}/{number}").status_code == 200
    answer = browser.post(f"/report/{what}/{number}", data={"reason": reason})
    assert answer.status_code == 303, answer.text
    return browser


def the_case(scene: Scene) -> int:
    with scene.app.app_context():
        return db.session.scalars(sa.select(Case.id).order_by(Case.id.desc())).first() or 0


def queued(scene: Scene, part: str) -> set[int]:
    page = scene.browser(part).get("/").text
    return {int(number) for number in re.findall(r'href="/cases/(\d+)"', page)}


def decide(scene: Scene, part: str, number: int, **fields: str) -> Any:
    return scene.browser(part).post(f"/cases/{number}/decision", data=fields)


def rows(scene: Scene, model: Any, *where: Any) -> list[Any]:
    with scene.app.app_context():
        return list(db.session.scalars(sa.select(model).where(*where).order_by(model.id)))


def test_two_taps_report_it_and_it_stands_first_where_somebody_helps(scene: Scene) -> None:
    number = said_badly(scene)
    page = scene.browser("parent").get(f"/announcements/{number}").text
    assert f'href="/report/announcement/{number}"' in page
    reported(scene, number)
    case = the_case(scene)
    for part in ("teacher", "english reader"):
        page = scene.browser(part).get("/").text
        main = page[page.index("<main>") :]
        assert main.index(f"/cases/{case}") < main.index('class="card'), "the first card on their phone"
    for part in ("member", "parent", "head"):  # whom it is about, who reported, who stands further up
        assert case not in queued(scene, part)
    assert scene.browser("member").get(f"/cases/{case}").status_code == 404
    assert scene.browser("parent").get(f"/cases/{case}").status_code == 404


def test_of_who_helps_the_admins_hear_and_of_an_admin_only_who_stands_above(scene: Scene) -> None:
    reported(scene, said_badly(scene, "english reader", "moderator"))
    case = the_case(scene)
    assert case in queued(scene, "teacher")
    assert case not in queued(scene, "english reader")
    number = scene.release("teacher", "और", group=scene.grades[3], role="admin")
    reported(scene, number, "member")
    assert the_case(scene) not in queued(scene, "teacher") | queued(scene, "english reader")
    assert the_case(scene) in queued(scene, "head")


def test_of_the_only_owner_the_operator_hears(scene: Scene) -> None:
    scene.app.config["METRICS_TOKEN"] = "a-key-of-the-operator"
    reported(scene, scene.release("head", BAD, role="admin"))
    case = the_case(scene)
    assert all(case not in queued(scene, part) for part in scene.people)
    operator = scene.app.test_client()
    assert operator.get("/operator/cases").status_code == 401
    operator.post("/operator", data={"key": "a-key-of-the-operator"})
    assert f"/operator/cases/{case}" in operator.get("/operator/cases").text
    assert operator.post(f"/operator/cases/{case}", data={"deed": "remove"}).status_code == 303
    [said] = rows(scene, Announcement, Announcement.removed_at.is_not(None))
    assert said.removed_by is None
    assert scene.browser("parent").get(f"/announcements/{said.id}").status_code == 200


def test_ten_reports_are_one_case_and_what_is_urgent_rings_two(scene: Scene) -> None:
    number = said_badly(scene)
    reported(scene, number)
    reported(scene, number)  # a double tap
    assert not rows(scene, Outbox, Outbox.kind == "call-care")
    reported(scene, number, "urdu parent", "danger")
    reported(scene, number, "head", "child")
    [case] = rows(scene, Case)
    assert case.urgent
    assert len(rows(scene, Report)) == 3
    rung = {row.args["person_id"] for row in rows(scene, Outbox, Outbox.kind == "call-care")}
    assert rung == {scene.people["teacher"], scene.people["english reader"]}


def test_removed_told_appealed_and_put_back(scene: Scene) -> None:
    number = said_badly(scene)
    reporter = reported(scene, number)
    case = the_case(scene)
    assert decide(scene, "english reader", case, deed="remove", reason="hurts", words="यह चोट देता है").status_code == 303
    assert BAD not in scene.browser("parent").get(f"/groups/{scene.grades[3]}").text
    [report] = rows(scene, Report)
    assert f"/reports/{report.id}/heard" in reporter.get("/").text
    reporter.post(f"/reports/{report.id}/heard")
    assert f"/reports/{report.id}/heard" not in reporter.get("/").text
    [measure] = rows(scene, Measure)
    author = scene.browser("member")
    assert f"/measures/{measure.id}" in author.get("/").text
    page = author.get(f"/measures/{measure.id}").text
    assert "यह चोट देता है" in page
    with scene.changing():
        assert str(scene.person("parent").name) not in page, "who reported is told to nobody but those who decide"
    assert author.post(f"/measures/{measure.id}/appeal", data={"words": "यह गीत है"}).status_code == 303
    appeal = the_case(scene)
    assert appeal not in queued(scene, "english reader"), "somebody else decides"
    assert appeal in queued(scene, "teacher")
    assert decide(scene, "english reader", appeal, deed="lift").status_code == 404
    assert decide(scene, "teacher", appeal, deed="lift").status_code == 303
    assert BAD in scene.browser("parent").get(f"/groups/{scene.grades[3]}").text
    assert f"/measures/{measure.id}" in author.get("/").text


def test_who_reported_is_in_no_log_and_on_no_page_of_the_accused(scene: Scene) -> None:
    reported(scene, said_badly(scene))
    decide(scene, "teacher", the_case(scene), deed="warn", reason="hurts")
    for entry in rows(scene, AuditEntry, AuditEntry.action == "warned"):
        assert scene.people["parent"] not in (entry.actor_id, entry.subject_id, *entry.details.values())
    assert not rows(scene, AuditEntry, AuditEntry.actor_id == scene.people["parent"])


@pytest.mark.large
def test_a_decision_counts_once(scene: Scene) -> None:
    reported(scene, said_badly(scene))
    case = the_case(scene)
    assert decide(scene, "teacher", case, deed="leave").status_code == 303
    assert decide(scene, "english reader", case, deed="ban", reason="hurts").status_code == 409
    assert not rows(scene, Ban)


def test_who_may_only_read_reads_and_says_nothing_until_it_ends_by_itself(scene: Scene) -> None:
    grade = scene.grades[3]
    number = scene.release("teacher", "कल छुट्टी", group=grade, role="admin")
    held = membership_id(scene, "member", grade)  # type: ignore[arg-type]
    answer = scene.browser("teacher").post(
        f"/memberships/{held}/measures", data={"deed": "mute", "reason": "much", "for": "day"}
    )
    assert answer.status_code == 303
    member = scene.browser("member")
    assert "कल छुट्टी" in member.get(f"/groups/{grade}").text
    [measure] = rows(scene, Measure)
    for answer in (
        scene.announce(member, "फिर", group=grade),
        member.post(f"/announcements/{number}/acknowledgement", data={"wish": "explain"}),
    ):
        assert answer.status_code == 403
        assert f"/measures/{measure.id}" in answer.text
    assert member.post(f"/announcements/{number}/acknowledgement", data={}).status_code == 303
    with time_machine.travel(now() + timedelta(hours=25)):
        assert scene.announce(scene.browser("member"), "फिर", group=grade).status_code == 303


@pytest.mark.large
def test_what_was_said_before_does_not_go_out_afterwards(scene: Scene) -> None:
    grade = scene.grades[3]
    scene.announce(scene.browser("member"), BAD, group=grade)
    held = membership_id(scene, "member", grade)  # type: ignore[arg-type]
    mute = {"deed": "mute", "reason": "hurts", "for": "week"}
    scene.browser("teacher").post(f"/memberships/{held}/measures", data=mute)
    scene.release_all()
    [said] = rows(scene, Announcement, Announcement.author_id == scene.people["member"])
    assert said.seq is None
    assert said.withdrawn_at is not None


def test_a_door_opens_again_by_itself(scene: Scene) -> None:
    grade = scene.grades[3]
    held = membership_id(scene, "member", grade)  # type: ignore[arg-type]
    scene.browser("teacher").post(f"/memberships/{held}/ban", data={"reason": "hurts", "for": "week"})
    with scene.app.app_context():
        person, group = scene.person("member"), db.session.get_one(Group, grade)
        assert Ban.holds(person, group)
        with time_machine.travel(now() + timedelta(days=8)):
            assert not Ban.holds(person, group)
            assert Ban.of(group) == []
    assert "/measures/" in scene.browser("member").get("/").text, "she hears why"


@pytest.mark.large
def test_nobody_decides_about_an_equal_and_nobody_about_herself(scene: Scene) -> None:
    grade = scene.grades[3]
    with scene.changing():
        admit(db.session.get_one(Group, grade), scene.person("urdu parent")).role = "admin"
    beside, own = (membership_id(scene, part, grade) for part in ("urdu parent", "teacher"))  # type: ignore[arg-type]
    teacher, fields = scene.browser("teacher"), {"deed": "warn", "reason": "hurts"}
    assert teacher.post(f"/memberships/{own}/measures", data=fields).status_code == 404
    with scene.app.app_context():
        both = sa.select(Group.id).where(Group.id == grade)
        assert db.session.scalar(both) == grade
    assert teacher.post(f"/memberships/{beside}/measures", data=fields).status_code in (403, 404)
    assert not rows(scene, Measure)


def test_whom_she_blocks_she_does_not_hear_and_nobody_learns_of_it(scene: Scene) -> None:
    number = said_badly(scene)
    parent = scene.browser("parent")
    before = scene.browser("member").get("/").text
    assert parent.post(f"/report/announcement/{number}/block").status_code == 303
    assert BAD not in parent.get("/").text
    assert BAD not in parent.get(f"/groups/{scene.grades[3]}").text
    assert BAD in scene.browser("urdu parent").get("/").text
    assert scene.browser("member").get("/").text == before
    official = scene.release("member", "पानी आएगा", group=scene.grades[3], role="admin")
    assert f"/announcements/{official}" in parent.get("/").text, "in the name of the group"
    [block] = rows(scene, Block)
    assert parent.post(f"/blocks/{block.id}/end").status_code == 303
    assert BAD in parent.get("/").text


def test_when_nobody_looks_it_goes_up_and_when_the_desk_is_empty_too(scene: Scene) -> None:
    reported(scene, said_badly(scene))
    with time_machine.travel(now() + timedelta(days=4)):
        scene.release_all()
        assert the_case(scene) in queued(scene, "head")
        assert the_case(scene) not in queued(scene, "teacher")


def test_who_lost_her_role_decides_no_more(scene: Scene) -> None:
    reported(scene, said_badly(scene))
    case, teacher = the_case(scene), scene.browser("teacher")
    with scene.changing():
        for part in ("teacher", "english reader"):
            for held in rows_of(scene, part):
                held.role = "member"
    assert teacher.post(f"/cases/{case}/decision", data={"deed": "leave"}).status_code == 404
    scene.release_all()
    assert case in queued(scene, "head"), "never nobody"


def rows_of(scene: Scene, part: str) -> list[Any]:
    from community.groups.membership import Membership

    mine = (Membership.person_id == scene.people[part], Membership.group_id == scene.grades[3])
    return list(db.session.scalars(sa.select(Membership).where(*mine)))


def test_an_invitation_is_reported_also_by_a_stranger(scene: Scene) -> None:
    with scene.changing():
        made = Invitation.make(db.session.get_one(Group, scene.grades[3]), scene.person("english reader"))
        code = made.code
    stranger = scene.app.test_client()
    assert stranger.post(f"/j/{code}/report", data={"reason": "money"}).status_code == 303
    case = the_case(scene)
    assert case in queued(scene, "teacher")
    assert case not in queued(scene, "english reader")
    assert decide(scene, "teacher", case, deed="remove", reason="money").status_code == 303
    assert stranger.get(f"/j/{code}").status_code == 410


@pytest.mark.large
def test_a_group_a_person_and_a_photo_are_reported(scene: Scene) -> None:
    grade = scene.grades[3]
    reported(scene, grade, what="group")
    case = the_case(scene)
    assert case in queued(scene, "head")
    assert case not in queued(scene, "teacher") | queued(scene, "english reader"), "those who lead it do not judge it"
    reported(scene, membership_id(scene, "member", grade), what="person")  # type: ignore[arg-type]
    assert the_case(scene) in queued(scene, "teacher")
    assert decide(scene, "teacher", the_case(scene), deed="ban", reason="hurts").status_code == 303
    assert scene.browser("member").get(f"/groups/{grade}").status_code == 404


def test_nobody_reports_herself_or_what_she_does_not_see(scene: Scene) -> None:
    number = said_badly(scene)
    assert scene.browser("member").post(f"/report/announcement/{number}", data={"reason": "hurts"}).status_code == 404
    assert scene.browser("parent").post("/report/announcement/987654", data={"reason": "hurts"}).status_code == 404
    assert scene.browser("parent").post(f"/report/nonsense/{number}", data={"reason": "hurts"}).status_code == 404


@pytest.mark.large
def test_a_flood_is_stopped_and_rings_three_times_at_most(scene: Scene) -> None:
    numbers = [scene.release("member", f"{BAD} {turn}", group=scene.grades[3], role="member") for turn in range(22)]
    parent = scene.browser("parent")
    codes = [parent.post(f"/report/announcement/{one}", data={"reason": "danger"}).status_code for one in numbers]
    assert codes == [303] * 20 + [429] * 2
    assert sum(case.urgent for case in rows(scene, Case)) == 3


def test_who_looks_after_something_asks_one_thing_more_and_others_nothing(scene: Scene) -> None:
    reported(scene, said_badly(scene))
    asked = {}
    for part in ("member", "teacher"):
        browser = scene.browser(part)
        browser.get("/")
        with statements(scene.app) as asking:
            browser.get("/")
        asked[part] = [
            one for one in asking if "care_case" in one or "measure" in one or "block" in one.lower().split()
        ]
    assert len(asked["teacher"]) == 1
    assert asked["member"] == []
