"""The preview: true numbers of many, "few" of a few, "about" of very many; and what was written stays where it was."""

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from community.announcements.audience import Aim, ids_in, narrow
from community.announcements.models import Announcement, Audience
from community.database import db, now
from community.groups.membership import Membership
from community.groups.models import Category, Group
from community.headcount import counting
from community.headcount.counting import Counted, count, people_of
from community.headcount.models import Headcount, count_exactly
from community.headcount.told import Told
from community.outbox.models import Outbox
from community.people.models import Person
from tests.announcements.scene import Scene, key_in, page
from tests.conftest import ALL

pytestmark = pytest.mark.sampled

SCRIPT = {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "same-origin"}
MANY = 4000


def asked(stage: Scene, who: str = "head", *, script: bool = False, group: int | None = None, **fields: Any) -> Any:
    headers = SCRIPT if script else {}
    return stage.browser(who).post(f"/groups/{group or stage.school}/headcount", data=fields, headers=headers)


def crowd(stage: Scene, people: int, *groups: int) -> None:
    """So many people, each in all of these groups."""
    with stage.changing():
        first = (db.session.scalar(sa.select(sa.func.max(Person.id))) or 0) + 1
        numbers = range(first, first + people)
        looks = {"picture": "pot", "colour": "mor", "language": "hi"}
        db.session.execute(sa.insert(Person), [looks | {"id": one} for one in numbers])
        held = {"community_id": stage.school, "role": "member"}
        rows = [held | {"group_id": group, "person_id": one} for group in groups for one in numbers]
        db.session.execute(sa.insert(Membership), rows)


def test_a_preview_brings_the_form_back_as_it_was_with_the_counts(stage: Scene) -> None:
    crowd(stage, 12, stage.grades[3])
    with stage.app.app_context():
        big = db.session.scalars(sa.select(Category.id).where(Category.picture == "sums")).one()

    answer = asked(stage, text="कल छुट्टी है", category=str(big), role="member", expiry="7")

    assert answer.status_code == 200
    assert "कल छुट्टी है" in answer.text
    assert re.search(rf'id="category-{big}"[^>]* checked', answer.text)
    assert re.search(r'id="expiry-7"[^>]* checked', answer.text)
    assert re.search(r'<b class="num m">17 ', answer.text)
    assert key_in(answer.text)
    with stage.app.app_context():
        assert not db.session.scalar(
            sa.select(Announcement.id).join(Announcement.translations).where(sa.text("text = 'कल छुट्टी है'"))
        )


def test_the_script_gets_the_preview_alone(stage: Scene) -> None:
    answer = asked(stage, script=True)
    assert answer.text.strip().startswith("<div")
    assert "<html" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_of_few_people_nothing_else_is_said(stage: Scene) -> None:
    text = asked(stage, script=True, role="moderator").text
    assert not re.search(r'class="num m">\d', text)
    assert 'class="tag"' not in text


@pytest.mark.parametrize(
    "fields",
    [{"category": "999999"}, {"category": "x"}, {"category": "1,2"}, {"category": "-1"}, {"role": "king"}, {"role": "Admin"},
     {"category": ".".join(map(str, range(1, 40)))}],
)  # fmt: skip
@pytest.mark.parametrize("address", ["headcount", "announcements"])
def test_what_is_not_there_is_refused_and_never_widens(stage: Scene, address: str, fields: dict[str, str]) -> None:
    data = {"text": "सिर्फ़ कुछ के लिए", "key": "a-key-of-a-phone", **fields}
    answer = stage.browser("head").post(f"/groups/{stage.school}/{address}", data=data)
    assert answer.status_code == 422
    assert "सिर्फ़ कुछ के लिए" in answer.text, "what was written is kept"
    assert 'id="wrong-category"' in answer.text
    with stage.app.app_context():
        assert not db.session.scalar(sa.select(Announcement.id).where(Announcement.key == "a-key-of-a-phone"))


def test_several_categories_and_a_role_are_said_to_one_audience(stage: Scene) -> None:
    with stage.app.app_context():
        labels = [category.id for category in Category.of(stage.school)]
    data = {"text": "शिक्षकों के लिए", "key": "a-key-of-a-phone", "category": list(map(str, labels)), "role": "responder"}
    assert stage.browser("head").post(f"/groups/{stage.school}/announcements", data=data).status_code == 303
    with stage.app.app_context():
        said = db.session.scalars(sa.select(Announcement).where(Announcement.key == "a-key-of-a-phone")).one()
        assert (said.audience.role, [one.id for one in said.audience.categories]) == ("responder", labels)


def test_who_has_no_role_neither_sees_nor_opens_what_is_for_those_who_have(stage: Scene) -> None:
    number = stage.release("head", "सिर्फ़ देखभाल", to_role="admin")
    assert "सिर्फ़ देखभाल" not in page(stage.browser("parent"), "/")
    assert stage.browser("parent").get(f"/announcements/{number}").status_code == 404
    assert stage.browser("parent").get(f"/announcements/{number}/why").status_code == 404
    assert "सिर्फ़ देखभाल" in page(stage.newcomer("Asha", stage.school, role="admin"), "/")


def test_whoever_loses_the_role_has_lost_it_at_the_next_look(stage: Scene) -> None:
    asha = stage.newcomer("Asha", stage.school, role="moderator")
    number = stage.release("head", "मदद करने वालों के लिए", to_role="moderator")
    assert asha.get(f"/announcements/{number}").status_code == 200
    with stage.changing():
        mine = sa.update(Membership).where(Membership.person_id == stage.people["Asha"])
        db.session.execute(mine.values(role="member"))
    assert asha.get(f"/announcements/{number}").status_code == 404
    assert "मदद करने वालों के लिए" not in page(asha, "/")


