"""A photo, a voice: whose it is, where its bytes lie, and how many they are."""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from community.database import Base, BigId, beside, db, moment, pk
from community.media import store
from community.media.picture import Prepared
from community.media.sound import Spoken
from community.people.models import Person


@sa.event.listens_for(sa.Column, "after_parent_attach")
def _index(column: "sa.Column[Any]", table: sa.Table) -> None:
    """Every column that names a photo or a voice has an index of the few rows where it does: who lets go of one asks
    each, and so does the database before a row goes.
    """
    names = {key.target_fullname for key in column.foreign_keys}
    if table.metadata is Base.metadata and names & {"photo.id", "voice.id"}:
        shown = sa.text(f"{column.name} IS NOT NULL")
        sa.Index(f"ix_{table.name}_{column.name}", column, sqlite_where=shown, postgresql_where=shown)


class Photo(Base):
    """A picture in a few renditions, named like "480.avif". Its content never changes.

    `width` and `height` are the largest rendition's, in pixels. `sizes` has the bytes of each, so that a page
    can say the price before the download.
    """

    __tablename__ = "photo"

    id: Mapped[pk]
    community_id: Mapped[int | None] = mapped_column(BigId, index=True)
    owner_id: Mapped[int | None] = mapped_column(BigId, index=True)
    key: Mapped[str] = mapped_column(sa.String(22), unique=True)
    width: Mapped[int]
    height: Mapped[int]
    sizes: Mapped[dict[str, int]] = mapped_column(sa.JSON)
    created: Mapped[moment]

    @classmethod
    def keep(cls, prepared: Prepared, *, owner_id: int | None = None, community_id: int | None = None) -> Self:
        """Lay the renditions in the store and add the row; whoever asked commits.

        The bytes are safe before the row is: a row never points at nothing. Where the transaction fails, they go
        again. Raises OSError where the disk is full; no row then.
        """
        photo = cls(key=secrets.token_urlsafe(16), width=prepared.width, height=prepared.height)
        photo.sizes, photo.owner_id, photo.community_id = prepared.sizes, owner_id, community_id
        _lay(photo, prepared.renditions)
        db.session.add(photo)
        return photo

    def bytes_for(self, rendition: str) -> int:
        """How many bytes a download of it costs. Raises KeyError for a rendition that there is not."""
        return self.sizes[rendition]

    def name_of(self, rendition: str) -> str:
        """Its name in the store."""
        return f"{self.key}/{rendition}"

    @classmethod
    def brought_by(cls, owner: Person, key: str) -> "Photo | None":
        """The photo with this key, if this person brought it: a refused form names it again."""
        return db.session.scalar(sa.select(cls).where(cls.key == key, cls.owner_id == owner.id)) if key else None


class Voice(Base):
    """A recording in two renditions, "voice.ogg" and "voice.m4a". Its content never changes.

    `sizes` has the bytes of each, so that a page can say the price before the download.
    """

    __tablename__ = "voice"

    id: Mapped[pk]
    community_id: Mapped[int | None] = mapped_column(BigId, index=True)
    owner_id: Mapped[int | None] = mapped_column(BigId, index=True)
    key: Mapped[str] = mapped_column(sa.String(22), unique=True)
    milliseconds: Mapped[int]
    sizes: Mapped[dict[str, int]] = mapped_column(sa.JSON)
    created: Mapped[moment]

    @classmethod
    def keep(cls, spoken: Spoken, *, owner_id: int | None = None, community_id: int | None = None) -> Self:
        """Lay the renditions in the store and add the row; whoever asked commits. Promises what Photo.keep does."""
        voice = cls(key=secrets.token_urlsafe(16), milliseconds=spoken.milliseconds, sizes=spoken.sizes)
        voice.owner_id, voice.community_id = owner_id, community_id
        _lay(voice, spoken.renditions)
        db.session.add(voice)
        return voice

    def name_of(self, rendition: str) -> str:
        """Its name in the store."""
        return f"{self.key}/{rendition}"

    @classmethod
    def brought_by(cls, owner: Person, key: str) -> "Voice | None":
        """The voice with this key, if this person brought it: a refused form names it again."""
        return db.session.scalar(sa.select(cls).where(cls.key == key, cls.owner_id == owner.id)) if key else None

    def copied(self) -> Self:
        """The same recording under a key of its own: whoever shows one need not ask who shows the other."""
        kept = store.current()
        renditions = {rendition: kept.read(self.name_of(rendition)) for rendition in self.sizes}
        spoken = Spoken(renditions, self.milliseconds)
        return type(self).keep(spoken, owner_id=self.owner_id, community_id=self.community_id)


def _lay(made: Photo | Voice, renditions: Mapping[str, bytes]) -> None:
    kept = store.current()
    names = db.session.info.setdefault("laid", {}).setdefault(made.key, [])
    for rendition, content in renditions.items():
        names.append(made.name_of(rendition))
        kept.put(names[-1], content)


def _take_up(session: Session, transaction: SessionTransaction) -> None:
    """After the transaction, whatever became of it: what has no row now goes. Where nobody can say, it stays."""
    laid = session.info.pop("laid", {}) if transaction.parent is None else {}
    with suppress(SQLAlchemyError, OSError):
        for key in laid.keys() - _known(laid) if laid else ():
            for name in laid[key]:
                store.current().remove(name)


def _known(keys: Mapping[str, object]) -> set[str]:
    """Those that have a row: of a commit nobody may have heard that it went through."""
    with beside() as connection:
        return {
            key for kind in (Photo, Voice) for key in connection.scalars(sa.select(kind.key).where(kind.key.in_(keys)))
        }


sa.event.listen(db.session, "after_transaction_end", _take_up)
