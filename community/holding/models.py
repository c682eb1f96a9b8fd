"""Held: what somebody wrote waits for a look. It is let through, or refused with a reason that its writer hears."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from community.audit.models import AuditEntry
from community.database import Base, BigId, db, foreign, maybe_moment, moment, now, pk
from community.groups.membership import TAKE_BACK, Standing
from community.groups.models import Group
from community.holding.kinds import Kind, kind_of
from community.holding.why import GIVES_AWAY, LINKS, WHY, Why
from community.people.models import Person

REASONS = ("private", "link", "place")  # why something is refused
HEARD_FOR = timedelta(days=7)  # so long her courtyard tells the writer of a refusal, or until she has heard it
MOST = 30  # on one page
AT_ONCE = 100  # looked through for one person's queue
WAITS = sa.text("answer IS NULL")


class Held(Base):
    """Who wrote what, where, and why it waits. `subject_id` is the thing's own id; a thing has one open row."""

    __tablename__ = "held"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id))
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    kind: Mapped[str] = mapped_column(sa.String(20))
    subject_id: Mapped[int] = mapped_column(BigId)
    text: Mapped[str] = mapped_column(sa.Text)
    why: Mapped[str] = mapped_column(sa.String(80))  # keys of WHY, a space between
    created: Mapped[moment]
    answer: Mapped[str | None] = mapped_column(sa.String(10))  # let · refused · taken back
    answered_at: Mapped[maybe_moment]
    answered_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey(Person.id))
    reason: Mapped[str | None] = mapped_column(sa.String(10))
    words: Mapped[str | None] = mapped_column(sa.Text)  # of who refused it, beside the reason
    heard_at: Mapped[maybe_moment]  # when the writer said that she had heard of it

    group: Mapped[Group] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    judge: Mapped[Person | None] = relationship(foreign_keys=[answered_by])

    __table_args__ = (
        sa.Index(
            "uq_held_waiting", "community_id", "kind", "subject_id", unique=True, sqlite_where=WAITS,
            postgresql_where=WAITS,
        ),
        sa.Index("ix_held_waiting", "group_id", sqlite_where=WAITS, postgresql_where=WAITS),
    )  # fmt: skip

    @classmethod
    def hold(
        cls, kind: str, subject_id: int, *, group: Group, person: Person, text: str, why: list[str]
    ) -> "Held | None":  # fmt: skip
        """The open row of this thing as its words are now: made, changed, or closed where nothing speaks against them.

        None where it need not wait.
        """
        open_one = cls._open(group.community_id, kind, subject_id)
        if not why:
            if open_one:
                open_one._settle("let", None)
            return None
        held = open_one or cls(kind=kind, subject_id=subject_id, group=group, person=person)
        held.community_id, held.text, held.why = group.community_id, text, " ".join(why)
        db.session.add(held)
        db.session.flush()
        return held

    @classmethod
    def _open(cls, community_id: int, kind: str, subject_id: int) -> "Held | None":
        this = (cls.community_id == community_id, cls.kind == kind, cls.subject_id == subject_id, cls.answer.is_(None))
        return db.session.scalar(sa.select(cls).where(*this))

    @classmethod
    def taken_back(cls, community_id: int, kind: str, subject_id: int) -> None:
        """Its writer wants it no more: nobody needs to look."""
        if held := cls._open(community_id, kind, subject_id):
            held._settle("taken back", None)

    @property
    def reasons_to_wait(self) -> list[Why]:
        return [WHY[key] for key in self.why.split() if key in WHY]

    @property
    def is_private(self) -> bool:
        """It gives somebody away: it stands on no page that phones keep."""
        return bool(GIVES_AWAY & set(self.why.split()))

    @property
    def reasons_against(self) -> list[str]:
        """Two of REASONS: those that fit to why it waits. A card has three buttons at most."""
        why = set(self.why.split())
        found = [key for key, fits in (("private", self.is_private), ("link", bool(why & LINKS))) if fits]
        return found if len(found) > 1 else [*(found or ["private"]), "place"]

    @property
    def what(self) -> Kind:
        return kind_of(self.kind)

    def may_be_judged_by(self, stand: Standing) -> bool:
        """Who looks after the group, or above it; nobody her own."""
        return self.person_id != stand.person.id and stand.is_at_least("moderator", self.group)

    def let(self, by: Person) -> bool:
        """Others see it from now on. False where somebody else was faster, or it is gone."""
        return self._settle("let", by) and (self.what.let(self) or self._reopen())

    def refuse(self, by: Person, reason: str, words: str = "") -> bool:
        if not self._settle("refused", by, reason=reason, words=words or None):
            return False
        self.what.refuse(self)
        self.person.asked_until = max(self.person.asked_until or now(), now() + HEARD_FOR)
        return True

    def _settle(self, answer: str, by: Person | None, **more: Any) -> bool:
        """Answer it in one statement; False when it was answered already."""
        cls = type(self)
        mine = sa.update(cls).where(cls.id == self.id, cls.answer.is_(None)).returning(cls.id)
        values = {"answer": answer, "answered_at": now(), "answered_by": by and by.id, "heard_at": None, **more}
        if db.session.scalar(mine.values(**values)) is None:
            db.session.refresh(self)
            return False
        db.session.refresh(self)
        if by:
            self._note(f"held {answer}", by)
        return True

    def _reopen(self) -> bool:
        self.answer = self.answered_at = self.answered_by = self.reason = self.words = None
        return False

    @property
    def can_be_undone(self) -> bool:
        return self.answer in ("let", "refused") and (self.answered_at or self.created) > now() - TAKE_BACK

    def undo(self, by: Person) -> bool:
        """It waits again. False where it is too late: it has gone out, or its writer has written it anew."""
        if not self.can_be_undone or not self.answered_by or not self.what.again(self):
            return False
        self._reopen()
        self._note("held undone", by)
        return True

    def hear(self) -> None:
        self.heard_at = self.heard_at or now()

    def _note(self, action: str, by: Person) -> None:
        AuditEntry.add(
            action, actor_id=by.id, community_id=self.community_id, group_id=self.group_id, subject_id=self.person_id,
            held=self.id, why=self.why, reason=self.reason,
        )  # fmt: skip

    @classmethod
    def in_group(cls, group: Group, reader: Person) -> list["Held"]:
        """What waits in the group and below it, oldest first; nothing of the reader's own."""
        return list(db.session.scalars(cls._waiting(Group.below(group.path), reader).order_by(cls.id).limit(MOST)))

    @classmethod
    def _waiting(cls, where: sa.ColumnElement[bool], reader: Person) -> sa.Select["Held"]:
        wanted = sa.select(cls).join(Group, cls.group_id == Group.id)
        wanted = wanted.where(cls.answer.is_(None), cls.person_id != reader.id, where)
        return wanted.options(joinedload(cls.person), joinedload(cls.group))

    @classmethod
    def for_home(cls, person: Person) -> list["Held"]:
        """Refusals that the person has not heard of; looked for only where there may be any."""
        if person.asked_until is None or person.asked_until < now():
            return []
        refused = (cls.person_id == person.id, cls.answer == "refused", cls.heard_at.is_(None))
        wanted = sa.select(cls).where(*refused, cls.answered_at > now() - HEARD_FOR)
        return list(db.session.scalars(wanted.options(joinedload(cls.group)).order_by(cls.id).limit(MOST)))


def waiting(person: Person, stand: Standing | None = None) -> list[Held]:
    """All that waits for this person's look, wherever she looks after something: what is right there first, then the
    oldest.
    """
    stand = stand or Standing.of(person)
    leads = stand.leads()
    where = [Group.below(group.path) for group in leads]
    where += [office.held_in for office in stand.offices.held if office.role in ("admin", "moderator")]
    if not where:
        return []
    here = Held.group_id.in_([group.id for group in leads])
    return list(db.session.scalars(Held._waiting(sa.or_(*where), person).order_by(here.desc(), Held.id).limit(AT_ONCE)))


def wholes(waiting: Sequence[Held]) -> dict[int, Any]:
    """The things themselves by `Held.id`: one question for each kind of them."""
    found: dict[int, Any] = {}
    for kind in {held.kind for held in waiting}:
        found |= kind_of(kind).wholes([held for held in waiting if held.kind == kind])
    return found
