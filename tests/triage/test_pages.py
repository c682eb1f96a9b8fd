"""One page says what groups need, the most urgent first; it counts, and leads to people instead of to their words."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from community.care.queue import queue
from community.database import db, now, writing
from community.duty.models import Duty
from community.groups.membership import Membership, admit
from community.groups.models import Group
from community.oversight.level import MOST
from community.oversight.models import GroupCounter
from community.oversight.pressing import KINDS, press
from community.people.models import Person
from community.questions.models import Question
from community.triage.waiting import SMALL
from tests.conftest import Browser, Stage
from tests.groups.town import let_in
from tests.oversight.test_counters import count_all
from tests.oversight.test_statements import recorded

WORDS = "PLANTEDQUESTION"


def asked(stage: Stage, group_id: int, trouble: str | None = None, *, hours: int = 1, times: int = 1) -> None:
    with stage.app.app_context(), writing():
        group, person = db.session.get_one(Group, group_id), db.session.get_one(Person, stage.people["member"])
        for _time in range(times):
            number = db.session.scalar(sa.select(sa.func.count(Question.id))) or 0
            looks = {"language": "hi", "text": WORDS, "trouble": trouble, "created": now() - timedelta(hours=hours)}
            made = Question(group=group, community_id=group.community_id, person=person, key=f"key-{number}", **looks)
            db.session.add(made)
            db.session.flush()
        db.session.commit()


def counted(stage: Stage) -> None:
    with stage.app.app_context():
        count_all()


def reported(stage: Stage, group_id: int) -> None:
    with stage.app.app_context(), writing():
        accused = db.session.get_one(Person, stage.people["english reader"])
        queue("person", accused.id, db.session.get_one(Group, group_id), reason="hurts", accused=accused)
        db.session.commit()


def page(stage: Stage, part: str, group_id: int, after: str = "") -> str:
    answer = stage.browser(part).get(f"/groups/{group_id}/triage{after}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert WORDS not in answer.text
    return str(answer.text)


def rows(text: str) -> list[int]:
    return [int(number) for number in re.findall(r'<a class="who grow" href="/groups/(\d+)"', text)]


def test_the_most_urgent_comes_first(stage: Stage) -> None:
    one, two, three, five = (stage.grades[number] for number in (1, 2, 3, 5))
    asked(stage, one, hours=2)
    asked(stage, two, hours=50, times=3)
    asked(stage, five, "food", hours=1)
    reported(stage, three)
    counted(stage)
    text = page(stage, "head", stage.school)
    assert rows(text)[:4] == [five, two, one, three]
    assert page(stage, "teacher", three).count('class="who grow"') == 1, "of others nothing"


def test_twenty_at_a_time_each_once(stage: Stage) -> None:
    with stage.app.app_context(), writing():
        school = db.session.get_one(Group, stage.school)
        made = [
            Group.plant(school, name=f"g{number}", language="hi", picture="school", colour="mor").id
            for number in range(2 * MOST + 3)
        ]
        db.session.commit()
    for place, number in enumerate(made):
        asked(stage, number, hours=place // 2)  # in pairs of the same age
    counted(stage)
    found, after, pages = [], "", 0
    while after is not None:
        text = page(stage, "head", stage.school, after)
        found += rows(text)
        pages += 1
        more = re.search(r'/triage(\?after=[\d-]+)"', text)
        after = more[1] if more else None  # type: ignore[assignment]
    asking = [number for number in found if number in made]
    assert (len(asking), len(set(found)), pages) == (len(made), len(found), 3)
    assert asking[:1] == [made[-1]]


@pytest.mark.parametrize("after", ["?after=x", "?after=1", "?after=-1-2", f"?after={9**30}-1", "?after=%00"])
def test_a_place_that_is_none_is_the_first_page(stage: Stage, after: str) -> None:
    asked(stage, stage.grades[1])
    counted(stage)
    assert rows(page(stage, "head", stage.school, after)) == rows(page(stage, "head", stage.school))


def many(stage: Stage, text: str) -> str:
    found = re.search(r"Urgent help: ([^<]+)<", text)
    assert found
    return found[1]


def in_english(stage: Stage, part: str) -> Browser:
    with stage.app.app_context(), writing():
        db.session.get_one(Person, stage.people[part]).language = "en"
        db.session.commit()
    return stage.browser(part)


def test_urgent_help_of_a_small_group_is_no_number(stage: Stage) -> None:
    asked(stage, stage.grades[3], "money", times=3)
    counted(stage)
    head = in_english(stage, "head")
    text = head.get(f"/groups/{stage.school}/triage").text
    assert many(stage, text) == "Yes"
    assert '<b class="num m">3</b>' not in text
    with stage.app.app_context(), writing():
        for _number in range(SMALL):
            made = Person(picture="fish", colour="mor", language="hi")
            db.session.add(made)
            db.session.flush()
            admit(db.session.get_one(Group, stage.grades[3]), made)
        db.session.commit()
    counted(stage)
    assert many(stage, head.get(f"/groups/{stage.school}/triage").text) == "3"


def row(text: str, group_id: int) -> str:
    found = re.search(rf'<a class="who grow" href="/groups/{group_id}".*?</li>', text, re.S)
    assert found
    return found[0]


def test_since_when_a_small_group_waits_for_help_is_said_by_the_day(stage: Stage) -> None:
    asked(stage, stage.grades[3], "money", hours=49)
    asked(stage, stage.grades[2], hours=49)
    counted(stage)
    text = in_english(stage, "head").get(f"/groups/{stage.school}/triage").text
    alone, question = (re.search(r"Waits since: ([^<]*)\.", row(text, stage.grades[one])) for one in (3, 2))
    assert alone
    assert question
    assert ":" in question[1] or " in the " in question[1] or " at " in question[1]
    assert not re.search(r"\d:\d\d|morning|noon|evening|night", alone[1])


def test_urgent_help_leads_to_the_roster_and_answering_to_who_is_trained(stage: Stage) -> None:
    grade, five = stage.grades[3], stage.grades[5]
    let_in(stage, "head", grade, "admin")
    asked(stage, grade, "money")
    asked(stage, five, "money")
    counted(stage)
    head, nobody = in_english(stage, "head"), "Nobody here is trained for urgent help."
    text = head.get(f"/groups/{stage.school}/triage").text
    assert 'href="/questions"' not in row(text, grade), "she would find nothing there"
    assert "/membership" not in row(text, five), "nor would she as a member"
    for number in (grade, five):
        assert nobody in row(text, number)
        assert f'href="/groups/{number}/duty"' in row(text, number)
        assert head.get(f"/groups/{number}/duty").status_code == 200
    with stage.app.app_context(), writing():
        where, trained = db.session.get_one(Group, grade), db.session.get_one(Person, stage.people["head"])
        Duty.begin(where, trained, trained, urgent=True)
        db.session.commit()
    text = head.get(f"/groups/{stage.school}/triage").text
    assert 'href="/questions"' in row(text, grade)
    assert nobody not in row(text, grade)
    with stage.app.app_context(), writing():
        mine = (Membership.person_id == stage.people["head"], Membership.group_id == grade)
        db.session.execute(sa.update(Membership).where(*mine).values(role="member"))
        db.session.commit()
    assert nobody in row(head.get(f"/groups/{stage.school}/triage").text, grade), "she answers there no more"
    asked(stage, five)
    counted(stage)
    assert f'action="/groups/{five}/membership"' in row(head.get(f"/groups/{stage.school}/triage").text, five)


def test_a_moderator_sees_no_reports_they_may_be_of_herself(stage: Stage) -> None:
    with stage.app.app_context(), writing():
        mine = (Membership.person_id == stage.people["member"], Membership.group_id == stage.grades[3])
        db.session.execute(sa.update(Membership).where(*mine).values(role="moderator"))
        db.session.commit()
    counted(stage)
    before = page(stage, "member", stage.grades[3])
    reported(stage, stage.grades[3])
    counted(stage)
    assert page(stage, "member", stage.grades[3]) == before
    assert page(stage, "teacher", stage.grades[3]).count("<svg") > before.count("<svg")


def test_who_comes_in_from_above_is_seen_by_the_members(stage: Stage) -> None:
    asked(stage, stage.grades[3])
    counted(stage)
    head, way = stage.browser("head"), f"/groups/{stage.grades[3]}/membership"
    assert f'action="{way}"' in page(stage, "head", stage.school)
    assert f'action="/groups/{stage.grades[3]}/call"' in page(stage, "head", stage.school)
    assert head.post(way).status_code == 303
    assert "रमेश गुरुजी" in stage.browser("member").get(f"/groups/{stage.grades[3]}/record").text
    assert f'action="{way}"' not in page(stage, "head", stage.school)


def test_the_courtyard_of_who_looks_after_something_leads_there_for_no_statement(stage: Stage) -> None:
    for part, places in (("head", [stage.school]), ("teacher", [stage.grades[3]]), ("parent", [])):
        found = re.findall(r'href="/groups/(\d+)/triage"', stage.browser(part).get("/").text)
        assert [int(number) for number in found] == places
    let_in(stage, "head", stage.grades[1], "admin")
    teacher = stage.browser("head")
    teacher.get("/")
    with recorded(stage.app) as statements:
        assert re.findall(r'href="/groups/(\d+)/triage"', teacher.get("/").text) == [str(stage.school)]
    assert not [one for one in statements if "group_counter" in one]


def test_as_many_statements_for_many_groups_as_for_one(stage: Stage) -> None:
    counts = []
    for number in (1, 2, 5):
        asked(stage, stage.grades[number], "food")
        counted(stage)
        head = stage.browser("head")
        head.get(f"/groups/{stage.school}/triage")
        with recorded(stage.app) as statements:
            head.get(f"/groups/{stage.school}/triage")
        counts.append(len(statements))
    assert len(set(counts)) == 1
    assert counts[0] <= 8


def test_whatever_can_wait_has_a_picture_and_a_word(stage: Stage) -> None:
    counted(stage)
    with stage.app.app_context(), writing():
        mine = sa.update(GroupCounter).where(GroupCounter.group_id == stage.grades[1])
        every = {kind: 7 for kind in KINDS}
        db.session.execute(mine.values(**every, people=SMALL, press=press(dict.fromkeys(KINDS, (7, 1)))))
        db.session.commit()
    text = in_english(stage, "head").get(f"/groups/{stage.school}/triage").text
    row = text.partition(f'href="/groups/{stage.grades[1]}"')[2].partition("</li>")[0]
    assert len(re.findall(r'<span class="tag[^>]*><svg.*?</svg><span>[^<]+: 7</span>', row, re.S)) == len(KINDS)
