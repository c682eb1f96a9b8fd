"""A member asks whether something is true: the same words are one rumour, and it lies before who answers there."""

from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa

from community.announcements.models import Announcement
from community.care.desk import holders
from community.care.things import Thing
from community.database import db, now
from community.duty.rota import on_duty
from community.groups.models import Group
from community.holding.quota import Enough
from community.languages import ngettext
from community.media.disposal import let_go
from community.media.models import Photo
from community.outbox.models import Outbox
from community.people.attempts import Attempts
from community.people.models import Person
from community.rumours.answering import about
from community.rumours.models import Rumour, RumourFlag, is_telling, words_digest

A_DAY = 5
RUNG = 5


def _enough() -> Enough:
    seconds = _seconds_left()
    said = ngettext(
        "You have asked a lot today. You can ask again in %(num)s hour.",
        "You have asked a lot today. You can ask again in %(num)s hours.",
        -(-seconds // 3600),
    )
    return Enough(said, seconds)


def _seconds_left() -> int:
    """Until the window in which `Attempts` counts is over."""
    moment = int(now().timestamp())
    return 24 * 3600 - moment % (24 * 3600)


def flag(thing: Thing, person: Person) -> Rumour:
    """Of something that she sees here. Raises Enough."""
    mark = words_digest(thing.words, thing.what, thing.id)
    rumour = _that_stands(thing.group, mark)
    if rumour is None or not _has_flagged(rumour, person):
        _count(person)
    if rumour is None:
        rumour = _begin(
            thing.group, person, mark, what=thing.what, thing_id=thing.id, language=thing.language,
            author_id=thing.accused and thing.accused.id, category_id=_category_of(thing),
        )  # fmt: skip
    return _flagged(rumour, person)


def bring(group: Group, person: Person, *, key: str, text: str, photo: Photo | None, category_id: int | None) -> Rumour:
    """Of what she has got elsewhere. The same key gives the same rumour. Raises Enough."""
    sent = sa.select(RumourFlag).where(RumourFlag.person_id == person.id, RumourFlag.key == key)
    if earlier := db.session.scalar(sent):
        return earlier.rumour
    mark = words_digest(text, "own", 0) if is_telling(text) else Rumour.alone()
    rumour = _that_stands(group, mark) or _taken_away(group, mark)
    if rumour is None or not _has_flagged(rumour, person):
        _count(person)
    if rumour is None:
        rumour = _begin(
            group, person, mark, what="own", language=person.language, text=text, photo=photo, category_id=category_id,
        )  # fmt: skip
    return _flagged(rumour, person, key)


def _that_stands(group: Group, mark: str) -> Rumour | None:
    """One of which the words can still be read, so that somebody can answer."""
    return next((one for one in Rumour.of(group, mark) if about(one)), None)


def _taken_away(group: Group, mark: str) -> Rumour | None:
    """What who looks after the group took away is not brought back by bringing it again."""
    return next((one for one in Rumour.of(group, mark) if one.removed_at), None)


def _has_flagged(rumour: Rumour, person: Person) -> bool:
    return mine(rumour, person) is not None


def mine(rumour: Rumour, person: Person) -> RumourFlag | None:
    """What this person has asked about it."""
    hers = (RumourFlag.rumour_id == rumour.id, RumourFlag.person_id == person.id)
    return db.session.scalar(sa.select(RumourFlag).where(*hers))


def _count(person: Person) -> None:
    if Attempts.count_one(f"rumour:{person.id}", hours=24) > A_DAY:
        raise _enough()


def _flagged(rumour: Rumour, person: Person, key: str | None = None) -> Rumour:
    if not _has_flagged(rumour, person):
        # What is answered she hears at once: the page that comes says it.
        heard = now() if rumour.answered_at else None
        made = RumourFlag(rumour=rumour, community_id=rumour.community_id, person_id=person.id, heard_at=heard)
        made.key = key
        db.session.add(made)
        db.session.flush()
    return rumour


def _category_of(thing: Thing) -> int | None:
    """Of an announcement for one category only, that one."""
    said = db.session.get(Announcement, thing.id) if thing.what == "announcement" else None
    chosen = said.audience.categories if said and said.audience.narrowed else []
    return chosen[0].id if len(chosen) == 1 else None


def _begin(group: Group, person: Person, mark: str, **more: object) -> Rumour:
    """Or the one of the same words whose first copy is gone begins anew, of this one."""
    gone = [one for one in Rumour.of(group, mark) if one.group_id == group.id]
    made = gone[0] if gone else Rumour(group=group, community_id=group.community_id, words_digest=mark)
    before = made.photo_id
    made.begin_anew(**more)
    made.desk, called = lie(group, made.category_id, made.language, {made.author_id, person.id})
    is_answered = made.answered_at is not None or made.take_over()
    db.session.add(made)
    db.session.flush()
    let_go(Photo, [before])
    if not is_answered:
        ring(made, called)
    return made


def ring(rumour: Rumour, people: Sequence[int]) -> None:
    """The first of these people, once for each desk before which it lies, and once more if it began anew."""
    for number in people[:RUNG]:
        key = f"call-rumour:{rumour.id}:{rumour.created.timestamp()}:{rumour.desk.id}:{number}"
        Outbox.promise("call-rumour", key, rumour_id=rumour.id, person_id=number)


def lie(group: Group, category_id: int | None, language: str, apart: set[int | None]) -> tuple[Group, list[int]]:
    """The nearest group upwards in which somebody is on duty for it, and who; where nobody is, in which somebody
    answers at all. The top, where there is no one."""
    line = [db.session.get_one(Group, number) for number in reversed(group.lineage)]
    line = [desk for desk in line if not desk.rests] or line
    for desk in line:
        on = on_duty(desk, now(), category_id=category_id, language=language)
        if found := [one for one in on if one not in apart]:
            return desk, found
    for desk in line:
        if found := [one for one in answering_in(desk) if one not in apart]:
            return desk, found
    return line[-1], []


def answering_in(desk: Group) -> list[int]:
    """Whoever holds a role in exactly this group."""
    depth = len(desk.ancestors)
    return sorted({one.person_id for one in holders(desk) if one.depth == depth and one.role != "member"})


def moment_of(value: str) -> datetime | None:
    """Which answer a form replaces, as `answered_at` was written into it; None for none."""
    try:
        return datetime.fromisoformat(value).astimezone(UTC) if value else None
    except (ValueError, OverflowError):
        return None
