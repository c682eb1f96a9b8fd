"""What nobody shows any more is let go of: the rows at once, the files after the commit."""

from collections.abc import Collection

import sqlalchemy as sa

from community.database import Base, db, now
from community.media.models import Photo, Voice
from community.outbox.models import Outbox


def let_go(kind: type[Photo] | type[Voice], numbers: Collection[int | None]) -> None:
    """Of these photos or voices those that no row of any table shows now. The caller has flushed what it took away."""
    free = [number for number in sorted({one for one in numbers if one}) if not _is_shown(kind, number)]
    rows = kind.__table__
    gone = db.session.execute(sa.select(rows.c.key, rows.c.sizes).where(rows.c.id.in_(free))).all()
    if gone:
        files = [f"{one.key}/{rendition}" for one in gone for rendition in one.sizes]
        db.session.execute(sa.delete(kind).where(rows.c.id.in_(free)).execution_options(synchronize_session=False))
        Outbox.promise("erase-files", f"erase-files:{kind.__tablename__}:{free[0]}:{now().timestamp()}", files=files)


def _is_shown(kind: type[Photo] | type[Voice], number: int) -> bool:
    return any(
        db.session.execute(sa.select(sa.literal(1)).select_from(table).where(column == number).limit(1)).first()
        for table in Base.metadata.sorted_tables
        for column in table.c
        if any(key.column.table.name == kind.__tablename__ for key in column.foreign_keys)
    )
