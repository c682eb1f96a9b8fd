"""What stands in the way of two communities, what comes along, and what stays where it was."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from community.announcements.feed import matching
from community.announcements.line import PAGE, newest, place_after
from community.announcements.models import Announcement, Audience
from community.announcements.releasing import release
from community.announcements.views import _hear
from community.audit.models import AuditEntry
from community.database import Base, db, now
from community.groups.bans import Ban
from community.groups.counter import Counter
from community.groups.membership import Membership, Standing, admit
from community.groups.models import Category, Group, GroupCategory
from community.groups.moving import DEEPEST
from community.invitations.models import Invitation
from community.invitations.requests import JoinRequest
from community.mergers import tree as trees
from community.mergers.models import Hindered, Merger, sweep
from community.people.models import Person
from tests.mergers.two import Sight, Two, person, read_all, say, tree, trees_hold

pytestmark = pytest.mark.sampled


@pytest.fixture
def two(app: Flask) -> Iterator[Two]:
    with app.test_request_context():
        yield Two.made()
        db.session.rollback()


def why(deed: object, *given: object) -> str:
    with pytest.raises(Hindered) as hindered:
        deed(*given)  # type: ignore[operator]
    return hindered.value.why


@pytest.mark.parametrize("side", ["guest", "host"])
def test_either_side_may_ask(two: Two, side: str) -> None:
    merger = two.merged(2, side)
    assert two.guest[0].parent_id == two.host[2].id
    assert merger.community_id == two.host[0].id
    trees_hold(two.guest + two.host)


def test_a_circle_is_refused(two: Two) -> None:
    for at in two.guest:
        offer = Merger.offer(two.guest[0], "guest", two.goer)
        assert why(offer.answer, at, two.goer) == "same"
    two.merged()
    admit(two.guest[0], two.taker, role="admin")
    assert why(Merger.offer, two.guest[0], "guest", two.taker) == "bound"
    offer = Merger.offer(two.guest[2], "host", two.taker)
    assert why(offer.answer, two.host[0], two.taker) == "same"


@pytest.mark.patient
def test_a_tree_that_would_be_too_deep_is_refused(app: Flask) -> None:
    with app.test_request_context():
        two = Two.made(range(DEEPEST - 3), (0, 1))
        assert why(two.offered, 2) == "deep"
        merger = two.merged(1)
        trees_hold(two.guest)
        assert len(two.guest[-1].ancestors) == DEEPEST - 1
        merger.part(two.goer)
        trees_hold(two.guest)
        db.session.rollback()


def test_an_offer_runs_out(two: Two) -> None:
    offer, answered = Merger.offer(two.guest[0], "guest", two.goer), two.offered(side="host")
    code = offer.code
    assert Merger.with_code(code) is offer
    with time_machine.travel(now() + timedelta(days=8)):
        assert Merger.with_code(code) is None
        assert why(offer.answer, two.host[0], two.taker) == "closed"
        assert why(answered.agree, two.taker) == "closed"


def test_an_offer_is_answered_once(two: Two) -> None:
    offer = two.offered()
    other = tree("other", ())
    admit(other[0], two.taker, role="admin")
    assert why(offer.answer, other[0], two.taker) == "closed"
    offer.agree(two.goer)
    assert why(offer.agree, two.goer) == "closed"


def test_nobody_agrees_for_another(two: Two) -> None:
    offer = two.offered()
    assert why(offer.agree, two.taker) == "role"
    assert two.guest[0].is_root


def test_who_lost_her_role_meanwhile_agrees_to_nothing(two: Two) -> None:
    """On either side, at any step."""
    offer = two.offered()
    other = person("Other")
    admit(two.host[0], other, role="admin")
    Membership.together(two.host[0].id, two.taker.id)[0].appoint("member", other)
    db.session.flush()
    assert why(offer.agree, two.goer) == "role"
    assert two.guest[0].is_root
    assert why(Merger.offer, two.host[1], "host", two.taker) == "role"


def test_an_admin_of_a_group_gives_no_community_away(two: Two) -> None:
    below = person("Below")
    admit(two.host[1], below, role="admin")
    offer = Merger.offer(two.guest[0], "guest", two.goer)
    assert why(offer.answer, two.host[1], below) == "role"


def test_of_two_offers_at_once_one_is_kept(two: Two) -> None:
    other = tree("other", (0,))
    admit(other[0], two.taker, role="admin")
    first, second = two.offered(1), Merger.offer(two.guest[0], "guest", two.goer)
    second.answer(other[1], two.taker)
    first.agree(two.goer)
    assert why(second.agree, two.goer) == "bound"
    assert two.guest[0].community_id == two.host[0].id


def test_a_resting_place_takes_nobody_in(two: Two) -> None:
    offer = two.offered(1)
    two.host[1].archive(two.taker)
    assert why(offer.agree, two.goer) == "rests"


def test_a_banned_owner_does_not_come_in_with_all_of_hers(two: Two) -> None:
    Ban.put(two.host[0], two.goer, two.taker)
    assert why(two.offered) == "banned"


def test_who_is_banned_above_is_put_out_and_comes_back_with_parting(two: Two) -> None:
    banned = person("Banned")
    admit(two.guest[2], banned, role="moderator")
    say(two.guest[2], two.goer, "before")
    sight = Sight.of(banned)
    Ban.put(two.host[0], banned, two.taker)
    merger = two.merged()
    assert Sight.of(banned).feed == ()
    merger.part(two.goer)
    assert Sight.of(banned) == sight


def test_parting_ends_after_a_week(two: Two) -> None:
    merger = two.merged()
    with time_machine.travel(now() + timedelta(days=8)):
        assert why(merger.part, two.goer) == "closed"


def test_parting_is_either_owners_and_nobody_elses(two: Two) -> None:
    helper = person("Helper")
    admit(two.host[1], helper, role="admin")  # above the guest, and yet not the owner of it all
    merger = two.merged()
    assert why(merger.part, helper) == "role"
    merger.part(two.taker)
    assert two.guest[0].is_root
    assert why(merger.part, two.goer) == "closed"


def test_a_community_keeps_an_admin_when_it_parts(two: Two) -> None:
    merger = two.merged()
    Membership.together(two.guest[0].id, two.goer.id)[0].appoint("member", two.taker)  # it is no root now
    db.session.flush()
    merger.part(two.taker)
    assert [held.role for held in Membership.together(two.guest[0].id, two.goer.id)] == ["admin"]


def test_who_leads_above_leads_in_the_guest_and_afterwards_no_more(two: Two) -> None:
    merger = two.merged()
    assert Standing.of(two.taker).is_at_least("admin", two.guest[2])
    assert not Standing.of(two.taker).hears(two.guest[2]), "a role does not read"
    merger.part(two.goer)
    assert not Standing.of(two.taker).is_at_least("member", two.guest[2])


def test_what_was_said_above_before_is_not_even_opened(two: Two) -> None:
    old = say(two.host[0], two.taker, "old")
    merger = two.merged()
    new = say(two.host[0], two.taker, "new")
    feed = Sight.of(two.goer)
    assert new.id in feed.unread
    assert old.id not in feed.feed
    merger.part(two.goer)
    assert Sight.of(two.goer).feed == ()


def test_what_waits_is_released_where_its_group_is_by_then(two: Two) -> None:
    waits = Announcement.publish(Audience.of(two.guest[1]), two.goer, key="waits", text="waits", language="en")
    merger = two.merged()
    release(waits.id)
    assert waits.community_id == two.host[0].id
    assert waits.seq == Counter.now_at(two.host[0].id)
    later = Announcement.publish(Audience.of(two.guest[1]), two.goer, key="later", text="later", language="en")
    merger.part(two.goer)
    release(later.id)
    assert later.community_id == two.guest[0].id
    assert later.seq == Counter.now_at(two.guest[0].id)
    assert later.seq > (waits.seq or 0)


def test_a_phone_that_read_before_may_say_so_afterwards(two: Two) -> None:
    member = person("Member")
    admit(two.guest[0], member)
    first, second = (say(two.guest[0], two.goer, text) for text in ("first", "second"))
    said = first.seq or 0
    for number in range(3):
        say(two.host[0], two.taker, str(number))
    two.merged()
    _hear(Standing.of(member), None, two.guest[0].id, said)
    assert Sight.of(member).unread == {second.id}


def told_on_page(one: Person, said: Announcement) -> tuple[int, int]:
    """What a page says was read when it was read up to this one."""
    db.session.expire_all()
    stand = Standing.of(one)
    audiences = matching(stand, [held.group for held in stand.memberships])
    return next((line.community_id, line.seq) for line in newest(audiences) if line.id == said.id)


def test_what_a_phone_read_while_they_were_together_it_may_say_at_any_time(two: Two) -> None:
    """From the page of that time: then it counts; after parting, when the numbers are others, nothing is lost by it."""
    both = person("Both")
    for group in (two.guest[0], two.host[0]):
        admit(group, both)
    first, second = (say(two.guest[0], two.goer, text) for text in ("first", "second"))
    third = say(two.host[0], two.taker, "third")
    merger = two.merged()
    page = told_on_page(both, first)
    merger.part(two.goer)
    _hear(Standing.of(both), None, *page)
    assert Sight.of(both).unread == {first.id, second.id, third.id}
    again = two.merged(0)
    _hear(Standing.of(both), None, *page)
    assert Sight.of(both).unread == {first.id, second.id, third.id}
    _hear(Standing.of(both), None, *told_on_page(both, first))
    assert Sight.of(both).unread == {second.id, third.id}
    again.part(two.goer)
    assert Sight.of(both).unread == {second.id, third.id}


def test_invitations_and_wishes_keep_their_place(two: Two) -> None:
    link = Invitation.make(two.guest[1], two.goer)
    asks, comes = person("Asks"), person("Comes")
    wish = JoinRequest.ask(two.guest[1], asks)
    db.session.flush()
    merger = two.merged()
    Invitation.with_code(link.code).redeem(comes)
    assert [one.id for one in JoinRequest.waiting_for([two.host[0]])] == [wish.id]
    assert {one.community_id for one in (link, wish)} == {two.host[0].id}
    merger.part(two.goer)
    db.session.expire_all()
    assert {one.community_id for one in (link, wish)} == {two.guest[0].id}
    assert Standing.of(comes).communities() == {two.guest[0].id}


def test_the_audit_log_is_only_added_to(two: Two) -> None:
    two.guest[1].note("changed", two.goer)
    db.session.flush()
    before = [tuple(row) for row in db.session.execute(sa.select(*AuditEntry.__table__.c).order_by(AuditEntry.id))]
    merger = two.merged()
    merger.part(two.goer)
    after = [tuple(row) for row in db.session.execute(sa.select(*AuditEntry.__table__.c).order_by(AuditEntry.id))]
    assert after[: len(before)] == before
    done = [entry.action for entry in db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))][len(before) :]
    assert done == ["merger offered", "merger answered", "merged", "parted"]


def label(group: Group, name: str) -> Category:
    known = next((one for one in Category.of(group.community_id) if one.name == name), None)
    found = known or Category.make(group.community_id, name, "en", "tree", "neem")
    group.carry(found)
    return found


def carried(group: Group) -> set[tuple[int, bool]]:
    rows = sa.select(GroupCategory.category_id, GroupCategory.own).where(GroupCategory.group_id == group.id)
    return {(category_id, own) for category_id, own in db.session.execute(rows)}


def test_categories_of_the_same_name_are_one_and_the_others_come_along(two: Two) -> None:
    theirs, ours = label(two.guest[1], "Farmers"), label(two.host[2], "farmers")
    own = label(two.guest[2], "Weavers")
    above = label(two.host[0], "State")
    before = {group.id: carried(group) for group in two.guest + two.host}
    merger = two.merged()
    assert {one.id for one in Category.of(two.host[0].id)} == {ours.id, own.id, above.id}
    assert carried(two.guest[1]) >= {(theirs.id, True), (ours.id, True), (above.id, False)}
    assert carried(two.guest[3]) >= {(ours.id, False)}, "below the guest's farmers"
    assert carried(two.guest[2]) >= {(own.id, True), (above.id, False)}
    merger.part(two.goer)
    assert {group.id: carried(group) for group in two.guest + two.host} == before
    assert {one.id for one in Category.of(two.guest[0].id)} == {theirs.id, own.id}


def test_a_category_given_meanwhile_is_the_groups_own_afterwards(two: Two) -> None:
    ours, own = label(two.host[2], "Farmers"), label(two.guest[2], "Weavers")
    merger = two.merged()
    two.guest[1].carry(ours)
    two.host[3].carry(own)
    merger.part(two.goer)
    names = {one.id: (one.name, one.community_id) for one in db.session.scalars(sa.select(Category))}
    assert {names[one] for one, mine in carried(two.guest[1]) if mine} == {("Farmers", two.guest[0].id)}
    assert {names[one] for one, mine in carried(two.host[3]) if mine} == {("Weavers", two.host[0].id)}


def test_what_comes_below_may_have_taken_others_in_before(two: Two) -> None:
    """A community in a community in a community: parted in either order, all see what they saw."""
    third = tree("third", (0,))
    leads = person("Leads")
    admit(third[0], leads, role="admin")
    for number, group in enumerate((two.guest[0], two.host[0], third[0], two.guest[1])):
        say(group, two.goer, str(number))
    everybody = [*two.everybody(), leads]
    before = {one.id: Sight.of(one) for one in everybody}
    inner = two.merged()
    outer = Merger.offer(two.host[0], "guest", two.taker)
    outer.answer(third[1], leads)
    outer.agree(two.taker)
    trees_hold([*two.guest, *two.host, *third])
    for one in everybody:
        assert Sight.of(one) == before[one.id]
    inner.part(two.goer)
    trees_hold([*two.guest, *two.host, *third])
    outer.part(leads)
    trees_hold([*two.guest, *two.host, *third])
    assert {one.id: Sight.of(one) for one in everybody} == before


def test_who_is_in_both_hears_each_as_before(two: Two) -> None:
    both = person("Both")
    for group in (two.guest[0], two.host[0]):
        admit(group, both)
    told = [(two.guest[0], two.goer), (two.host[0], two.taker)] * 2
    news = [say(group, by, str(number)) for number, (group, by) in enumerate(told)]
    read_all(both, two.guest[0])
    new = {said.id for said in (news[1], news[3])}
    assert Sight.of(both).unread == new
    merger = two.merged()
    assert Sight.of(both).unread == new
    read_all(both, two.guest[0])  # opened from the guest's page, where what the host says now stands too
    merger.part(two.goer)
    assert Sight.of(both).unread == new


def test_a_request_that_began_before_is_swept_up(two: Two) -> None:
    member = person("Late")
    merger = two.merged()
    late = Membership(community_id=two.guest[0].id, group_id=two.guest[1].id, person=member, heard_seq=0, role="member")
    db.session.add(late)
    db.session.flush()
    sweep(merger.id)
    db.session.expire_all()
    assert late.community_id == two.host[0].id
    trees_hold(two.guest)
    sweep(merger.id)
    trees_hold(two.guest)


def test_every_table_of_a_community_is_thought_of() -> None:
    """What has a community has a group, too, or belongs to what has one, or `mergers` says what becomes of it."""
    said = {
        "group",
        "membership",
        "announcement",
        "photo",
        "voice",
        "category",
        "counter",
        "suggestion",
        "recording",
        "audit_entry",
        "merger",
        "place_code",
        "group_counter",
        "person_word",
        "counter_check",
        "spent",
        "budget",
    }  # fmt: skip  What a night found was found of the community as it was; what its owners chose waits for it.
    placed = {table.name for table in trees.placed()} | {table.name for table, _column in trees.following()}
    known = {table.name for table in Base.metadata.sorted_tables if "community_id" in table.c}
    assert known - placed - said == set(), "community/mergers says nothing of these"


@pytest.mark.patient
def test_page_by_page_who_is_in_both_reads_all_of_it(two: Two) -> None:
    """Forty of each, one after another: three pages and a bit, each once, in the order in which they were said."""
    both = person("Both")
    for group in (two.guest[0], two.host[0]):
        admit(group, both)
    told = [(two.guest[0], two.goer), (two.host[0], two.taker), (two.host[0], two.taker)] * 14
    said = [say(group, by, str(number)).id for number, (group, by) in enumerate(told)]
    two.merged()
    said += [say(group, by, f"new {number}").id for number, (group, by) in enumerate(told)]
    db.session.expire_all()
    stand = Standing.of(both)
    audiences = matching(stand, [held.group for held in stand.memberships])
    seen: list[int] = []
    before: dict[int, int] | None = None
    while shown := newest(audiences, before)[:PAGE]:
        seen += [one.id for one in shown]
        before = place_after(shown, before)
    assert seen == said[::-1]
