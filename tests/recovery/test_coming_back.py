"""Who comes back by somebody's code acts without her roles; her phones can refuse; an admin above gives them back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
import time_machine

from community.announcements.audience import Audience
from community.announcements.models import Announcement
from community.audit.models import AuditEntry
from community.database import db, now, writing
from community.groups.membership import Membership
from community.notifications.packing import wanted
from community.outbox.models import Outbox
from community.people.models import Person, Session
from community.people.sign_in import Recovery
from community.recovery.ring import ComesBack
from community.subscriptions.models import Listener, Subscription
from tests.groups.town import let_in, membership_id, role_of
from tests.people.cast import name
from tests.recovery.lock import Lock
from tests.recovery.test_passkeys import entered, made, proved

if TYPE_CHECKING:
    from tests.conftest import Browser, Stage

CODE = re.compile(r'class="code"><span>(\d{4})</span> <span>(\d{4})</span>')


def digits(stage: Stage, by: str, part: str) -> str:
    page = stage.browser(by).post(f"/memberships/{membership_id(stage, part, stage.grades[3])}/sign-in-code").text
    found = CODE.search(page)
    assert found
    return "".join(found.groups())


def back(stage: Stage, by: str = "head", part: str = "teacher") -> Browser:
    """The teacher has lost her phone, and comes back on another one by the head's code."""
    said, phone = digits(stage, by, part), stage.app.test_client()
    assert phone.post("/code", data={"code": said}).location == "/"
    return phone  # type: ignore[return-value]


def recovery(stage: Stage) -> int:
    with stage.app.app_context():
        return db.session.scalar(sa.select(sa.func.max(Recovery.id))) or 0


def where(stage: Stage, part: str = "teacher") -> str:
    return f"/memberships/{membership_id(stage, part, stage.grades[3])}/recovery"


def test_the_old_phone_keeps_her_roles_and_the_new_one_has_none(stage: Stage) -> None:
    old, settings = stage.browser("teacher"), f"/groups/{stage.grades[3]}/settings"
    new = back(stage)
    assert name(stage, "teacher") in new.get("/me").text
    assert new.get(f"/groups/{stage.grades[3]}").status_code == 200
    assert (new.get(settings).status_code, old.get(settings).status_code) == (404, 200)
    held = membership_id(stage, "member", stage.grades[3])
    assert new.post(f"/memberships/{held}/role", data={"role": "admin"}).status_code == 404
    assert role_of(stage, "teacher", stage.grades[3]) == "admin"
    assert "You came back with a code" in new.get("/?lang=en").text


@pytest.mark.large
@pytest.mark.parametrize(
    "path",
    ["/me/phones/new", "/sessions/{old}/end", "/me/passkeys/question", "/me/passkeys", "/memberships/{own}/end"],
)
def test_it_opens_no_further_phone_closes_none_and_gives_nothing_up(stage: Stage, path: str) -> None:
    old = stage.browser("teacher")
    with stage.app.app_context():
        mine = sa.select(Session.id).where(Session.person_id == stage.people["teacher"])
        known = {"old": db.session.scalar(mine.order_by(Session.id.desc()))}
    new, own = back(stage), membership_id(stage, "teacher", stage.grades[3])
    assert new.post(path.format(own=own, **known)).status_code == 403
    assert new.get("/me/belongings").status_code == new.get("/me/belongings.zip").status_code == 403
    assert new.post(f"/memberships/{own}/role", data={"role": "member"}).status_code == 403
    assert old.get(f"/groups/{stage.grades[3]}/settings").status_code == 200


def test_an_old_phone_refuses_and_the_new_one_is_out(stage: Stage) -> None:
    old = stage.browser("teacher")
    assert "/recoveries/" not in old.get("/").text
    new = back(stage)
    for page in ("/", "/me/phones"):
        assert f"/recoveries/{recovery(stage)}/refusal" in old.get(page).text
        assert "/recoveries/" not in new.get(page).text
    refusal = f"/recoveries/{recovery(stage)}/refusal"
    assert new.post(refusal).status_code == 403
    assert stage.browser("head").post(refusal).status_code == 404
    for _again in range(2):
        assert old.post(refusal).status_code == 303
    assert new.get("/me").status_code == 401
    assert stage.browser("head").post(where(stage)).status_code == 404
    with stage.app.app_context():
        entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "recovery refused")).one()
        assert entry.details == {"issuer": stage.people["head"]}


@pytest.mark.large
def test_what_was_refused_before_it_was_used_opens_nothing(stage: Stage, browser: Browser) -> None:
    old = stage.browser("teacher")
    said = digits(stage, "head", "teacher")
    old.post(f"/recoveries/{recovery(stage)}/refusal")
    assert browser.post("/code", data={"code": said}).status_code == 410


@pytest.mark.large
def test_after_a_day_it_can_not_be_refused_any_more(stage: Stage) -> None:
    old = stage.browser("teacher")
    back(stage)
    with time_machine.travel(now() + timedelta(hours=25)):
        assert "/recoveries/" not in old.get("/me/phones").text
        assert old.post(f"/recoveries/{recovery(stage)}/refusal").status_code == 409


def test_the_issuer_must_still_stand_above_when_it_is_used(stage: Stage, browser: Browser) -> None:
    said = digits(stage, "teacher", "english reader")
    let_in(stage, "english reader", stage.grades[2], "responder")
    assert browser.post("/code", data={"code": said}).status_code == 410
    with stage.app.app_context():
        assert db.session.scalar(sa.select(Recovery.used_at)) is None


