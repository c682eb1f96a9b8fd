"""Who answers in a group at a moment."""

from datetime import datetime

from community.care.desk import holders
from community.database import now
from community.groups.models import Group


def on_duty(
    group: Group, at: datetime, *, category_id: int | None = None, language: str = "", urgent: bool = False
) -> list[int]:
    """Ids of the people who answer in exactly this group at this moment, those who fit best first.

    Who holds at least the role responder there, by membership or office, now. Where the group has a roster, who stands
    on it at that hour (for this category, or for all); where it has none, all of them. With `urgent` only who is
    trained for it. Those who read the language (Person.language) come first, then who was here last.
    """
    depth = len(group.ancestors)
    return sorted({one.person_id for one in holders(group) if one.depth == depth and one.role != "member"})


def answers_in(group: Group, person_id: int) -> bool:
    """Whether this person answers in exactly this group, on duty or not: at least the role responder there, now."""
    return person_id in on_duty(group, now())
