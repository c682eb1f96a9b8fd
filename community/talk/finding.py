"""Words of a group's talk, found by their beginnings: newest first, however much was said there.

A row for each word of a message, under its group and `seq`: the newest that have a word stand together at the end of a
range, on either database. A full-text index would have to read all that have it, of all groups, to know which are last.
"""

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, UOWTransaction, joinedload, mapped_column

from community.database import Base, BigId, ByteText, db
from community.groups.models import Group
from community.languages.folding import folded
from community.people.models import Person
from community.talk.models import Message
from community.talk.reading import unblocked

PAGE = 20
CHUNK, ROUNDS = 100, 20  # so many are looked at together, and so often for one page
FORMS = 30  # words that begin so
MOST = 300  # words of one message
ASKED = 6
LONGEST = 40  # letters of a word
LAST = "\U0010ffff"


class MessageWord(Base):
    """One word of a message that others may read, as `folded` has it."""

    __tablename__ = "message_word"

    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id), primary_key=True, autoincrement=False)
    word: Mapped[str] = mapped_column(ByteText, primary_key=True)
    seq: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    community_id: Mapped[int] = mapped_column(BigId)
    message_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Message.id, ondelete="CASCADE"), index=True)


def words_of(text: str) -> list[str]:
    """The words of a text in any script, each once: letters, digits and the signs that hang on them."""
    kept = "".join(each if unicodedata.category(each)[0] in "LNM" else " " for each in folded(text))
    return list(dict.fromkeys(word[:LONGEST] for word in kept.split()))


def keep(session: Session, _context: UOWTransaction) -> None:
    """After each flush: what was said, let out, removed or brought back is found, or not, from this commit on."""
    fresh = [one for one in session.new if isinstance(one, Message) and one.seq is not None]
    changed = [one for one in session.dirty if isinstance(one, Message) and _matters(one)]
    if changed:
        numbers = [one.id for one in changed]
        gone = sa.delete(MessageWord).where(MessageWord.message_id.in_(numbers))
        session.execute(gone.execution_options(synchronize_session=False))
    if rows := [row for one in (*fresh, *changed) for row in rows_of(one)]:
        session.execute(sa.insert(MessageWord), rows)


def _matters(one: Message) -> bool:
    fields = sa.inspect(one).attrs
    return any(fields[name].history.has_changes() for name in ("seq", "text", "removed_at"))


def rows_of(one: Message) -> list[dict[str, Any]]:
    """What to keep of it: nothing of what is removed, waits for a look, or was said under an announcement."""
    if one.seq is None or one.removed_at:
        return []
    at = {"group_id": one.group_id, "seq": one.seq, "community_id": one.community_id, "message_id": one.id}
    return [{**at, "word": word} for word in words_of(one.text)[:MOST]]


@dataclass
class Found:
    """Newest first; `before` is where older ones begin, None where there are none."""

    messages: list[Message]
    before: int | None = None


def find(group: Group, reader: Person, asked: str, before: int | None = None) -> Found:
    """What was said in the group with all of these words, or words that begin so; nothing that talk hides from her."""
    terms = sorted(words_of(asked)[:ASKED], key=len, reverse=True)  # the longest is had by the fewest
    ways = [_forms(group, term) for term in terms]
    found = Found([], before)
    if not ways or not all(ways):
        return Found([])
    seen = unblocked(reader)
    for _round in range(ROUNDS):
        chunk = _newest(group, ways[0], found.before)
        seqs = _having(group, ways[1:], chunk)
        found.messages += _messages(group, seqs, seen)
        found.before = chunk[-1] if len(chunk) == CHUNK else None
        if found.before is None or len(found.messages) >= PAGE:
            break
    if len(found.messages) > PAGE:
        found.messages = found.messages[:PAGE]
        found.before = found.messages[-1].seq
    return found


def _forms(group: Group, beginning: str) -> list[str]:
    """The words here that begin so, by jumping from one to the next: how often each was said does not matter."""
    table = MessageWord.__table__.c

    def following(after: Any) -> Any:
        there = sa.select(table.word).where(table.group_id == group.id, after, table.word < beginning + LAST)
        return there.order_by(table.word).limit(1)

    first = sa.select(following(table.word >= beginning).scalar_subquery().label("word")).cte("form", recursive=True)
    again = sa.select(following(table.word > first.c.word).scalar_subquery()).where(first.c.word.is_not(None))
    all_of_them = first.union_all(again)
    found = sa.select(all_of_them.c.word).where(all_of_them.c.word.is_not(None)).limit(FORMS)
    return list(db.session.scalars(found))


def _newest(group: Group, forms: Sequence[str], before: int | None) -> list[int]:
    """The newest that have one of these words: of each only as many as could be among them."""
    table = MessageWord.__table__.c
    older = [table.seq < before] if before is not None else []
    each = [
        sa.select(table.seq).where(table.group_id == group.id, table.word == form, *older)
        .order_by(table.seq.desc()).limit(CHUNK).subquery()
        for form in forms
    ]  # fmt: skip
    together = sa.union(*(sa.select(one.c.seq) for one in each)).subquery()
    return list(db.session.scalars(sa.select(together.c.seq).order_by(together.c.seq.desc()).limit(CHUNK)))


def _having(group: Group, ways: Sequence[Sequence[str]], seqs: Collection[int]) -> Collection[int]:
    """Of these, the ones that have the other words, too."""
    for forms in ways:
        if seqs:
            there = (MessageWord.group_id == group.id, MessageWord.word.in_(forms), MessageWord.seq.in_(seqs))
            seqs = set(db.session.scalars(sa.select(MessageWord.seq).where(*there)))
    return seqs


def _messages(group: Group, seqs: Collection[int], seen: Collection[sa.ColumnElement[bool]]) -> list[Message]:
    if not seqs:
        return []
    stands = (Message.group_id == group.id, Message.seq.in_(seqs), Message.removed_at.is_(None))
    wanted = sa.select(Message).where(*stands, *seen)
    whole = (joinedload(Message.person), joinedload(Message.photo), joinedload(Message.voice))
    return list(db.session.scalars(wanted.options(*whole).order_by(Message.seq.desc()).limit(PAGE + 1)))


sa.event.listen(db.session, "after_flush", keep)
