"""What opening talk costs: bytes on the wire, questions to the database, steps through an index."""

import base64
import hashlib

import brotli
import pytest
import sqlalchemy as sa

from community.database import db
from community.groups.models import Group
from community.talk.models import Message, TalkCounter
from tests.announcements.scene import page, statements
from tests.talk.circle import Circle

HEADERS = 600  # bytes of an answer's headers and of one more request, generously
ASKING = {"Sec-Fetch-Dest": "empty", "User-Agent": "Mozilla/5.0 Chrome/156.0.0.0"}
SAID = (
    "कल सुबह नल में पानी नहीं आया", "हमारी गली में भी नहीं", "टैंकर कब आएगा?", "सरपंच जी से बात हुई है", "शाम तक आएगा",
    "बर्तन तैयार रखिए", "धन्यवाद दीदी", "बच्चों को स्कूल भेज दिया", "दवा की दुकान खुली है क्या", "हाँ, आठ बजे तक",
    "मैं अभी वहीं हूँ", "रास्ता साफ़ है",
)  # fmt: skip


def test_twelve_new_messages_on_a_phone_that_has_the_page_of_before(circle: Circle) -> None:
    circle.many("member", 20)
    reader = circle.browser("english reader")
    first = reader.get(f"{circle.talk}?kept", headers=ASKING | {"Accept-Encoding": "br, zstd"})
    assert first.headers["Use-As-Dictionary"] == f'match="{circle.talk}"'
    seen = brotli.decompress(first.data)
    assert b"data-kept" in seen
    reader.post(f"{circle.talk}/reading", data={"upto": "20"})
    with circle.changing():
        group = db.session.get_one(Group, circle.grades[3])
        for number, text in enumerate(SAID):
            person = circle.person(("member", "teacher", "parent")[number % 3])
            Message.say(group, person, key=f"a-long-key-{number}", text=text, why=[])
    digest = base64.b64encode(hashlib.sha256(seen).digest()).decode()
    named = {"Accept-Encoding": "br, zstd, dcz", "Available-Dictionary": f":{digest}:"}
    answer = reader.get(f"{circle.talk}?kept", headers=ASKING | named)
    assert answer.headers["Content-Encoding"] == "dcz"
    assert "12 new" in page(reader, circle.talk)
    assert len(answer.data) + HEADERS <= 3000, len(answer.data)


def asked(circle: Circle, path: str) -> int:
    with statements(circle.app) as seen:
        page(circle.browser("parent"), path)
    return len(seen)


@pytest.mark.parametrize("place", ["", "?before=15"])
def test_however_much_was_said_it_takes_the_same_questions(circle: Circle, place: str) -> None:
    circle.many("member", 22)
    few = asked(circle, f"{circle.talk}{place}")
    circle.many("teacher", 200, first=23)
    assert asked(circle, f"{circle.talk}{place}") == few


def test_a_page_is_read_by_index_alone(circle: Circle) -> None:
    with circle.changing():
        group, person = db.session.get_one(Group, circle.grades[3]), circle.person("member")
        rows = [
            {
                "community_id": group.community_id, "group_id": group.id, "person_id": person.id, "key": f"key-{number}",
                "seq": number, "language": "hi", "text": f"बात {number}",
            }
            for number in range(1, 3001)
        ]  # fmt: skip
        db.session.execute(sa.insert(Message), rows)
        db.session.add(TalkCounter(group_id=group.id, community_id=group.community_id, seq=3000))
    with statements(circle.app) as seen:
        for place in ("", "?before=2000", "?before=21"):
            page(circle.browser("parent"), f"{circle.talk}{place}")
    assert any("message" in one for one in seen)
    if circle.app.config["DATABASE_URL"].startswith("sqlite"):
        assert _scans(circle, [one for one in seen if "FROM message" in one]) == []


def _scans(circle: Circle, asked: list[str]) -> list[str]:
    """Plans that walk the whole table."""
    with circle.app.app_context():
        plans = [
            db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {one}", (0,) * one.count("?")).fetchall()
            for one in asked
        ]
    return [step[-1] for plan in plans for step in plan if step[-1].startswith("SCAN message")]
