"""Erase me: everything of hers is gone, with a way back for a week; what she said to others is from someone who left."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine

from community.announcements.models import Announcement
from community.audit.models import AuditEntry
from community.database import Base, db, now, writing
from community.erasure.erasing import erase, erase_files, erase_on_the_day
from community.erasure.models import WAY_BACK, Erasure
from community.erasure.retention import IDLE, YEAR, tidy
from community.erasure.rules import ASKED, GO, STAYS, UNNAMED
from community.groups.contacts import Contact
from community.outbox.models import Outbox
from community.people.models import Child, Person, Session
from community.people.pictures import GONE
from tests.house.village import NICKNAME, WAITING, WORDS, Village

LATER = WAY_BACK + timedelta(minutes=1)
# Not foreign keys by the models, and a person all the same.
PLAIN = {"audit_entry.actor_id", "audit_entry.subject_id", "photo.owner_id", "voice.owner_id", "membership.role_by"}
NAME = "Lalitaa-who-is-erased"


def columns_of_people() -> set[str]:
    found = set(PLAIN)
    for table in Base.metadata.sorted_tables:
        found |= {
            f"{table.name}.{column.name}"
            for column in table.c
            if any(key.column.table.name == "person" for key in column.foreign_keys)
        }
    return found


def test_it_is_said_of_every_column_that_names_a_person_what_becomes_of_it() -> None:
    listed = [*GO, *UNNAMED, *ASKED, *STAYS]
    assert len(listed) == len(set(listed))
    assert columns_of_people() - set(listed) == set(), "community/erasure/rules.py says nothing of these"
    known = {f"{table.name}.{column.name}" for table in Base.metadata.sorted_tables for column in table.c}
    assert set(listed) <= known, "community/erasure/rules.py speaks of columns that are gone"


@contextmanager
def later(by: timedelta) -> Iterator[None]:
    with time_machine.travel(now() + by, tick=True):
        yield


def left_of(person: int) -> dict[str, int]:
    """How many rows of each column still name her."""
    found = {}
    for name in columns_of_people():
        table, _dot, column = name.partition(".")
        rows = Base.metadata.tables[table]
        hers = sa.select(sa.func.count()).select_from(rows).where(rows.c[column] == person)
        found[name] = db.session.scalar(hers) or 0
    return {name: count for name, count in found.items() if count}


def everything() -> str:
    """All that stands in the database."""
    return "\n".join(
        str(tuple(row)) for table in Base.metadata.sorted_tables for row in db.session.execute(sa.select(table))
    )


def asked(village: Village, **form: str) -> int:
    """The owner asks; the erasure's number."""
    assert village.browser("owner").post("/me/erasure", data=form).status_code == 303
    with village.app.app_context():
        found = Erasure.of(db.session.get_one(Person, village.people["owner"]))
        assert found
        return found.id


def on_the_day(village: Village, erasure: int) -> None:
    with village.app.app_context(), later(LATER), writing():
        erase_on_the_day(erasure)
        db.session.commit()


def named(village: Village) -> None:
    with village.app.app_context(), writing():
        db.session.get_one(Person, village.people["owner"]).name = NAME
        db.session.commit()


def test_a_week_later_nothing_of_her_is_there(village: Village) -> None:
    named(village)
    owner, things = village.people["owner"], village.things
    erasure = asked(village)
    assert village.browser("owner").get("/me").status_code == 200, "until the day she is here"
    with village.app.app_context():
        with writing():
            erase_on_the_day(erasure)
            db.session.commit()
        assert db.session.get_one(Person, owner).name == NAME, "not a day early"
        files = [Path(village.app.config["MEDIA"]) / things["photo"][:2] / things["photo"]]
        assert files[0].exists()
    on_the_day(village, erasure)
    with village.app.app_context():
        assert set(left_of(owner)) <= set(STAYS)
        text = everything()
        assert NAME not in text
        assert NICKNAME not in text
        assert WAITING not in text, "what was not out yet"
        assert WORDS in text, "what others have heard"
        row = db.session.scalar(sa.select(Outbox).where(Outbox.kind == "erase-files"))
        assert row
        erase_files(**row.args)
        assert not files[0].exists()
        assert db.session.get_one(Person, owner).picture == GONE
        with writing():
            erase(db.session.get_one(Person, owner))  # a backup that was put back is erased again
            db.session.commit()
    assert village.browser("owner").get("/me").status_code == 401
    page = village.browser("member").get(f"/announcements/{things['announcement']}?lang=en")
    assert page.status_code == 200
    assert NAME not in page.text
    assert WORDS.split()[0] in page.text
    assert village.browser("admin").get(f"/groups/{things['group']}/record").status_code == 200


