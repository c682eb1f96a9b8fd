"""What others were told: the whole community may look it up; closed groups are counted, a delicate one gives a reason."""

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community.announcements import told
from community.announcements.line import PAGE, _told
from community.announcements.models import Announcement, Audience
from community.announcements.unlisted import Unlisted
from community.audit.models import AuditEntry
from community.database import db, now
from community.groups.category import Category
from community.groups.models import Group
from community.media.models import Voice
from community.media.sound import Spoken
from tests.announcements.scene import Scene, released
from tests.conftest import ALL, Stage

pytestmark = pytest.mark.sampled

CLOSED = re.compile(r"(\d+) announcements? in closed groups")
WITHHELD = re.compile(r"(\d+) announcements? (?:is|are) not listed\. The reason:")


@pytest.fixture
def scene(stage: Stage) -> Scene:
    return Scene(stage)


@pytest.fixture
def english(scene: Scene) -> Iterator[FlaskClient]:
    """Somebody in one grade alone, who reads English."""
    yield scene.newcomer("reader", scene.grades[2])


def say(scene: Scene, text: str, group: int | None = None, key: str = "women", **more: str) -> int:
    """In a group, to one category (none for "") and perhaps one role; out at once."""
    with scene.changing():
        at = db.session.get_one(Group, group or scene.school)
        category = (Category.called(at.community_id, key) or Category.take(at.community_id, key)) if key else None
        return released(at, scene.person("head"), text, category=category, **more).id


def set_door(scene: Scene, group: int, joining: str, *, sensitive: bool = False) -> None:
    form = {"name": "Grade", "joining": joining} | ({"sensitive": "1"} if sensitive else {})
    assert scene.browser("head").post(f"/groups/{group}/settings", data=form).status_code == 303


def look(scene: Scene, browser: FlaskClient, before: int | None = None) -> str:
    answer = browser.get(f"/groups/{scene.school}/told" + (f"?before={before}" if before else ""))
    assert answer.status_code == 200
    return str(answer.text)


def listed(text: str) -> list[int]:
    return [int(number) for number in re.findall(r'<(?:details|article) class="[^"]*" id="a(\d+)"', text)]


