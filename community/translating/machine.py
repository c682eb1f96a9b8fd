"""The machine's turn: one errand of the outbox for each text, and what it said before, found by its content."""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Mapped, mapped_column

from community.announcements.models import LONGEST, Announcement
from community.database import Base, db, moment, now
from community.form import clean
from community.languages import LANGUAGES
from community.outbox.models import LATER, Errand, Outbox
from community.translating.bhashini import SPOKEN, URL, Bhashini
from community.translating.engines import Engine, NotAtAll, NotNow, Null, Result
from community.translating.libre import LibreTranslate
from community.translating.models import TranslationRequest
from community.translating.wire import Line

log = logging.getLogger(__name__)
TRIES = 5
PATIENCE = timedelta(minutes=1)  # before the second try; twice as long each time
KEPT = timedelta(days=90)  # that what was said is found again


class MachineWords(Base):
    """What the machine said for a text, by its content: nobody is asked twice for the same."""

    __tablename__ = "machine_words"

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    text: Mapped[str] = mapped_column(sa.Text)
    engine: Mapped[str] = mapped_column(sa.String(20))
    created: Mapped[moment]


def engine() -> Engine:
    """As the settings say. Raises NotAtAll where the address may not be asked."""
    name, key, url = (current_app.config[setting] for setting in ("TRANSLATOR", "TRANSLATOR_KEY", "TRANSLATOR_URL"))
    if name == "none":
        return Null()
    line = Line(url or URL, loopback=current_app.config["TRANSLATOR_LOOPBACK"])
    return LibreTranslate(line, key) if name == "libretranslate" else Bhashini(line, key)


def may_say(said: Announcement, dst: str) -> bool:
    """Whether there are words that it may be asked for: what was only spoken has none."""
    return bool(said.original.text) and may_speak(said.language, dst)


def may_speak(src: str, dst: str) -> bool:
    """Whether it makes sense to ask, as far as that is known without asking anybody."""
    name = current_app.config["TRANSLATOR"]
    known = SPOKEN if name == "bhashini" else tuple(LANGUAGES)
    return name != "none" and src in known and dst in known and src != dst


def digest(name: str, text: str, src: str, dst: str) -> str:
    return hashlib.sha256("\0".join((name, src, dst, "text", text)).encode()).hexdigest()


def set_going(request: TranslationRequest) -> None:
    """Promise to ask. A machine that failed may be asked anew."""
    if request.text or request.answer not in (None, "failed"):
        return
    again = request.answer == "failed"
    request.answer = None
    key = f"machine:{request.id}:{request.answered_at.timestamp() if again and request.answered_at else ''}"
    Outbox.promise("machine", key, rank=LATER, request_id=request.id)


@dataclass(frozen=True)
class Question:
    text: str
    src: str
    dst: str
    known: str | None  # what was said before


class Ask(Errand):
    """Its argument: `request_id`."""

    def prepare(self, row: Outbox) -> Question | None:
        request = db.session.get(TranslationRequest, row.args["request_id"])
        if request is None or not request.is_open or request.text:
            return None
        said = request.announcement
        text, name = said.original.text, current_app.config["TRANSLATOR"]
        known = db.session.get(MachineWords, digest(name, text, said.language, request.language))
        return Question(text, said.language, request.language, known.text if known else None)

    def perform(self, work: Question | None) -> "Result | NotNow | NotAtAll | None":
        if work is None:
            return None
        if work.known:
            return Result(work.known, current_app.config["TRANSLATOR"], cached=True)
        try:
            asked = engine()
            if (work.src, work.dst) not in asked.pairs():
                return NotAtAll("it does not know these languages")
            return asked.translate([work.text], work.src, work.dst)[0]
        except (NotNow, NotAtAll) as error:
            return error

    def settle(self, row: Outbox, result: "Result | NotNow | NotAtAll | None") -> datetime | None:
        request = db.session.get(TranslationRequest, row.args["request_id"])
        if result is None or request is None:
            return None
        if isinstance(result, Result):
            _keep(request, result)
            return None
        log.warning("translator: %s", result)
        if isinstance(result, NotNow) and row.attempts < TRIES:
            return now() + PATIENCE * int(2 ** (row.attempts - 1))
        request.fail()
        return None


def _keep(request: TranslationRequest, result: Result) -> None:
    """What it said, as a proposal; and for the next time. What is no words is a failure."""
    said, text = request.announcement, clean(result.text)[:LONGEST]
    if not text or not request.say(text, "machine"):
        request.fail()
        return
    db.session.execute(sa.delete(MachineWords).where(MachineWords.created < now() - KEPT))
    key = digest(result.engine, said.original.text, said.language, request.language)
    if db.session.get(MachineWords, key) is None:
        db.session.add(MachineWords(digest=key, text=text, engine=result.engine))
