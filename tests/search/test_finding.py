"""Who finds what: groups one may see, people one leads, as they are called now."""

import pytest
import sqlalchemy as sa

from community.database import db, writing
from community.groups.membership import Membership, Standing, admit, forget_standing
from community.groups.models import Group
from community.people.models import Person
from community.search.finding import groups, people
from community.search.models import GroupWord, PersonWord, index, index_people
from tests.conftest import Stage


def plant(stage: Stage, *names: str) -> None:
    with stage.app.app_context(), writing():
        parent = db.session.get_one(Group, stage.grades[3])
        for name in names:
            Group.plant(parent, name=name, language="hi", picture="school", colour="neem")
        db.session.commit()


def found(stage: Stage, asked: str, part: str = "head") -> list[str]:
    with stage.app.app_context():
        forget_standing()
        return [group.name for group in groups(Standing.of(db.session.get_one(Person, stage.people[part])), asked)]


def test_latin_letters_find_every_script_the_closest_first(stage: Stage) -> None:
    plant(stage, "रामगढ़", "রামগড়", "رامگڑھ", "Ramgarh", "रामपुर", "Ramgarh High School")
    assert found(stage, "ramgarh")[0] == "Ramgarh"
    assert set(found(stage, "ramgarh")) == {"रामगढ़", "রামগড়", "رامگڑھ", "Ramgarh", "Ramgarh High School"}
    assert found(stage, "रामगढ")[0] == "रामगढ़"
    assert found(stage, "ram garh") == found(stage, "ramgarh") != []
    assert found(stage, "school ramgarh") == ["Ramgarh High School"]
    assert "रामपुर" in found(stage, "raampoor")
    assert found(stage, "zzzzz") == found(stage, "%") == found(stage, "_") == found(stage, "") == []


def test_a_new_name_is_found_and_the_old_one_is_not(stage: Stage) -> None:
    plant(stage, "Sunderpur")
    with stage.app.app_context(), writing():
        group = db.session.scalars(sa.select(Group).where(Group.name == "Sunderpur")).one()
        group.name = "विश्रामपुर"
        db.session.commit()
    assert found(stage, "sunderpur") == []
    assert found(stage, "vishrampur") == ["विश्रामपुर"]


def test_many_names_are_written_at_once(stage: Stage) -> None:
    said: list[str] = []
    with stage.app.app_context(), writing():
        seen = lambda _c, _cur, statement, *_r: said.append(statement)  # noqa: E731
        sa.event.listen(db.engine, "before_cursor_execute", seen)
        held = db.session.scalars(sa.select(Group)).all()
        for group in held:
            group.name = f"{group.name} नया"
        db.session.flush()
        sa.event.remove(db.engine, "before_cursor_execute", seen)
        db.session.rollback()
    assert len(held) > 5
    assert len([one for one in said if "group_word" in one]) == 2, "one that takes away, one that writes"


def test_people_are_found_by_who_leads_them_and_nobody_else(stage: Stage) -> None:
    def met(part: str, asked: str) -> list[str | None]:
        with stage.app.app_context():
            return [
                person.name
                for person, _held in people(Standing.of(db.session.get_one(Person, stage.people[part])), asked)
            ]

    with stage.app.app_context(), writing():
        anita = Person(name="अनीता", picture="parrot", colour="mor", language="hi")
        db.session.add(anita)
        held = admit(db.session.get_one(Group, stage.grades[3]), anita)
        db.session.commit()
        held_id, person_id = held.id, anita.id
    assert met("head", "anita") == ["अनीता"]
    assert met("english reader", "anita") == []
    with stage.app.app_context(), writing():
        db.session.get_one(Person, person_id).look("parrot", "mor", "সুনীতা")
        db.session.commit()
    assert met("head", "anita") == []
    assert "সুনীতা" in met("head", "suneeta")
    with stage.app.app_context(), writing():
        db.session.delete(db.session.get_one(Membership, held_id))
        db.session.commit()
        assert db.session.scalar(sa.select(sa.func.count()).where(PersonWord.person_id == person_id)) == 0


def test_what_came_by_copy_is_written_down_by_the_outbox(stage: Stage) -> None:
    with stage.app.app_context(), writing():
        before = [db.session.scalar(sa.select(sa.func.count()).select_from(table)) for table in (GroupWord, PersonWord)]
        assert all(before)
        for table in (GroupWord, PersonWord):
            db.session.execute(sa.delete(table))
        index()
        index_people()
        db.session.commit()
        after = [db.session.scalar(sa.select(sa.func.count()).select_from(table)) for table in (GroupWord, PersonWord)]
    assert after == before


def test_the_page_shows_what_is_above_and_keeps_what_was_typed(stage: Stage) -> None:
    plant(stage, "रामगढ़")
    head = stage.browser("head")
    page = head.get("/search?q=ramgarh&lang=en")
    assert "रामगढ़" in page.text
    assert 'value="ramgarh"' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "Nothing was found." in head.get("/search?q=zzzz&lang=en").text
    assert head.get("/search?q=" + "a" * 500).status_code == 200
    assert 'href="/search"' in head.get("/groups").text


@pytest.mark.sqlite_only
def test_a_beginning_is_looked_up_by_index(stage: Stage) -> None:
    with stage.app.app_context():
        wanted = sa.text(
            "EXPLAIN QUERY PLAN SELECT group_id FROM group_word WHERE community_id = 1 AND sound >= 'rm' AND sound < 'rn'"
        )
        assert "ix_group_word_sound" in str(db.session.execute(wanted).all())