def test_her_voice_and_photos_stay_where_she_leaves_them(village: Village) -> None:
    on_the_day(village, asked(village, voices="stay"))
    with village.app.app_context():
        said = db.session.get_one(Announcement, int(village.things["announcement"]))
        assert said.photo
        assert said.photo.owner_id is None
        assert db.session.scalar(sa.select(Outbox.id).where(Outbox.kind == "erase-files")) is None


def test_who_takes_it_back_stays(village: Village) -> None:
    named(village)
    erasure = asked(village)
    assert "/me/erasure" in village.browser("owner").get("/").text
    assert village.browser("owner").post("/me/erasure/undo").status_code == 303
    on_the_day(village, erasure)
    with village.app.app_context():
        assert db.session.get_one(Person, village.people["owner"]).name == NAME
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Child)) or 0


def test_twice_is_once(village: Village) -> None:
    assert asked(village) == asked(village)


def test_the_log_says_that_somebody_did_it_and_no_name(village: Village) -> None:
    """The rows stay as they were; behind the number is nobody any more."""
    admin = village.people["admin"]
    with village.app.app_context(), writing():
        person = db.session.get_one(Person, admin)
        person.name = NAME
        before = db.session.scalars(sa.select(AuditEntry.id).where(AuditEntry.actor_id == admin)).all()
        assert before
        erase(person)
        db.session.commit()
        after = db.session.scalars(sa.select(AuditEntry.id).where(AuditEntry.actor_id == admin)).all()
        assert set(before) <= set(after)
    page = village.browser("member").get(f"/groups/{village.things['group']}/record").text
    assert NAME not in page


def idle_owner(village: Village, since: timedelta) -> int:
    owner = village.people["owner"]
    with village.app.app_context(), writing():
        hers = sa.update(Session).where(Session.person_id == owner)
        db.session.execute(hers.values(seen=now() - since))
        db.session.execute(sa.update(Person).where(Person.id == owner).values(created=now() - since))
        db.session.commit()
    return owner


def tidied(village: Village) -> Erasure | None:
    with village.app.app_context():
        with writing():
            tidy()
            db.session.commit()
        return Erasure.of(db.session.get_one(Person, village.people["owner"]))


@pytest.mark.parametrize("comes", [True, False])
def test_who_was_not_here_for_three_years_is_told_and_erased_two_days_later(village: Village, comes: bool) -> None:
    owner = idle_owner(village, IDLE + timedelta(days=1))
    found = tidied(village)
    assert found
    assert found.why == "idle"
    assert timedelta(hours=47) < found.due - now() <= timedelta(hours=48)
    with village.app.app_context():
        assert db.session.scalar(sa.select(Outbox.id).where(Outbox.kind == "last-call"))
    if comes:
        village.browser("owner").post("/me/digits", data={"digits": "own"})
    on_the_day(village, found.id)
    with village.app.app_context():
        assert (db.session.get_one(Person, owner).picture == GONE) is not comes


def test_who_was_here_lately_is_left_alone(village: Village) -> None:
    idle_owner(village, IDLE - timedelta(days=2))
    assert tidied(village) is None


def test_what_is_over_goes_and_what_is_not_stays(village: Village) -> None:
    """A sign-in of a year ago, and a number of who holds no role any more; the log and yesterday stay."""
    owner = village.people["owner"]
    with village.app.app_context(), writing():
        old, fresh = db.session.scalars(sa.select(Session).order_by(Session.id).limit(2)).all()
        old.ended_at, fresh.ended_at = now() - YEAR - timedelta(days=1), now() - timedelta(days=1)
        group = int(village.things["group"])
        at = {"group_id": group, "community_id": int(village.things["root"]), "number": "112"}
        db.session.add_all([Contact(person_id=owner, **at), Contact(person_id=village.people["admin"], **at)])
        ids, log = (old.id, fresh.id), db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry))
        db.session.commit()
    tidied(village)
    with village.app.app_context():
        assert [db.session.get(Session, one) is None for one in ids] == [True, False]
        assert list(db.session.scalars(sa.select(Contact.person_id))) == [village.people["admin"]]
        assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == log
        assert db.session.scalar(sa.select(Outbox.id).where(Outbox.kind == "tidy", Outbox.done_at.is_(None)))
