"""Coming in: by link, by digits, by being asked about; and what an ended invitation says: nothing."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from community.database import Base, db, now, writing
from community.groups.membership import Membership
from community.groups.models import Group
from community.invitations.models import Invitation
from community.invitations.requests import JoinRequest
from community.people.models import Person
from tests.conftest import HEADERS, Stage
from tests.groups.town import field, let_in, membership_id, together


def invitation(stage: Stage, group_id: int, **how: object) -> tuple[int, str]:
    with stage.app.app_context(), writing():
        inviter = db.session.get_one(Person, stage.people["head"])
        made = Invitation.make(db.session.get_one(Group, group_id), inviter, **how)  # type: ignore[arg-type]
        db.session.commit()
        return made.id, made.code


def members(stage: Stage, group_id: int) -> int:
    with stage.app.app_context():
        return db.session.scalar(sa.select(sa.func.count(Membership.id)).where(Membership.group_id == group_id)) or 0


def change(stage: Stage, number: int, **values: object) -> None:
    with stage.app.app_context(), writing():
        db.session.execute(sa.update(Invitation).where(Invitation.id == number).values(**values))
        db.session.commit()


@pytest.mark.patient
def test_fifty_phones_race_for_ten_places(stage: Stage) -> None:
    group = stage.grades[20]
    before = members(stage, group)
    number, code = invitation(stage, group, most_uses=10)
    phones = [stage.app.test_client() for _ in range(50)]
    codes = together(lambda phone: phone.post(f"/j/{code}", headers=HEADERS).status_code, phones)
    assert (codes.count(303), codes.count(410)) == (10, 40)
    assert members(stage, group) == before + 10
    with stage.app.app_context():
        assert db.session.get_one(Invitation, number).uses == 10
        strangers = sa.select(sa.func.count(Person.id)).where(Person.arrival.is_not(None))
        assert db.session.scalar(strangers) == 10


def test_joining_twice_costs_nothing(stage: Stage) -> None:
    group = stage.grades[20]
    number, code = invitation(stage, group, most_uses=2)
    phone = stage.browser("urdu parent")
    before = members(stage, group)
    assert {phone.post(f"/j/{code}").location for _ in range(3)} == {f"/groups/{group}"}
    assert members(stage, group) == before + 1
    with stage.app.app_context():
        assert db.session.get_one(Invitation, number).uses == 1


def test_a_newcomer_is_offered_pictures_and_colours_and_wears_what_she_chose(stage: Stage) -> None:
    phone = stage.app.test_client()
    page = phone.get(f"/j/{stage.invitation}").text
    assert len(re.findall(r'name="picture"', page)) >= 8
    assert len(re.findall(r'name="colour"', page)) == 8
    phone.post(f"/j/{stage.invitation}", data={"picture": "duck", "colour": "jamun"}, headers=HEADERS)
    with stage.app.app_context():
        newest = db.session.scalars(sa.select(Person).order_by(Person.id.desc())).first()
        assert newest
        assert (newest.picture, newest.colour, newest.name) == ("duck", "jamun", None)


def everything(stage: Stage) -> dict[str, list[str]]:
    """Every row of every table."""
    with stage.app.app_context():
        rows = {table.name: db.session.execute(sa.select(table)).all() for table in Base.metadata.sorted_tables}
        return {name: sorted(map(str, found)) for name, found in rows.items()}


def test_opening_writes_nothing_and_previews(stage: Stage) -> None:
    phone, before = stage.app.test_client(), everything(stage)
    page = phone.get(f"/j/{stage.invitation}", base_url="http://aangan.test").text
    assert everything(stage) == before
    assert re.search(r'og:image" content="http://aangan.test/s/icon-512-\w+\.png"', page)
    assert "og:title" in page


ENDINGS: dict[str, Callable[[Stage, int], None]] = {
    "expired": lambda stage, number: change(stage, number, expires=now() - timedelta(seconds=1)),
    "used up": lambda stage, number: change(stage, number, most_uses=1, uses=1),
    "revoked": lambda stage, number: change(stage, number, revoked_at=now()),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_ended_invitation_is_the_same_page(stage: Stage, ending: str) -> None:
    number, code = invitation(stage, stage.grades[3])
    ENDINGS[ending](stage, number)
    unknown = stage.app.test_client().get("/j/aaaaaaaaaaaaaaaa")
    ended = stage.app.test_client().get(f"/j/{code}")
    assert (ended.status_code, ended.text.replace(code, "aaaaaaaaaaaaaaaa")) == (410, unknown.text)
    assert field(stage, stage.grades[3], "name") not in ended.text
    assert stage.app.test_client().post(f"/j/{code}", headers=HEADERS).status_code == 410


def test_digits_lead_to_a_request_and_no_further(stage: Stage) -> None:
    group = stage.grades[20]  # a group that lets anybody with a link in
    before = members(stage, group)
    _number, code = invitation(stage, group, spoken=True)
    assert re.fullmatch(r"\d{8}", code)
    phone = stage.app.test_client()
    assert phone.get(f"/j/{code}").status_code == 410
    answer = phone.post("/code", data={"code": f"{code[:4]} {code[4:]}"}, headers=HEADERS)
    assert answer.status_code == 303
    assert members(stage, group) == before
    with stage.app.app_context():
        asked = db.session.scalars(sa.select(JoinRequest).where(JoinRequest.group_id == group)).all()
        assert [one.answer for one in asked] == [None]


def waiting(stage: Stage) -> int:
    with stage.app.app_context():
        return db.session.scalars(sa.select(JoinRequest.id).where(JoinRequest.group_id == stage.grades[3])).one()


def test_let_in_and_take_it_back(stage: Stage) -> None:
    teacher, request, before = stage.browser("teacher"), waiting(stage), members(stage, stage.grades[3])
    assert f"/requests/{request}/approval" in teacher.get("/").text
    answer = teacher.post(f"/requests/{request}/approval")
    assert members(stage, stage.grades[3]) == before + 1
    assert f"/requests/{request}/undo" in teacher.get(answer.location.partition("#")[0]).text
    teacher.post(f"/requests/{request}/undo")
    assert members(stage, stage.grades[3]) == before
    assert f"/requests/{request}/approval" in teacher.get("/").text


def test_not_now_and_take_it_back(stage: Stage) -> None:
    teacher, request, before = stage.browser("teacher"), waiting(stage), members(stage, stage.grades[3])
    teacher.post(f"/requests/{request}/refusal")
    teacher.post(f"/requests/{request}/approval")
    assert members(stage, stage.grades[3]) == before
    teacher.post(f"/requests/{request}/undo")
    teacher.post(f"/requests/{request}/approval")
    assert members(stage, stage.grades[3]) == before + 1


def test_two_children_of_one_parent_in_one_grade(stage: Stage) -> None:
    parent, group = stage.browser("urdu parent"), stage.grades[20]
    for picture, nickname in (("fish", "One"), ("duck", "Two")):
        data = {"child_picture": picture, "nickname": nickname}
        assert parent.post(f"/groups/{group}/membership", data=data).status_code == 303
    with stage.app.app_context():
        held = Membership.together(group, stage.people["urdu parent"])
        assert [one.child.nickname for one in held if one.child] == ["One", "Two"]


def test_a_moderator_makes_shows_and_closes_an_invitation(stage: Stage) -> None:
    let_in(stage, "parent", stage.grades[3], "moderator")
    browser = stage.browser("parent")
    answers = [browser.post(f"/groups/{stage.grades[3]}/invitations", data={"uses": "10"}) for _ in range(2)]
    assert len({answer.location for answer in answers}) == 1  # a double tap is one invitation
    path = answers[0].location
    page = browser.get(path).text
    code = re.search(r"/j/(\w{16})", page)
    assert code
    assert '<div class="qrbox" role="img"' in page
    assert path in browser.get(f"/groups/{stage.grades[3]}/invitations").text
    assert stage.app.test_client().get(f"/j/{code[1]}").status_code == 200
    browser.post(f"{path}/revocation")
    assert stage.app.test_client().get(f"/j/{code[1]}").status_code == 410
    assert browser.get(path).status_code == 409
    assert path not in browser.get(f"/groups/{stage.grades[3]}/invitations").text


def test_spoken_digits_stand_in_groups_and_have_no_poster(stage: Stage) -> None:
    browser = stage.browser("teacher")
    path = browser.post(f"/groups/{stage.grades[3]}/invitations", data={"kind": "spoken"}).location
    assert re.search(r"<span>\d{4}</span> <span>\d{4}</span>", browser.get(path).text)
    assert browser.get(f"{path}/poster").status_code == 404
    with stage.app.app_context():
        made = db.session.get_one(Invitation, int(path.rsplit("/", 1)[1]))
        assert timedelta(days=1) < made.expires - now() <= timedelta(days=2)


@pytest.mark.parametrize("part", ["member", "parent"])
def test_who_does_not_look_after_the_group_invites_nobody(stage: Stage, part: str) -> None:
    number, _code = invitation(stage, stage.grades[3])
    browser = stage.browser(part)
    assert browser.get(f"/groups/{stage.grades[3]}/invitations").status_code == 404
    assert browser.post(f"/groups/{stage.grades[3]}/invitations").status_code == 404
    for path in ("", "/poster"):
        assert browser.get(f"/invitations/{number}{path}").status_code == 404
    assert browser.post(f"/invitations/{number}/revocation").status_code == 404


def test_nobody_is_invited_into_a_group_that_rests(stage: Stage) -> None:
    head = stage.browser("head")
    head.post(f"/groups/{stage.grades[3]}/archive")
    assert head.post(f"/groups/{stage.grades[3]}/invitations").status_code == 409
    assert stage.app.test_client().get(f"/j/{stage.invitation}").status_code == 410


def test_the_request_of_somebody_put_out_is_refused(stage: Stage) -> None:
    number, code = invitation(stage, stage.grades[20], spoken=True)
    member, held = stage.browser("member"), let_in(stage, "member", stage.grades[20])
    stage.browser("head").post(f"/memberships/{held}/ban")
    assert member.post("/code", data={"code": code}).status_code == 410
    assert membership_id(stage, "member", stage.grades[20]) == 0
    assert number


def of(stage: Stage, request: int) -> JoinRequest:
    with stage.app.app_context():
        return db.session.get_one(JoinRequest, request)


def test_taking_back_is_for_a_slip_of_the_thumb_and_not_for_later(stage: Stage) -> None:
    teacher, request, grade = stage.browser("teacher"), waiting(stage), stage.grades[3]
    page = teacher.post(f"/requests/{request}/approval").location
    inside = members(stage, grade)
    with time_machine.travel(now() + timedelta(minutes=11)):
        assert f"/requests/{request}/undo" not in teacher.get(page.partition("#")[0]).text
        assert teacher.post(f"/requests/{request}/undo").status_code == 409
    assert (of(stage, request).answer, members(stage, grade)) == ("approved", inside)


def test_nobody_puts_out_who_has_been_appointed_by_taking_back_that_she_was_let_in(stage: Stage) -> None:
    head, request, grade = stage.browser("head"), waiting(stage), stage.grades[3]
    head.post(f"/requests/{request}/approval")
    with stage.app.app_context(), writing():
        hers = (Membership.group_id == grade, Membership.person_id == of(stage, request).person_id)
        db.session.execute(sa.update(Membership).where(*hers).values(role="admin"))
        db.session.commit()
    let_in(stage, "parent", grade, "moderator")
    inside = members(stage, grade)
    assert stage.browser("parent").post(f"/requests/{request}/undo").status_code == 409
    assert members(stage, grade) == inside


def test_who_asked_again_is_asked_about_once(stage: Stage) -> None:
    teacher, request = stage.browser("teacher"), waiting(stage)
    teacher.post(f"/requests/{request}/refusal")
    asker = stage.signed_in(of(stage, request).person_id)
    assert asker.post(f"/j/{stage.invitation}").status_code == 303
    assert teacher.post(f"/requests/{request}/undo").status_code == 409
    assert [number > request for number in waiting_ids(stage)] == [True]


def waiting_ids(stage: Stage) -> list[int]:
    with stage.app.app_context():
        open_ones = (JoinRequest.group_id == stage.grades[3], JoinRequest.answer.is_(None))
        return list(db.session.scalars(sa.select(JoinRequest.id).where(*open_ones)))


def test_two_thumbs_on_one_undo_give_one_place_back(stage: Stage) -> None:
    number, code = invitation(stage, stage.grades[3], most_uses=5)
    stage.browser("member").post(f"/j/{code}", data={"child_picture": "fish"})
    request = waiting_ids(stage)[-1]
    teachers = [stage.browser("teacher") for _ in range(4)]
    teachers[0].post(f"/requests/{request}/approval")
    codes = together(lambda phone: phone.post(f"/requests/{request}/undo").status_code, teachers)
    assert codes == [303] * 4
    with stage.app.app_context():
        assert db.session.get_one(Invitation, number).uses == 0
