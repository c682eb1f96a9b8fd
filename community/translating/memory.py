"""The community's own memory: what people said before in a language for the same words."""

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from community.announcements.models import Announcement, Translation
from community.database import db


def earlier(said: Announcement, language: str) -> str | None:
    """What was last said in this language for words that people take for the same, in the same community.

    Where the original was corrected since: what was said before that. Never a machine's words, and nothing removed.
    """
    if not said.original.text:
        return None  # it was only spoken
    if stale := next((one for one in said.translations if one.language == language and one.stale_at), None):
        return stale.text or None
    before, theirs = aliased(Translation), aliased(Announcement)
    same = (
        before.words_digest == said.original.words_digest,
        before.language == theirs.language,
        theirs.language == said.language,
        theirs.community_id == said.community_id,
        theirs.id != said.id,
        theirs.seq.is_not(None),
        theirs.removed_at.is_(None),
    )
    found = sa.select(Translation.text).join(theirs, Translation.announcement_id == theirs.id)
    found = found.join(before, before.announcement_id == theirs.id).where(*same, Translation.language == language)
    found = found.where(Translation.stale_at.is_(None), Translation.origin != "machine", Translation.text != "")
    return db.session.scalar(found.order_by(Translation.id.desc()).limit(1))