def counted(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.search(text)
    return int(found[1]) if found else 0


def test_what_was_narrowed_stands_there_for_who_was_not_told(scene: Scene, english: FlaskClient) -> None:
    by_category = say(scene, "Women meet on Monday at ten under the big tree, please come")
    by_role = say(scene, "Only who looks after a group", key="", to_role="admin")
    say(scene, "For all of us", key="")
    page = look(scene, english)
    assert listed(page) == [by_role, by_category]
    assert "Women meet on Monday at ten under…" in page
    assert "please come</p>" in page
    assert '<bdi lang="en">Women</bdi>' in page
    assert "looks after the group" in page
    assert "For all of us" not in page
    assert english.get(f"/announcements/{by_category}").status_code == 404


def test_the_way_to_it_is_on_the_top_groups_page(scene: Scene, english: FlaskClient) -> None:
    assert f'href="/groups/{scene.school}/told"' in english.get(f"/groups/{scene.school}").text
    assert "/told" not in english.get(f"/groups/{scene.grades[2]}").text


def test_it_is_for_the_community_alone_and_ends_with_it(scene: Scene, english: FlaskClient) -> None:
    stranger = scene.newcomer("stranger")
    assert stranger.get(f"/groups/{scene.school}/told").status_code == 404
    assert english.get(f"/groups/{scene.grades[2]}/told").status_code == 404
    held = scene.memberships("reader")[0].id
    english.post(f"/memberships/{held}/end")
    assert english.get(f"/groups/{scene.school}/told").status_code == 404


def test_nothing_of_another_community_stands_there(scene: Scene, english: FlaskClient) -> None:
    other = int(scene.browser("head").post("/communities", data={"shape": "circle", "key": "other-one"}).location[8:])
    number = say(scene, "To the women of the circle", other)
    assert number not in listed(look(scene, english))
    assert listed(scene.browser("head").get(f"/groups/{other}/told").text) == [number]


@pytest.mark.parametrize("joining", ["ask", "invite"])
def test_a_closed_group_shows_a_count_and_no_word(scene: Scene, english: FlaskClient, joining: str) -> None:
    grade = scene.grades[5]
    set_door(scene, grade, joining)
    say(scene, "Behind the door", grade)
    page = look(scene, english)
    assert "Behind the door" not in page
    assert (listed(page), counted(CLOSED, page)) == ([], 1)


def test_a_door_that_closes_takes_what_was_said_off_the_page_and_opening_brings_nothing_back(
    scene: Scene, english: FlaskClient
) -> None:
    grade = scene.grades[5]
    set_door(scene, grade, "link")
    number = say(scene, "While it was open", grade)
    assert listed(look(scene, english)) == [number]
    for joining in ("ask", "link"):
        set_door(scene, grade, joining)
        page = look(scene, english)
        assert (listed(page), counted(CLOSED, page)) == ([], 1)


def test_a_door_that_was_closed_past_the_settings_shows_no_word_either(scene: Scene, english: FlaskClient) -> None:
    grade = scene.grades[5]
    set_door(scene, grade, "link")
    say(scene, "While it was open", grade)
    scene.set(Group, grade, joining="invite")
    assert "While it was open" not in look(scene, english)


def test_a_delicate_group_is_not_listed_for_a_reason_that_all_read(scene: Scene, english: FlaskClient) -> None:
    grade, head = scene.grades[5], scene.browser("head")
    set_door(scene, grade, "link", sensitive=True)
    before = say(scene, "Said before", grade)
    assert head.post(f"/groups/{grade}/unlisted", data={"reason": "It would put them in danger"}).status_code == 303
    say(scene, "Said meanwhile", grade)
    page = look(scene, english)
    assert (listed(page), counted(WITHHELD, page), counted(CLOSED, page)) == ([], 2, 0)
    assert "It would put them in danger" in page
    assert "Said before" not in page
    head.post(f"/groups/{grade}/unlisted/end")
    page = look(scene, english)
    assert (listed(page), counted(WITHHELD, page), counted(CLOSED, page)) == ([before], 0, 1)


def test_who_chose_so_and_when_is_kept(scene: Scene) -> None:
    grade, head = scene.grades[5], scene.browser("head")
    set_door(scene, grade, "link", sensitive=True)
    for reason in ("A shelter", "Another reason"):  # the second tap changes nothing
        head.post(f"/groups/{grade}/unlisted", data={"reason": reason})
    head.post(f"/groups/{grade}/unlisted/end")
    with scene.app.app_context():
        (kept,) = db.session.scalars(sa.select(Unlisted)).all()
        assert (kept.person_id, kept.reason, kept.ended_by) == (scene.people["head"], "A shelter", scene.people["head"])
        assert kept.ended_at
        noted = (
            sa.select(AuditEntry.action)
            .where(AuditEntry.action.in_(("unlisted", "listed again")))
            .order_by(AuditEntry.id)
        )
        assert list(db.session.scalars(noted)) == ["unlisted", "listed again"]


@pytest.mark.parametrize("reason", ["", "   ", "\u200b", "x" * 201])
def test_a_reason_is_needed_and_what_was_written_stays(scene: Scene, reason: str) -> None:
    grade = scene.grades[5]
    set_door(scene, grade, "link", sensitive=True)
    refused = scene.browser("head").post(f"/groups/{grade}/unlisted", data={"reason": reason})
    assert refused.status_code == 422
    assert 'id="wrong-reason"' in refused.text
    with scene.app.app_context():
        assert Unlisted.of(grade) is None


def test_what_is_not_delicate_has_no_way_off_the_page(scene: Scene) -> None:
    grade = scene.grades[5]
    assert scene.browser("head").post(f"/groups/{grade}/unlisted", data={"reason": "I like to"}).status_code == 404


def test_what_is_delicate_no_more_can_be_listed_again(scene: Scene) -> None:
    grade, head = scene.grades[5], scene.browser("head")
    set_door(scene, grade, "link", sensitive=True)
    head.post(f"/groups/{grade}/unlisted", data={"reason": "A shelter"})
    set_door(scene, grade, "link")
    assert head.post(f"/groups/{grade}/unlisted/end").status_code == 303
    assert head.get(f"/groups/{grade}/unlisted").status_code == 404


def test_what_waits_or_was_taken_back_is_not_there_and_what_was_removed_says_so(
    scene: Scene, english: FlaskClient
) -> None:
    gone = say(scene, "These words are gone")
    with scene.changing():
        db.session.get_one(Announcement, gone).remove(scene.person("head"))
        women = Category.called(scene.school, "women")
        audience = Audience.of(db.session.get_one(Group, scene.school), [women] if women else [])
        Announcement.publish(audience, scene.person("head"), key="waits-a-while", text="It still waits", language="hi")
    page = look(scene, english)
    assert listed(page) == [gone]
    assert "These words are gone" not in page
    assert "It still waits" not in page


def test_what_was_only_spoken_stands_there_too(scene: Scene, english: FlaskClient) -> None:
    with scene.changing():
        school, head = db.session.get_one(Group, scene.school), scene.person("head")
        spoken = Voice.keep(Spoken({"voice.ogg": b"OggS"}, 1000), owner_id=head.id, community_id=school.id)
        number = released(school, head, "", to_role="admin", voice=spoken, key="only-spoken").id
    page = look(scene, english)
    assert listed(page) == [number]
    assert "A voice announcement from" in page


def test_a_retired_category_keeps_its_name_there(scene: Scene, english: FlaskClient) -> None:
    say(scene, "To the women")
    with scene.app.app_context():
        women = Category.called(scene.school, "women")
    assert women
    scene.browser("head").post(f"/categories/{women.id}/retirement")
    assert '<bdi lang="en">Women</bdi>' in look(scene, english)
    form = {"text": "again", "key": "to-the-retired", "category": str(women.id)}
    assert scene.browser("head").post(f"/groups/{scene.school}/announcements", data=form).status_code == 422


@pytest.mark.patient
def test_pages_follow_one_another_without_a_gap(scene: Scene, english: FlaskClient) -> None:
    every = [say(scene, f"Number {number}") for number in range(PAGE * 2 + 3)]
    found, path = [], f"/groups/{scene.school}/told"
    while path:
        page = english.get(path).text
        found += listed(page)
        path = next(iter(re.findall(r'href="(/groups/\d+/told\?before=\d+)"', page)), "")
    assert found == every[::-1]


def test_a_page_costs_the_same_for_few_as_for_many(scene: Scene, english: FlaskClient) -> None:
    costs = set()
    for start, end in ((0, 2), (2, 22)):
        for number in range(start, end):
            say(scene, f"Number {number}", key=["women", "farmers", "students"][number % 3])
        with scene.app.app_context():
            engine = db.engine
        asked: list[str] = []
        sa.event.listen(engine, "before_cursor_execute", lambda *seen, asked=asked: asked.append(seen[2]))
        look(scene, english)
        costs.add(len(asked))
    assert len(costs) == 1


def test_a_root_full_of_news_is_not_read_through(scene: Scene) -> None:
    """The list and the counts are read from an index that holds nothing but what was narrowed."""
    one = say(scene, "The only one")
    with scene.changing():
        narrowed = db.session.get_one(Announcement, one)
        row = {column.name: getattr(narrowed, column.name) for column in Announcement.__table__.c}
        many = [row | {"id": one + n, "key": f"many-{n}", "seq": one + n, "told": None} for n in range(1, 3000)]
        db.session.execute(sa.insert(Announcement), many)
        db.session.execute(sa.text("ANALYZE"))
    with scene.app.app_context():
        values = {"community": scene.school, "end": 1 << 60}
        for statement, given in ((_told(), values), (told._not_listed(scene.school), {})):
            assert "ix_announcement_told" in _plan(statement, given)


def _plan(statement: sa.Select[int], values: dict[str, object]) -> str:
    with db.engine.connect() as connection:
        compiled = statement.params(values).compile(connection, compile_kwargs={"literal_binds": True})
        if connection.dialect.name == "sqlite":
            return str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}").all())
        return str(connection.exec_driver_sql(f"EXPLAIN {compiled}".replace("%", "%%")).all())