def test_why_names_my_group_its_category_and_my_child(stage: Scene) -> None:
    with stage.app.app_context():
        little = db.session.scalars(sa.select(Category).where(Category.picture == "baby")).one()
    number = stage.release("head", "छोटों के लिए", category=little)
    text = page(stage.browser("parent"), f"/announcements/{number}/why")
    assert "छोटे बच्चे" in text
    assert f"/groups/{stage.grades[2]}/involvement" in text
    assert f"/groups/{stage.grades[5]}/involvement" not in text, "her other child's group is not in it"
    assert f"/announcements/{number}/why" in page(stage.browser("parent"), f"/announcements/{number}")


def test_a_sample_is_of_people_and_not_of_memberships(stage: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(stage, MANY, stage.grades[1], stage.grades[4])
    monkeypatch.setattr(counting, "LOOKED_AT", 100)
    monkeypatch.setattr(counting, "SAMPLE", 600)
    with stage.app.app_context():
        aim = Aim.at(db.session.get_one(Group, stage.school))
        counted, exact = count(aim), people_of(aim)
        assert counted
        assert counted.about
        assert abs(counted.people - exact) < exact / 100
        assert abs(sum(counted.languages.values()) - exact) < exact / 20
        assert counted == count(aim), "the same ones each time"


def test_the_coarsest_sample_that_is_large_enough_is_taken(stage: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(stage, MANY, stage.grades[1])
    monkeypatch.setattr(counting, "LOOKED_AT", 100)
    with stage.app.app_context():
        aim = Aim.at(db.session.get_one(Group, stage.school))
        for enough, every in ((10, 32), (MANY, 8)):
            monkeypatch.setattr(counting, "ENOUGH", enough)
            counted = count(aim)
            assert counted
            assert counted.people == every * people_of(aim, every)


@settings(max_examples=20 if ALL else 5, deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 97), st.integers(2000, 20000))
def test_one_in_so_many_is_one_in_so_many_of_any_people(first: int, step: int, people: int) -> None:
    """Whichever numbers a group's people have: in a row, or every so many-th."""
    mixed = [((first + step * one) % 2147483648 * 2654435761) % 4294967296 for one in range(people)]
    for rate in counting.RATES:
        chosen = sum(one < (1 << 32) // rate for one in mixed)
        assert abs(chosen - people / rate) < max(5 * (people * (rate - 1)) ** 0.5 / rate, 40)


def test_the_exact_number_follows_and_is_kept_for_an_hour(stage: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(stage, 600, stage.grades[1])
    monkeypatch.setattr(counting, "LOOKED_AT", 100)
    assert "data-follows" in asked(stage, script=True).text
    asked(stage, script=True)
    with stage.changing():
        (promise,) = db.session.scalars(sa.select(Outbox).where(Outbox.kind == "headcount"))
        count_exactly(promise.args["number"])
        exact = people_of(Aim.at(db.session.get_one(Group, stage.school)))
    text = asked(stage, script=True).text
    assert "data-follows" not in text
    assert f'<b class="num m">{exact} ' in text
    with stage.changing():
        db.session.execute(sa.update(Headcount).values(asked_at=now() - timedelta(hours=2)))
    assert "data-follows" in asked(stage, script=True).text, "what is older is counted anew"


def test_a_group_that_went_to_rest_while_it_is_counted_does_no_harm(stage: Scene) -> None:
    with stage.changing():
        made = Headcount.asked(Aim.at(db.session.get_one(Group, stage.grades[1])))
        number = made.id
    stage.archive(stage.grades[1])
    with stage.changing():
        count_exactly(number)
        count_exactly(number + 1)


COUNTS = st.builds(
    Counted, st.integers(0, 10**7), st.booleans(), st.integers(0, 10**5), st.integers(0, 10**7),
    st.dictionaries(st.sampled_from(["hi", "ur", "ta", "en"]), st.integers(1, 10**6)),
)  # fmt: skip


@given(COUNTS)
def test_what_is_told_is_true_within_one_in_a_hundred_and_silent_about_few(counted: Counted) -> None:
    told = Told.of(counted)
    if 0 < counted.people < 5:
        assert (told.people, told.rung, told.languages) == (None, None, None)
    else:
        assert told.people is not None
        assert abs(told.people - counted.people) <= counted.people / 1000
        assert told.people == counted.people or told.about


@given(st.sets(st.integers(1, 10**15 - 1), max_size=12))
def test_a_set_of_categories_is_one_value(ids: set[int]) -> None:
    assert ids_in(narrow(ids)) == ids
    assert narrow(sorted(ids, reverse=True)) == narrow(ids)
    assert len(narrow(ids)) <= Audience.__table__.c.narrowed.type.length  # type: ignore[attr-defined]


def test_what_waits_is_not_heard_once_its_author_has_lost_the_role(stage: Scene) -> None:
    asha = stage.newcomer("Asha", stage.school, role="admin")
    stage.announce(asha, "कल से मैं नहीं")
    stage.announce(stage.browser("head"), "मैं अब भी", key="another-key")
    with stage.changing():
        mine = sa.update(Membership).where(Membership.person_id == stage.people["Asha"])
        db.session.execute(mine.values(role="member"))
    stage.release_all()
    assert stage.state(stage.said("कल से मैं नहीं")).seq is None
    assert stage.state(stage.said("मैं अब भी")).seq is not None
