"""The page of who can see me says what the pages of the others really show them, and lets them do."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from community.database import Base, db
from community.groups.membership import ROLES, Membership, Standing, admit
from community.groups.models import Category, Group
from community.groups.offices import Office
from community.people.models import Child, Person
from community.people.sign_in import SignInCode
from community.seen.sights import sights
from tests.conftest import ALL, Browser
from tests.notifications.post_office import committed

LOOKS = {"name": "g", "language": "en", "picture": "school", "colour": "mor"}
NAMES = ("Zarina", "Kamlesh", "Bhupinder", "Thankamma")
CHILD = "bangle"  # which nobody else wears
WORLDS = st.fixed_dictionaries(
    {
        "parents": st.lists(st.integers(0, 3), min_size=2, max_size=4),
        "held": st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.sampled_from(ROLES)), min_size=3, max_size=8),
        "mine": st.lists(st.integers(0, 4), min_size=1, max_size=2),
        "office": st.none() | st.tuples(st.integers(0, 4), st.integers(1, 3), st.sampled_from(ROLES[1:])),
        "child": st.booleans(),
    }
)  # fmt: skip
ABOVE: dict[str, Any] = {
    "parents": [0, 1], "held": [(0, 1, "admin"), (1, 2, "moderator"), (2, 3, "member")], "mine": [2],
    "office": (0, 3, "moderator"), "child": True,
}  # fmt: skip


@settings(max_examples=8 if ALL else 1, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=WORLDS)
@example(world=ABOVE)
def test_what_is_said_of_them_is_what_their_pages_let_them(app: Flask, world: dict[str, Any]) -> None:
    app.test_client_class = Browser
    with app.app_context():
        _empty()
        people = _built(world)
        me = db.session.get_one(Person, people[0])
        mine = Standing.of(me).memberships
        told = {one: {sight.key for sight in sights(db.session.get_one(Person, one), mine)} for one in people[1:]}
        places = [(held.id, held.group_id) for held in mine]
        root = mine[0].community_id
    for one in people[1:]:
        assert told[one] == _can(app, one, places), NAMES[people.index(one)]
    page = _browser(app, people[0]).get(f"/groups/{root}/seen").text
    shown = {one for one in people[1:] if NAMES[people.index(one)] in page}
    assert {one for one, keys in told.items() if keys - {"face"}} <= shown, "who sees more than others is named"


def _can(app: Flask, one: int, places: list[tuple[int, int]]) -> set[str]:
    """What this person's browser shows of me, and lets her do about me."""
    browser, found = _browser(app, one), set()
    drawn = str(app.extensions["assets"].symbols[CHILD])
    for held, group in places:
        members, member = browser.get(f"/groups/{group}/members"), browser.get(f"/memberships/{held}")
        found |= {"face"} if members.status_code == 200 and NAMES[0] in members.text else set()
        found |= {"child"} if members.status_code == 200 and drawn in members.text else set()
        found |= {"role"} if f"/memberships/{held}/removal" in member.text else set()
        found |= {"phone"} if f"/memberships/{held}/sign-in-code" in member.text else set()
    answer = browser.get("/search", query_string={"q": NAMES[0]})
    return found | ({"found"} if f"<bdi>{NAMES[0]}</bdi>" in answer.text else set())


def _browser(app: Flask, person: int) -> Browser:
    with app.app_context(), committed():
        code = SignInCode.issue(db.session.get_one(Person, person), issuer=None, lasts=timedelta(minutes=5))
    client = app.test_client()
    assert client.post(f"/enter/{code}").status_code == 303
    return client  # type: ignore[return-value]


def _empty() -> None:
    with committed():
        for table in reversed(Base.metadata.sorted_tables):
            if table.name == "group":
                db.session.execute(sa.update(table).values(parent_id=None))
            if table.name != "audit_entry":
                db.session.execute(sa.delete(table))


def _built(world: dict[str, Any]) -> list[int]:
    """Four people; the first is the one who asks, a plain member of `mine`, perhaps for a child."""
    with committed():
        groups = [Group.plant(**LOOKS)]
        for parent in world["parents"]:
            groups.append(Group.plant(groups[parent % len(groups)], **LOOKS))
        looks = {"picture": "fish", "colour": "mor", "language": "en"}
        people = [Person(name=name, arrival=name, **looks) for name in NAMES]
        db.session.add_all(people)
        db.session.flush()
        child = Child(parent=people[0], picture=CHILD, colour="geru") if world["child"] else None
        db.session.add_all([child] if child else [])
        db.session.flush()
        for place in world["mine"]:
            admit(groups[place % len(groups)], people[0], child)
        for place, who, role in world["held"]:
            admit(groups[place % len(groups)], people[who], role=role)
        _office(world, groups, people)
        return [one.id for one in people]


def _office(world: dict[str, Any], groups: list[Group], people: list[Person]) -> None:
    if not world["office"]:
        return
    place, who, role = world["office"]
    branch = groups[place % len(groups)]
    label = Category.make(groups[0].id, "c", "en", "school", "mor")
    for group in groups[1:]:
        group.carry(label)
    admit(branch, people[who])
    db.session.add(
        Office(community_id=groups[0].id, group=branch, category=label, person=people[who], role=role, giver=people[0])
    )
    for held in db.session.scalars(sa.select(Membership).where(Membership.person_id == people[who].id)):
        held.has_office = True