@given(said=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["", "women", "farmers"])), min_size=1, max_size=12))
@settings(max_examples=30 if ALL else 3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_narrowed_announcement_is_listed_or_counted(stage: Stage, said: list[tuple[int, str]]) -> None:
    """In whatever group, open, closed or delicate, at whatever time its door closed."""
    scene = Scene(stage)
    with scene.app.test_request_context():
        school, head = db.session.get_one(Group, scene.school), scene.person("head")
        doors = [("link", False), ("ask", False), ("link", True), ("link", False)]
        groups = [
            Group.plant(
                school, name="g", language="en", picture="tree", colour="mor", joining=joining, sensitive=delicate
            )
            for joining, delicate in doors
        ]
        Unlisted.begin(groups[2], "A shelter", head)
        for number, (at, key) in enumerate(said):
            category = (Category.called(school.id, key) or Category.take(school.id, key)) if key else None
            released(groups[at], head, f"{number} {now()}", category=category)
        groups[3].dress({"name": "g", "joining": "ask"}, head)
        narrowed = [at for at, key in said if key]
        shown, _more = told.page(school.id, None)
        held = told.held_back(school.id)
        assert [one.line.group_id for one in shown] == [groups[0].id] * narrowed.count(0)
        assert [one.count for one in held] == [count for count in [narrowed.count(2)] if count]
        assert told.behind_doors(school.id, held) == narrowed.count(1) + narrowed.count(3)
        db.session.rollback()
