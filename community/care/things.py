"""What can be reported, each fetched through the gate by which the reporter sees it. Nobody reports herself."""

from collections.abc import Callable
from dataclasses import dataclass

from community.announcements.models import Announcement, Translation
from community.announcements.views import seen_by_me
from community.announcements.words import words_in
from community.database import db
from community.groups.gates import heard_by, open_to
from community.groups.membership import Membership
from community.groups.models import Group
from community.http import missing
from community.invitations.models import Invitation
from community.invitations.requests import Ended
from community.languages import current
from community.media.models import Photo, Voice
from community.people.models import Person
from community.people.session import me, someone


@dataclass(frozen=True)
class Thing:
    """Something that somebody sees, where, and by whom. `back` is the page that it stands on."""

    what: str
    id: int
    group: Group
    accused: Person | None
    back: str
    words: str = ""
    language: str = ""
    photo: Photo | None = None
    voice: Voice | None = None
    hidden: Person | None = None  # who is behind it, where nobody learns so: she does not decide about it herself


def seen(what: str, number: int) -> Thing:
    """The thing, if I see it and it is not mine. Raises Missing."""
    found = FINDERS[what](number) if what in FINDERS else missing()
    if me().id in [one.id for one in (found.accused, found.hidden) if one]:
        missing()
    return found


def _said(number: int) -> Announcement:
    found = seen_by_me(number)
    return found if found.seq is not None and not found.removed_at else missing()


def _announcement(number: int) -> Thing:
    said = _said(number)
    original = said.original
    return Thing(
        "announcement", said.id, said.audience.group, said.author, f"/announcements/{said.id}", original.text,
        said.language, said.photo, original.voice,
    )  # fmt: skip


def _photo(number: int) -> Thing:
    said = _said(number)
    photo = said.photo or missing()
    return Thing("photo", said.id, said.audience.group, said.author, f"/announcements/{said.id}", photo=photo)


def _translation(number: int) -> Thing:
    """The words in a language that is not the first: whoever said them, not who announced."""
    words = db.session.get(Translation, number) or missing()
    said = _said(words.announcement_id)
    if words.language == said.language:
        missing()
    author = db.session.get_one(Person, words.author_id)
    back = f"/announcements/{said.id}"
    return Thing(
        "translation", words.id, said.audience.group, author, back, words.text, words.language, None, words.voice
    )


def _person(number: int) -> Thing:
    held = db.session.get(Membership, number) or missing()
    group = heard_by(me(), held.group_id)
    return Thing("person", held.id, group, held.person, f"/groups/{group.id}/members")


def _group(number: int) -> Thing:
    group = open_to(me(), number)
    return Thing("group", group.id, group, None, f"/groups/{group.id}", group.name, group.language, group.photo)


FINDERS: dict[str, Callable[[int], Thing]] = {
    "announcement": _announcement,
    "photo": _photo,
    "translation": _translation,
    "person": _person,
    "group": _group,
}


def adds(what: str, finder: Callable[[int], Thing]) -> None:
    """Another kind of thing, fetched through the gate by which its readers see it."""
    FINDERS[what] = finder


def invitation(code: str) -> Thing:
    """The invitation that somebody holds in her hand, whoever she is. Raises Missing."""
    try:
        found = Invitation.with_code(code)
    except Ended:
        missing()
    person = someone()
    if person and found.inviter_id == person.id:
        missing()
    return Thing(
        "invitation", found.id, found.group, found.inviter, f"/j/{code}", found.group.name, found.group.language
    )


def heard_words(said: Announcement) -> Translation | None:
    """The words that I hear where they are not the first ones: they have a report of their own."""
    words = words_in(said, current().code)
    return words if words and words.language != said.language else None
