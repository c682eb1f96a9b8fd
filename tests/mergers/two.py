"""Two communities with people who are in one, the other or both, and what each of them sees."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from community.announcements.feed import cards, hear, matching, unread_by_group
from community.announcements.line import newest
from community.announcements.models import Announcement, Audience
from community.announcements.releasing import release
from community.database import db
from community.groups.membership import Membership, Standing, admit
from community.groups.models import Group
from community.mergers.models import Merger
from community.people.models import Person

LOOKS = {"language": "en", "picture": "tree", "colour": "neem"}


def person(name: str) -> Person:
    made = Person(name=name, picture="leaf", colour="neem", language="en")
    db.session.add(made)
    db.session.flush()
    return made


def tree(name: str, parents: Sequence[int]) -> list[Group]:
    """Each group below an earlier one; the first is the root."""
    groups: list[Group] = []
    for at, parent in enumerate([0, *parents]):
        groups.append(Group.plant(groups[parent % at] if at else None, name=f"{name} {at}", **LOOKS))
    return groups


def say(group: Group, by: Person, text: str) -> Announcement:
    made = Announcement.publish(Audience.of(group), by, key=f"{group.id}-{text}", text=text, language="en")
    release(made.id)
    db.session.flush()
    return made


def read_all(one: Person, group: Group) -> None:
    """As if she had read all that is there now, from this group's page."""
    from community.groups.counter import Counter

    hear(Standing.of(one).here(group), Counter.now_at(group.community_id))
    db.session.expire_all()


@dataclass(frozen=True)
class Sight:
    """What a person has: her feed from top to bottom, what is new in it, new ones by group, her roles."""

    feed: tuple[int, ...]
    unread: frozenset[int]
    counts: frozenset[tuple[int, int]]
    roles: frozenset[tuple[int, str, str]]

    @classmethod
    def of(cls, one: Person) -> "Sight":
        db.session.expire_all()
        stand = Standing.of(one)
        audiences = matching(stand, [held.group for held in stand.memberships])
        said = newest(audiences)
        shown = cards(stand, stand.memberships, said, audiences)
        unread = frozenset(card.announcement.id for card in shown if card.unread)
        counts = frozenset(unread_by_group(stand, stand.memberships, audiences).items())
        roles = frozenset((held.group_id, held.role, held.level) for held in stand.memberships)
        return cls(tuple(card.announcement.id for card in shown), unread, counts, roles)

    def only(self, groups: Sequence[Group]) -> "Sight":
        """The part of it that was said in these groups."""
        ids = {group.id for group in groups}
        said = set(db.session.scalars(sa.select(Announcement.id).join(Audience).where(Audience.group_id.in_(ids))))
        feed = tuple(one for one in self.feed if one in said)
        counts = frozenset(pair for pair in self.counts if pair[0] in ids)
        return Sight(feed, self.unread & said, counts, frozenset(role for role in self.roles if role[0] in ids))


@dataclass
class Two:
    """A guest and a host, each with an owner."""

    guest: list[Group]
    host: list[Group]
    goer: Person
    taker: Person
    people: list[Person] = field(default_factory=list)

    @classmethod
    def made(cls, guest: Sequence[int] = (0, 0, 1), host: Sequence[int] = (0, 1, 0)) -> "Two":
        two = cls(tree("guest", guest), tree("host", host), person("Goer"), person("Taker"))
        admit(two.guest[0], two.goer, role="admin")
        admit(two.host[0], two.taker, role="admin")
        return two

    def offered(self, at: int = 1, side: str = "guest") -> Merger:
        """Asked and answered; not agreed to."""
        if side == "guest":
            made = Merger.offer(self.guest[0], "guest", self.goer)
            made.answer(self.host[at], self.taker)
        else:
            made = Merger.offer(self.host[at], "host", self.taker)
            made.answer(self.guest[0], self.goer)
        return made

    def merged(self, at: int = 1, side: str = "guest") -> Merger:
        made = self.offered(at, side)
        made.agree(made.asker)
        return made

    def everybody(self) -> list[Person]:
        return [self.goer, self.taker, *self.people]


def trees_hold(groups: Sequence[Group]) -> None:
    """What is stored twice says the same thing."""
    db.session.expire_all()
    for group in groups:
        line = [group]
        while line[0].parent_id:
            line.insert(0, db.session.get_one(Group, line[0].parent_id))
        assert group.path == "/" + "".join(f"{one.id}/" for one in line)
        assert list(group.ancestors) == [one.id for one in line[:-1]]
        assert group.community_id == line[0].id
        held = sa.select(Membership.community_id).where(Membership.group_id == group.id)
        assert set(db.session.scalars(held)) <= {line[0].id}
        said = sa.select(Announcement.community_id).join(Audience).where(Audience.group_id == group.id)
        assert set(db.session.scalars(said)) <= {line[0].id}
