"""What other rooms keep beside a group: it comes along, is counted anew, and goes back as it was."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from community.announcements.acknowledgement import Acknowledgement
from community.announcements.models import Announcement, Audience
from community.announcements.releasing import release
from community.announcements.unlisted import Unlisted
from community.bringing.known import known
from community.bringing.models import PlaceCode
from community.database import Base, db, now
from community.days.models import Budget, Spent
from community.days.spending import Wish, spend
from community.delegation.levels import LevelTemplate, TemplateGroup
from community.delegation.models import Appointment
from community.errands.models import Deed, begin
from community.groups.bans import Ban
from community.groups.membership import Membership, Standing, admit
from community.groups.models import Category, Group, GroupCategory
from community.groups.offices import Office
from community.headcount.models import Headcount
from community.mergers import tree as trees
from community.mergers.meaning import Meaning
from community.mergers.models import sweep
from community.oversight.counting import count
from community.oversight.models import CounterChange, GroupCounter
from community.people.models import Person
from community.search.models import GroupWord, PersonWord
from tests.mergers.two import Sight, Two, person, say, trees_hold


@pytest.fixture
def two(app: Flask) -> Iterator[Two]:
    with app.test_request_context():
        yield Two.made()
        db.session.rollback()


Named = tuple[str, str | None]


def communities(kind: Any, *where: sa.ColumnElement[bool]) -> set[int]:
    return set(db.session.scalars(sa.select(kind.community_id).where(*where)))


def label(group: Group, name: str, key: str | None = None) -> Category:
    made = Category.make(group.community_id, name, "en", "tree", "neem")
    made.key = key
    group.carry(made)
    db.session.flush()
    return made


def give(group: Group, category: Category, to: Person, by: Person) -> Office:
    made = Office(community_id=group.community_id, group=group, category=category, person=to, role="admin", giver=by)
    for held in Membership.together(group.id, to.id):
        held.has_office = True
    db.session.add(made)
    db.session.flush()
    return made


def said_to(by: Person, at: Group, *categories: Category) -> Announcement:
    made = Announcement.publish(Audience.of(at, categories), by, key=f"n{at.id}", text="said", language="en")
    release(made.id)
    db.session.flush()
    return made


def test_a_day_of_a_merger_has_as_many_places_as_any_day(two: Two) -> None:
    guest, host, today = two.guest[0].id, two.host[0].id, now().date()
    two.people = [person("In both")]
    hers, said = two.people[0].id, [say(two.guest[1], two.goer, str(number)) for number in range(3)]
    other = say(two.host[1], two.taker, "the host's")
    Budget.choose(two.guest[0], 7, two.goer)
    for one in said:
        assert spend(Wish(one.id, guest, 3), [hers], today)
    spend(Wish(other.id, host, 3), [hers], today)
    spend(Wish(), [two.goer.id], today)
    merger = two.merged()
    assert communities(Spent, Spent.person_id == hers) == {host}
    assert communities(Spent, Spent.person_id == two.goer.id) == {None}, "a digest is of all her communities"
    assert not spend(Wish(say(two.guest[1], two.goer, "one more").id, host, 3), [hers], today)
    merger.part(two.goer)
    assert communities(Spent, Spent.announcement_id.in_([one.id for one in said])) == {guest}
    assert communities(Spent, Spent.announcement_id == other.id) == {host}
    assert Budget.of(guest) == 7, "what its owners had chosen"


def test_all_that_hangs_on_a_branch_goes_with_it_and_back(two: Two) -> None:
    place, said = two.guest[1], say(two.guest[1], two.goer, "said")
    category = label(place, "Weavers")
    said_to(two.goer, place, category)
    db.session.add(Acknowledgement(announcement_id=said.id, person_id=two.goer.id))
    Unlisted.begin(place, "because", two.goer)
    Appointment.offer(place, two.goer, role="moderator", category=category)
    begin("forgotten", place, two.goer, "k", {}, [{"group": place.id}])
    template = LevelTemplate(community_id=place.community_id, group=place, level="District", made_by=two.goer.id)
    looks = {"name": "Women", "language": "en", "picture": "mother", "colour": "mor"}
    template.groups.append(TemplateGroup(community_id=place.community_id, category=category, **looks))
    db.session.add(template)
    db.session.flush()

    def homes() -> set[tuple[str, int]]:
        tables = [*trees.placed(), *(table for table, _column in trees.following())]
        of_two = sa.or_(sa.column("community_id") == two.guest[0].id, sa.column("community_id") == two.host[0].id)
        return {
            (table.name, number)
            for table in tables if table.name not in {"counter_change", "group_word"}
            for number in db.session.scalars(sa.select(table.c.community_id).where(of_two))
        }  # fmt: skip

    before = homes()
    assert {name for name, _number in before} >= {
        "acknowledgement", "translation", "deed", "errand", "template_group", "appointment", "unlisted",
        "audience_category",
    }  # fmt: skip
    merger = two.merged()
    assert {number for _name, number in homes()} == {two.host[0].id}
    merger.part(two.goer)
    assert homes() == before
    assert communities(Deed) == {two.guest[0].id}


def test_names_are_found_where_their_people_are(two: Two) -> None:
    both, out = person("Bothaina"), person("Outis")
    for group in (two.guest[1], two.host[1]):
        admit(group, both)
    admit(two.guest[1], out)
    Ban.put(two.host[0], out, two.taker)
    guest, host = two.guest[0].id, two.host[0].id

    def where(one: Person) -> set[int]:
        return communities(PersonWord, PersonWord.person_id == one.id)

    before = {one.id: where(one) for one in (both, out, two.goer, two.taker)}
    assert before == {both.id: {guest, host}, out.id: {guest}, two.goer.id: {guest}, two.taker.id: {host}}
    merger = two.merged()
    assert where(both) == where(two.goer) == {host}
    assert where(out) == set()
    assert communities(GroupWord, GroupWord.group_id == two.guest[2].id) == {host}
    sweep(merger.id)
    merger.part(two.goer)
    assert {one.id: where(one) for one in (both, out, two.goer, two.taker)} == before
    assert communities(GroupWord, GroupWord.group_id == two.guest[2].id) == {guest}


def test_a_code_that_both_gave_means_the_hosts_and_afterwards_each_its_own(two: Two) -> None:
    guest, host = two.guest[0].id, two.host[0].id
    for group, code in ((two.guest[1], "D1"), (two.guest[2], "D2"), (two.host[2], "D1")):
        db.session.add(PlaceCode(community_id=group.community_id, code=code, group_id=group.id))
    db.session.flush()

    def told(community: int) -> dict[str, int]:
        return {code: one.id for code, one in known(community, ["D1", "D2", "D3"]).items()}

    before = told(guest), told(host)
    merger = two.merged()
    assert told(host) == {"D1": two.host[2].id, "D2": two.guest[2].id}
    db.session.add(PlaceCode(community_id=host, code="D3", group_id=two.guest[3].id))
    sweep(merger.id)
    merger.part(two.goer)
    assert (told(guest), told(host)) == (before[0] | {"D3": two.guest[3].id}, before[1])


def counted(group: Group) -> GroupCounter:
    for _turn in range(40):
        if db.session.scalar(sa.select(CounterChange.id).limit(1)) is None:
            break
        count()
    db.session.expire_all()
    found = GroupCounter.of(group.community_id, group.id)
    assert found
    return found


@pytest.mark.patient
def test_the_host_counts_the_guest_as_long_as_it_has_it(two: Two) -> None:
    for number in range(6):
        admit(two.guest[2], person(f"One {number}"))
    assert (counted(two.host[0]).all_people, counted(two.guest[0]).all_people) == (1, 7)
    merger = two.merged()
    assert (counted(two.host[0]).all_people, counted(two.guest[0]).all_people) == (8, 7)
    assert communities(GroupCounter) == {two.host[0].id}
    merger.part(two.goer)
    assert (counted(two.host[0]).all_people, counted(two.guest[0]).all_people) == (1, 7)
    outside = sa.and_(GroupCounter.group_id == two.guest[2].id, GroupCounter.community_id != two.guest[0].id)
    assert communities(GroupCounter, outside) == set()


@pytest.mark.patient
def test_counters_that_a_worker_wrote_for_both_stand_in_nobodys_way(two: Two) -> None:
    counted(two.guest[0])
    merger = two.merged()
    db.session.add(GroupCounter(community_id=two.guest[0].id, group_id=two.guest[1].id, counted_at=now()))
    db.session.flush()
    sweep(merger.id)
    merger.part(two.goer)
    assert counted(two.guest[0]).all_people == 1


def test_an_exact_number_of_before_is_said_no_more(two: Two) -> None:
    for group in (two.host[0], two.guest[1], two.host[2]):
        row = {"group_id": group.id, "community_id": group.community_id, "role": "member", "narrowed": ""}
        db.session.add(Headcount(**row, asked_at=now(), people=7))
    db.session.flush()
    two.merged(1)
    assert set(db.session.scalars(sa.select(Headcount.group_id))) == {two.host[2].id}


@pytest.mark.parametrize(("theirs", "ours"), [
    (("Bakers", None), ("bakers", None)), (("Kisan", "farmers"), ("Farmers", "farmers")),
    (("Farmers", None), ("Kisan", "farmers")),
])  # fmt: skip
@pytest.mark.patient
def test_what_was_narrowed_is_heard_whichever_category_is_the_same(two: Two, theirs: Named, ours: Named) -> None:
    """By name, by key, and by the name that the ready list has for it."""
    member = person("Member")
    admit(two.guest[3], member)
    one, other = label(two.guest[1], *theirs), label(two.host[2], *ours)
    said = said_to(two.goer, two.guest[0], one)
    before = Sight.of(member)
    assert said.id in before.feed
    merger = two.merged()
    assert [found.id for found in Category.of(two.host[0].id)] == [other.id], "one list, without doubles"
    assert Sight.of(member) == before
    after = said_to(two.taker, two.host[0], other)
    assert after.id in Sight.of(member).feed
    merger.part(two.goer)
    assert Sight.of(member) == before
    assert [found.id for found in Category.of(two.guest[0].id)] == [one.id]


def test_other_categories_take_nothing_away_that_was_told_before(two: Two) -> None:
    """Whoever chooses for a group chooses from the list of the whole, where the guest's double does not stand."""
    member = person("Member")
    admit(two.guest[1], member)
    one, other = label(two.guest[1], "Bakers"), label(two.host[2], "Bakers")
    said = said_to(two.goer, two.guest[0], one)
    merger = two.merged()
    two.guest[1].carry(other)
    assert said.id in Sight.of(member).feed
    two.guest[1].carry()
    assert said.id in Sight.of(member).feed
    merger.part(two.goer)
    assert said.id in Sight.of(member).feed


