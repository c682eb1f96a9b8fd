"""A group that lets everybody read what it announced, who decided so and when. No row: the verdict alone."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from community.database import Base, BigId, db, foreign, moment
from community.groups.models import Group
from community.people.models import Person


class OpenNews(Base):
    __tablename__ = "open_news"

    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id), primary_key=True, autoincrement=False)
    community_id: Mapped[foreign]
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    created: Mapped[moment]

    @classmethod
    def holds(cls, group: Group) -> bool:
        """Never where what is said is delicate, whatever was decided before it was."""
        return not group.sensitive and db.session.get(cls, group.id) is not None

    @classmethod
    def decide(cls, group: Group, by: Person, *, open_to_all: bool) -> None:
        """Twice is once."""
        found = db.session.get(cls, group.id)
        if open_to_all and found is None:
            db.session.add(cls(group_id=group.id, community_id=group.community_id, person_id=by.id))
            group.note("news opened", by)
        elif found is not None and not open_to_all:
            db.session.delete(found)
            group.note("news closed", by)
