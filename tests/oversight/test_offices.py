"""Whoever holds an office looks after each group of its category, and the counters know it."""

import pytest
import time_machine
from flask import Flask

from community.database import db, writing
from community.groups.models import Category, Group, GroupCategory
from community.groups.offices import Office
from community.oversight.models import GroupCounter
from community.oversight.need import reasons
from tests.oversight.test_counters import DAY, EVERYTHING, Tree, by_hand, count_all, stored


@pytest.mark.usefixtures("inside")
def test_a_group_is_looked_after_while_somebody_holds_an_office_there(app: Flask) -> None:
    with time_machine.travel(DAY, tick=False) as clock:
        tree = Tree(clock)
        place = next(group for group in tree.groups if len(group.ancestors) > 1)
        with writing():
            farmers = Category.take(tree.root.id, "farmers")
            GroupCategory.give(farmers.id, place.id)
            db.session.commit()
        assert _lacks(tree, place)
        with writing():
            office = _given(tree, farmers)
            db.session.commit()
        assert not _lacks(tree, place)
        with writing():
            office.end(tree.head)
            db.session.commit()
        assert _lacks(tree, place)


def _given(tree: Tree, category: Category) -> Office:
    place, head = {"community_id": tree.root.id, "group": tree.root}, tree.head
    given = Office(**place, category=category, person=head, role="admin", giver=head)
    db.session.add(given)
    db.session.flush()
    given.note("office given", head)
    return given


def _lacks(tree: Tree, place: Group) -> bool:
    """Whether the counters say that nobody looks after it, once all is counted."""
    count_all()
    assert stored() == by_hand(tree.root, EVERYTHING)
    return "nobody" in reasons(db.session.get_one(GroupCounter, (place.community_id, place.id)).why)