def test_a_category_with_the_name_of_another_by_now_keeps_nobody_from_parting(two: Two) -> None:
    label(two.guest[1], "Bakers")
    ours, own = label(two.host[2], "Bakers"), label(two.guest[2], "Weavers")
    merger = two.merged()
    ours.name = "Those who bake"
    db.session.flush()
    own.name = "Bakers"
    db.session.flush()
    merger.part(two.goer)
    for root in (two.guest[0], two.host[0]):
        names = [one.name for one in Category.of(root.id)]
        assert len(names) == len(set(names))
    carried = sa.select(Category.community_id).join(GroupCategory, GroupCategory.category_id == Category.id)
    mine = carried.where(GroupCategory.own, GroupCategory.group_id.in_([one.id for one in two.guest]))
    assert set(db.session.scalars(mine)) == {two.guest[0].id}


def test_offices_and_templates_are_for_the_category_that_all_use(two: Two) -> None:
    officer = person("Officer")
    admit(two.guest[1], officer)
    one, other = label(two.guest[1], "Bakers"), label(two.host[2], "Bakers")
    office = give(two.guest[1], one, officer, two.goer)
    offer = Appointment.offer(two.guest[1], two.goer, role="moderator", category=one)
    merger = two.merged()
    db.session.expire_all()
    assert office.category_id == offer.category_id == other.id
    assert Standing.of(officer).is_at_least("admin", two.guest[3])
    merger.part(two.goer)
    db.session.expire_all()
    assert office.category_id == offer.category_id == one.id
    assert Standing.of(officer).is_at_least("admin", two.guest[3])
    assert office.community_id == two.guest[0].id