def test_another_admin_above_gives_the_roles_back(stage: Stage) -> None:
    let_in(stage, "parent", stage.school, "admin")
    new, other = back(stage), stage.browser("parent")
    page = other.get(f"/memberships/{membership_id(stage, 'teacher', stage.grades[3])}").text
    assert where(stage) in page
    assert f'action="{where(stage)}"' in other.get(where(stage)).text
    assert other.post(where(stage)).status_code == 303
    assert new.get(f"/groups/{stage.grades[3]}/settings").status_code == 200
    assert new.get("/me/belongings").status_code == 200
    assert other.get(where(stage)).status_code == 404
    with stage.app.app_context():
        entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "roles given back")).one()
        assert (entry.actor_id, entry.subject_id) == (stage.people["parent"], stage.people["teacher"])


def test_who_gave_the_code_waits_until_nobody_can_refuse(stage: Stage) -> None:
    new, head = back(stage), stage.browser("head")
    assert f'action="{where(stage)}"' not in head.get(where(stage)).text
    assert head.post(where(stage)).status_code == 409
    with time_machine.travel(now() + timedelta(hours=25)):
        assert head.post(where(stage)).status_code == 303
        assert new.get(f"/groups/{stage.grades[3]}/settings").status_code == 200


def test_nobody_beside_below_or_without_her_own_roles_gives_them_back(stage: Stage) -> None:
    let_in(stage, "member", stage.grades[3], "admin")
    new = back(stage)
    for part in ("member", "parent"):
        assert stage.browser(part).post(where(stage)).status_code == 404
    assert new.post(where(stage)).status_code == 404
    assert new.get(f"/groups/{stage.grades[3]}/settings").status_code == 404


@pytest.mark.large
def test_at_the_top_another_owner_does(stage: Stage) -> None:
    let_in(stage, "parent", stage.school, "admin")
    let_in(stage, "parent", stage.grades[3], "admin")
    with stage.app.app_context(), writing():
        found = Recovery.begin(db.session.get_one(Person, stage.people["parent"]), None)
        db.session.flush()
        number = found.id
        db.session.commit()
    hers = stage.browser("parent")
    with stage.app.app_context(), writing():
        mine = sa.update(Session).where(Session.person_id == stage.people["parent"], Session.ended_at.is_(None))
        db.session.execute(mine.values(without_roles=True, recovery_id=number))
        db.session.commit()
    assert hers.get(f"/groups/{stage.school}/settings").status_code == 404
    assert stage.browser("head").post(where(stage, "parent")).status_code == 303
    assert hers.get(f"/groups/{stage.school}/settings").status_code == 200


def test_signing_in_again_on_that_phone_takes_the_mark_along(stage: Stage) -> None:
    """By whatever way that proves nothing: only a link from her old phone, or a passkey, does."""
    from community.people.session import sign_in

    new = back(stage)
    with stage.app.app_context():
        phone = db.session.scalar(sa.select(Session.phone_id).where(Session.without_roles))
    with stage.app.test_request_context() as context, writing():
        context.session["phone"] = phone
        assert sign_in(db.session.get_one(Person, stage.people["teacher"])).without_roles
        db.session.rollback()
    assert new.get(f"/groups/{stage.grades[3]}/settings").status_code == 404


def test_a_passkey_of_hers_says_that_it_is_she(stage: Stage) -> None:
    lock = Lock()
    made(stage.browser("teacher"), lock)
    new = back(stage)
    assert proved(stage, new, lock) == 303
    assert new.get(f"/groups/{stage.grades[3]}/settings").status_code == 200
    assert entered(stage.app.test_client(), lock) == 303  # type: ignore[arg-type]


@pytest.mark.large
def test_an_offer_is_not_taken_on_with_it(stage: Stage) -> None:
    """Else a lesser role would take the place of the one that she really has."""
    head, held = stage.browser("head"), membership_id(stage, "teacher", stage.grades[3])
    new = back(stage)
    offer = head.post(f"/groups/{stage.grades[3]}/appointments", data={"role": "responder"}).location
    link = re.search(r"/a/[a-z2-7]+", head.get(offer).text)
    assert link
    assert new.post(link[0]).status_code == 403
    with stage.app.app_context():
        assert db.session.get_one(Membership, held).role == "admin"


@pytest.mark.large
def test_her_phones_ring(stage: Stage) -> None:
    said = digits(stage, "head", "teacher")
    with stage.app.app_context():
        row = db.session.scalars(sa.select(Outbox).where(Outbox.kind == "recovery")).one()
        called = ComesBack().called(row)
        assert called
        assert called[0].id == stage.people["teacher"]
        assert said.encode() not in called[1]()
        db.session.execute(sa.update(Recovery).values(refused_at=now()))
        db.session.expire_all()
        assert ComesBack().called(row) is None
        db.session.rollback()


def test_what_is_for_those_with_a_role_does_not_ring_on_it(stage: Stage) -> None:
    back(stage)
    held = membership_id(stage, "teacher", stage.grades[3])
    with stage.app.test_request_context(), writing():
        own = db.session.scalars(sa.select(Session).where(Session.without_roles)).one()
        looks = {"endpoint_digest": "x" * 64, "p256dh": "p", "auth": "a", "key_id": "k"}
        kept = Subscription(phone_id=own.phone_id, endpoint="https://push.example/x", **looks)
        db.session.add(kept)
        db.session.flush()
        Listener.add(kept, own.person)
        rung = {}
        for role in ("member", "admin"):
            group = db.session.get_one(Membership, held).group
            head = db.session.get_one(Person, stage.people["head"])
            said = Announcement.publish(Audience.of(group, [], role), head, key=role, text="x", language="en")
            said.seq = 10**6 + len(rung)
            db.session.flush()
            rung[role] = kept.id in wanted(said, {"after": "", "upto": "~"})
        assert rung == {"member": True, "admin": False}
        db.session.rollback()
