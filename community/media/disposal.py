"""What nobody shows any more is let go of: the rows at once, the files after the commit."""

from collections.abc import Collection
from datetime import timedelta

import sqlalchemy as sa

from community.database import Base, db, now
from community.media.models import Photo, Voice
from community.outbox.models import LATER, Outbox

NAMED_AGAIN = timedelta(days=1)  # so long a refused form can bring again what came with it
KINDS: dict[str, type[Photo] | type[Voice]] = {kind.__tablename__: kind for kind in (Photo, Voice)}


def let_go_of(*came: Photo | Voice | None) -> None:
    """What came with a form, and went into nothing: a second tap, or a try that was not let through."""
    db.session.flush()
    for one in came:
        if one:
            let_go(type(one), [one.id])


def keep_for_now(*came: Photo | Voice | None) -> None:
    """What came with a refused form, which names it when it is sent again. What nothing shows by then goes."""
    db.session.flush()
    for one in came:
        if one:
            kind = one.__tablename__
            key = f"let-go:{kind}:{one.id}"
            Outbox.promise("let-go", key, now() + NAMED_AGAIN, rank=LATER, table=kind, number=one.id)


def let_go_unused(table: str, number: int) -> None:
    """What the outbox does then."""
    let_go(KINDS[table], [number])


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
