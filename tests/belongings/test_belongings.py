"""What a person takes along: all of hers, readable, without a secret and without a word of anybody else."""

import io
import json
import zipfile

import pytest
import sqlalchemy as sa

from community.belongings.held import LEFT_OUT, PARTS
from community.database import Base, db
from tests.house.village import NICKNAME, WORDS, Village

# Columns that hold a person's id without a foreign key.
PLAIN = {
    "photo.owner_id", "voice.owner_id", "audit_entry.actor_id", "audit_entry.subject_id", "category.retired_by",
    "membership.role_by",
}  # fmt: skip
PEOPLE = {"person", "child"}


def columns_of_people() -> set[str]:
    """Every column of every table that names a person."""
    found = set(PLAIN)
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            if any(key.column.table.name == "person" for key in column.foreign_keys) or column.name == "person_id":
                found.add(f"{table.name}.{column.name}")
    return found


def named_by(part_rows: sa.Select[*tuple[object, ...]]) -> set[str]:
    """The columns by which a part finds what is hers."""
    where = part_rows.whereclause
    assert where is not None
    return {f"{one.table.name}.{one.name}" for one in sa.sql.visitors.iterate(where) if isinstance(one, sa.Column)}


def test_every_table_that_knows_people_is_taken_along_or_left_with_a_reason() -> None:
    taken = set().union(*(named_by(part.rows(1)) for part in PARTS))
    forgotten = columns_of_people() - taken - set(LEFT_OUT)
    assert forgotten == set(), "belongings/held.py says nothing of these"
    assert set(LEFT_OUT) & taken == set()
    assert all(reason.strip() for reason in LEFT_OUT.values())
    assert set(LEFT_OUT) <= columns_of_people(), "belongings/held.py speaks of columns that are gone"


def parcel_of(village: Village, role: str) -> zipfile.ZipFile:
    answer = village.browser(role).get("/me/belongings.zip")
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    return zipfile.ZipFile(io.BytesIO(answer.data))


def texts(parcel: zipfile.ZipFile) -> str:
    assert parcel.testzip() is None
    return "".join(parcel.read(name).decode() for name in ("index.html", "data.json"))


def test_what_is_hers_is_in_it(village: Village) -> None:
    parcel = parcel_of(village, "owner")
    held = json.loads(parcel.read("data.json"))
    assert held["me"][0]["name"] == "Owner"
    assert {child["nickname"] for child in held["children"]} == {NICKNAME}
    assert WORDS in [said["words"] for said in held["announcements"]]
    assert [one["group"] for one in held["groups"]] == ["Group group", "Group open", "Group handed"]
    for part in ("phones", "requests", "suggestions", "recordings", "bell", "deliveries", "photos", "voices",
                 "offers", "ended_roles"):  # fmt: skip
        assert held[part], part
    names = parcel.namelist()
    photo, voice = village.things["photo"], village.things["voice"]
    assert any(name.startswith(f"photos/{photo}") for name in names)
    assert parcel.read(f"voices/{voice}.ogg") == b"OggS"
    page = parcel.read("index.html").decode()
    assert WORDS in page
    assert 'lang="hi"' in page


def test_what_she_does_for_others_is_in_it(village: Village) -> None:
    """Her offices, tasks, sheets and templates, and not with whom."""
    held = json.loads(parcel_of(village, "admin").read("data.json"))
    assert [one["level"] for one in held["templates"]] == ["District"]
    assert {one["kind"] for one in held["errands"]} == {"forgotten", "bulk-invite"}
    held = json.loads(parcel_of(village, "responder").read("data.json"))
    assert [one["role"] for one in held["offices"]] == ["responder"]


def test_no_secret_is_in_it(village: Village) -> None:
    for role in ("owner", "admin"):
        said = texts(parcel_of(village, role))
        secrets = [
            *village.tokens,
            *(village.things[name] for name in ("code", "enter", "spoken", "merger_code", "delivery", "appointing")),
        ]
        assert [one for one in secrets if one in said] == []
        assert "push.example" not in said
        assert "PLANTEDAUTH" not in said
        assert "PLANTEDKEY" not in said
        assert "digest" not in said


def test_nothing_of_others_is_in_it(village: Village) -> None:
    """A member who has only read takes along nobody's words, names, children, photos."""
    parcel = parcel_of(village, "admin")
    said = texts(parcel)
    for one in ("PLANTEDWORDS", NICKNAME, "Owner", "Member", "Above", "Banned"):
        assert one not in said, one
    assert [name for name in parcel.namelist() if name.startswith(("photos/", "voices/"))] == []


def test_the_page_says_what_there_is_and_writes_nothing(village: Village) -> None:
    answer = village.browser("owner").get("/me/belongings")
    assert answer.status_code == 200
    assert "/me/belongings.zip" in answer.text
    assert not village.dirty


def test_it_is_sent_piece_by_piece(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many photos: no piece is larger than a page or a little of a file."""
    from flask import g

    from community.belongings import parcel
    from community.people.models import Person

    monkeypatch.setattr(parcel, "PIECE", 1)
    with village.app.test_request_context():
        g.native_digits = False
        person = db.session.get_one(Person, village.people["owner"])
        pieces = list(parcel.parcel(person))
        assert len(pieces) > 5
        assert zipfile.ZipFile(io.BytesIO(b"".join(pieces))).testzip() is None
