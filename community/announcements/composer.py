"""The pages on which an announcement is made: in one's own words, or of a ready sentence. None may be stored.

Each holds a fresh key. A refused form comes back on the page where it can be put right, with all that it said.
"""

from collections.abc import Sequence
from uuid import uuid4

import sqlalchemy as sa
from flask import render_template
from flask.typing import ResponseReturnValue

from community.announcements.draft import Draft, categories_in
from community.announcements.models import LONGEST, Announcement
from community.announcements.today import today
from community.announcements.urgency import REASONS, seconds_for
from community.database import db
from community.groups.membership import standing
from community.languages.moments import ahead
from community.people.session import me
from community.phrasebook.models import FilledSentence
from community.phrasebook.saying import SLOTS, gapped
from community.phrasebook.sentences import CHAPTERS

DAYS = 9  # today, tomorrow, and each of the seven weekdays after them
PLACES = 4  # that are offered again
OPTIONS = (
    "category", "role", "at", "expiry", "pin", "no_replies", "urgent", "reason", "reason_words", "reason_voice_key",
)  # fmt: skip


def composer(draft: Draft, code: int = 200, **more: object) -> ResponseReturnValue:
    """The page for this draft as it stands."""
    if draft.ready:
        wrong = set(draft.ready.slots) & draft.form.wrong.keys()
        return slots_page(draft, code) if wrong else look_page(draft, code, **more)
    if "ready" in draft.form.wrong:
        return chapters_page(draft, code)
    return _page("new", draft, code, **_options(draft), **more)


def chapters_page(draft: Draft, code: int = 200) -> ResponseReturnValue:
    """All ready sentences."""
    return _page("ready", draft, code, chapters=CHAPTERS, gapped=gapped)


def slots_page(draft: Draft, code: int = 200) -> ResponseReturnValue:
    """One of them, with a question for each of its slots."""
    return _page(
        "slots", draft, code, names=SLOTS, gapped=gapped, days=list(ahead(draft.day, DAYS)),
        places=_places(draft), options=[name for name in OPTIONS if draft.form.values.get(name)],
    )  # fmt: skip


def look_page(draft: Draft, code: int = 200, **more: object) -> ResponseReturnValue:
    """The sentence as it will be said, before it is sent."""
    return _page("look", draft, code, spoken_in=me().language, **_options(draft), **more)


def _page(name: str, draft: Draft, code: int, **more: object) -> ResponseReturnValue:
    page = render_template(
        f"announcements/{name}.html", draft=draft, group=draft.group, form=draft.form, key=uuid4().hex, **more
    )
    return page, code, {"Cache-Control": "no-store"}


def _options(draft: Draft) -> dict[str, object]:
    group = draft.group
    used, most = today(group)
    return {
        "used": used, "most": most, "reasons": REASONS, "second": bool(seconds_for(group, me())),
        "narrower": categories_in(group), "photo": draft.photo, "voice": draft.voice,
        "why": draft.reason_voice, "longest": LONGEST, "role": standing(me()).role_in(group),
    }  # fmt: skip


def _places(draft: Draft) -> Sequence[str]:
    """The places that I used last in this community."""
    mine = sa.select(FilledSentence.slots).join(Announcement, Announcement.id == FilledSentence.announcement_id)
    mine = mine.where(Announcement.author_id == me().id, Announcement.community_id == draft.group.community_id)
    used = db.session.scalars(mine.order_by(Announcement.id.desc()).limit(50))
    return list(dict.fromkeys(slots["place"] for slots in used if "place" in slots))[:PLACES]
