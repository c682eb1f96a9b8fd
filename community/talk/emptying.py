"""What nobody can bring back any more goes: words, photo, voice, and their files."""

import sqlalchemy as sa

from community.database import Base, db, now
from community.holding.models import Held
from community.media.models import Photo, Voice
from community.outbox.models import Outbox
from community.people.models import Person
from community.talk.models import KEPT, TAKE_BACK, Message, Reaction


def empty(message_id: int) -> None:
    """What the outbox does, when the time to bring it back is over. Twice is harmless."""
    found = db.session.get(Message, message_id, with_for_update=True)
    if found is None or found.removed_at is None:
        return
    lasts = TAKE_BACK if found.removed_by == found.person_id else KEPT
    if found.removed_at + lasts <= now():
        _empty(found)


def _empty(found: Message) -> None:
    media = [one for one in (found.photo, found.voice) if one]
    found.text, found.photo, found.voice = "", None, None
    db.session.execute(sa.delete(Reaction).where(Reaction.message_id == found.id))
    looked = (Held.community_id == found.community_id, Held.kind == "message", Held.subject_id == found.id)
    db.session.execute(sa.update(Held).where(*looked).values(text=""))
    db.session.flush()
    files = [name for one in media if not _is_shown(one) for name in _dropped(one)]
    if files:
        Outbox.promise("erase-files", f"erase-files:message:{found.id}", files=files)


def _is_shown(one: Photo | Voice) -> bool:
    """Whether anything else shows it: what was reported lies before who decides with the photo that it had."""
    kind = type(one).__tablename__
    columns = [
        column
        for table in Base.metadata.sorted_tables
        for column in table.c
        if any(key.column.table.name == kind for key in column.foreign_keys)
    ]
    return any(db.session.execute(sa.select(sa.literal(1)).where(it == one.id).limit(1)).first() for it in columns)


def _dropped(one: Photo | Voice) -> list[str]:
    names = [one.name_of(rendition) for rendition in one.sizes]
    db.session.delete(one)
    return names


def unsay(person: Person) -> None:
    """She is erased: what was removed, or waits and nobody has seen, is emptied; what others have read stays."""
    hers = sa.select(Message).where(Message.person_id == person.id)
    unseen = sa.or_(Message.removed_at.is_not(None), Message.held_id.is_not(None))
    for found in db.session.scalars(hers.where(unseen)):
        found.removed_at, found.removed_by = found.removed_at or now(), found.removed_by or person.id
        _empty(found)