def test_before_and_after_it_is_said_which_offices_look_after_the_guest(two: Two) -> None:
    """Those whose category the guest has, by whichever name it goes there; not those for others."""
    bakers, weavers, ended = (person(name) for name in ("Bakers", "Weavers", "Ended"))
    label(two.guest[1], "Bakers")
    category, other = label(two.host[2], "bakers"), label(two.host[3], "Weavers")
    for one, what in ((bakers, category), (weavers, other), (ended, category)):
        admit(two.host[0], one)
        office = give(two.host[0], what, one, two.taker)
    office.end(two.taker)
    db.session.flush()

    def told() -> list[str | None]:
        return [held.person.name for held in Meaning.of(two.guest[0], two.host[1]).overseers]

    assert told() == ["Taker", "Bakers"]
    merger = two.merged()
    assert told() == ["Taker", "Bakers"]
    assert Standing.of(bakers).is_at_least("admin", two.guest[1])
    assert not Standing.of(weavers).is_at_least("admin", two.guest[1])
    merger.part(two.goer)
    assert not Standing.of(bakers).is_at_least("member", two.guest[1])


def test_who_is_put_out_holds_nothing_and_has_it_all_again_afterwards(two: Two) -> None:
    """Also a role that ends on a day, and an office."""
    banned = person("Banned")
    for group in (two.guest[1], two.guest[2]):
        admit(group, banned)
    until = now() + timedelta(days=3)
    Membership.together(two.guest[2].id, banned.id)[0].appoint("moderator", two.goer, until)
    office = give(two.guest[1], label(two.guest[1], "Bakers"), banned, two.goer)
    before = Sight.of(banned)
    Ban.put(two.host[0], banned, two.taker)
    merger = two.merged()
    assert not Standing.of(banned).is_at_least("member", two.guest[3])
    assert office.ended_at is not None
    merger.part(two.goer)
    assert Sight.of(banned) == before
    held = Membership.together(two.guest[2].id, banned.id)[0]
    assert (held.role, held.role_until, held.role_by) == ("moderator", until, two.goer.id)
    assert Standing.of(banned).is_at_least("admin", two.guest[3])


def test_a_community_keeps_an_admin_without_a_date_when_it_parts(two: Two) -> None:
    merger = two.merged()
    soon = now() + timedelta(days=1)
    held = Membership.together(two.guest[0].id, two.goer.id)[0]
    held.appoint("admin", two.taker, soon)  # it is no root now
    db.session.flush()
    merger.part(two.taker)
    db.session.expire_all()
    assert (held.role, held.role_until) == ("admin", None)


def test_nothing_in_the_branch_says_the_other_community(two: Two) -> None:
    """Whatever table it is: after parting no row of a group of the guest names the host."""
    say(two.guest[1], two.goer, "said")
    merger = two.merged()
    say(two.guest[2], two.goer, "said then")
    merger.part(two.goer)
    trees_hold(two.guest + two.host)
    ids = [group.id for group in two.guest]
    for table in Base.metadata.sorted_tables:
        if {"community_id", "group_id"} <= set(table.c.keys()) and table.name != "audit_entry":
            rows = sa.select(table.c.community_id).where(table.c.group_id.in_(ids))
            assert set(db.session.scalars(rows)) <= {two.guest[0].id}, table.name
