"""Whoever is taken out of a group hears why and may ask again; whom somebody has blocked offers her nothing."""

import pytest
import sqlalchemy as sa

from community.audit.models import AuditEntry
from community.care.models import Case
from community.database import db, now
from community.delegation.models import Appointment
from community.groups.contacts import Contact
from community.groups.leaving import leave
from community.groups.measures import Measure
from community.groups.membership import Membership, Standing
from community.groups.models import Group
from community.outbox.models import Outbox
from community.oversight.models import GroupCounter
from community.people.blocks import Block
from community.translating.call import Call
from community.translating.models import TranslationRequest
from tests.announcements.scene import Scene, page
from tests.conftest import Stage
from tests.groups.town import membership_id


@pytest.fixture
def scene(stage: Stage) -> Scene:
    return Scene(stage)


def taken_out(scene: Scene, **form: str) -> str:
    """The teacher takes the member out of grade 3; the ticket to undo it."""
    held = membership_id(scene, "member", scene.grades[3])  # type: ignore[arg-type]
    answer = scene.browser("teacher").post(f"/memberships/{held}/removal", data=form)
    assert answer.status_code == 303
    return answer.location.partition("removed=")[2]


def measure(scene: Scene) -> Measure:
    with scene.app.app_context():
        return db.session.scalars(sa.select(Measure).where(Measure.person_id == scene.people["member"])).one()


def is_in(scene: Scene) -> bool:
    return membership_id(scene, "member", scene.grades[3]) > 0  # type: ignore[arg-type]


def asks_again(scene: Scene) -> str:
    """She asks somebody further up to look again; the case's page."""
    assert scene.browser("member").post(f"/measures/{measure(scene).id}/appeal").status_code == 303
    with scene.app.app_context():
        return f"/cases/{db.session.scalars(sa.select(Case.id).where(Case.what == 'appeal')).one()}"


def test_who_is_taken_out_hears_why_and_may_come_back_after_an_appeal(scene: Scene) -> None:
    held = membership_id(scene, "member", scene.grades[3])  # type: ignore[arg-type]
    asked = page(scene.browser("teacher"), f"/memberships/{held}")
    assert asked.index(f"/memberships/{held}/removal") < asked.index('name="reason" value="hurts"')
    taken_out(scene, reason="much", words="हर घंटे विज्ञापन")
    assert not is_in(scene)
    found, member = measure(scene), scene.browser("member")
    assert (found.kind, found.reason) == ("removal", "much")
    assert f"/measures/{found.id}" in page(member, "/")
    assert "हर घंटे विज्ञापन" in page(member, f"/measures/{found.id}")
    case = asks_again(scene)
    assert scene.browser("teacher").post(f"{case}/decision", data={"deed": "lift"}).status_code == 404
    assert scene.browser("head").post(f"{case}/decision", data={"deed": "lift"}).status_code == 303
    assert is_in(scene)
    with scene.app.app_context():
        noted = sa.select(AuditEntry.details).where(AuditEntry.action == "removed")
        assert db.session.scalars(noted).one()["reason"] == "much"


def test_an_appeal_brings_nobody_back_who_went_by_herself_since(scene: Scene) -> None:
    taken_out(scene, reason="much")
    case = asks_again(scene)
    with scene.changing():
        person = scene.person("member")
        leave(person, Standing.of(person).memberships)
        db.session.add(_silence(scene))
    assert scene.browser("head").post(f"{case}/decision", data={"deed": "lift"}).status_code == 303
    assert not is_in(scene)


def _silence(scene: Scene) -> object:
    from community.groups.silences import LASTS, Silence

    Silence.forget(Silence.person_id == scene.people["member"], Silence.group_id == scene.school)
    place = {"community_id": scene.school, "group_id": scene.school}
    return Silence(**place, person_id=scene.people["member"], until=now() + LASTS)


def test_taken_out_by_mistake_and_put_back_is_over_for_both(scene: Scene) -> None:
    ticket = taken_out(scene, reason="other")
    assert scene.browser("teacher").post("/removals/undo", data={"removed": ticket}).status_code == 303
    assert is_in(scene)
    assert measure(scene).ended_at is not None


def test_a_reason_too_long_is_refused_and_kept(scene: Scene) -> None:
    held = membership_id(scene, "member", scene.grades[3])  # type: ignore[arg-type]
    answer = scene.browser("teacher").post(
        f"/memberships/{held}/removal", data={"words": "x" * 1001, "reason": "money"}
    )
    assert answer.status_code == 422
    assert "x" * 1001 in answer.text
    assert is_in(scene)


def test_whom_she_has_blocked_offers_her_no_role(scene: Scene) -> None:
    with scene.changing():
        grade = db.session.get_one(Group, scene.grades[3])
        offer = Appointment.offer(grade, scene.person("teacher"), role="responder", person=scene.person("member"))
        other = Appointment.offer(grade, scene.person("head"), role="moderator", person=scene.person("member"))
        codes = offer.code, other.code
        Block.put(scene.person("parent"), scene.person("teacher"))  # another's block changes nothing for her
    member, before = scene.browser("member"), page(scene.browser("teacher"), f"/groups/{scene.grades[3]}/roles")
    assert all(f"/a/{code}" in page(member, "/") for code in codes)
    with scene.changing():
        Block.put(scene.person("member"), scene.person("teacher"))
    courtyard = page(member, "/")
    assert f"/a/{codes[0]}" not in courtyard
    assert f"/a/{codes[1]}" in courtyard
    assert page(scene.browser("teacher"), f"/groups/{scene.grades[3]}/roles") == before, "who is blocked learns nothing"


def test_whom_she_has_blocked_asks_her_for_no_words_and_rings_no_phone(scene: Scene) -> None:
    number = scene.release("teacher", "कल छुट्टी", group=scene.grades[3], role="admin")
    with scene.changing():
        said = scene.state(number)
        asked = TranslationRequest.ask(db.session.merge(said), "ur", scene.person("parent"), scene.person("teacher"))
        row = Outbox(kind="call", args={"request_id": asked.id, "person_id": scene.people["parent"]})
        assert Call().called(row) is not None
        assert TranslationRequest.for_home(scene.person("parent")) == [asked]
        Block.put(scene.person("parent"), scene.person("teacher"))
        db.session.flush()
        assert Call().called(row) is None
        assert TranslationRequest.for_home(scene.person("parent")) == []


def test_beside_the_bell_stands_the_number_that_an_office_bearer_put_up_while_she_is_one(scene: Scene) -> None:
    grade = scene.grades[3]
    with scene.changing():
        counted = {"community_id": scene.school, "group_id": grade, "counted_at": now(), "groups": 1, "admins": 1}
        db.session.merge(GroupCounter(**counted, all_groups=1))
        Contact.put(db.session.get_one(Group, grade), scene.person("teacher"), "0612222333")
    head, path = scene.browser("head"), f"/groups/{grade}/oversight"
    assert 'href="tel:0612222333"' in page(head, path)
    mine = next(one for one in scene.memberships("teacher") if one.group_id == grade)
    scene.set(Membership, mine.id, held_role="member")
    assert "0612222333" not in page(head, path)
