"""The trees that groups are in, held until the commit: who moves, merges, parts or makes groups there waits."""

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from community.database import db

if TYPE_CHECKING:
    from community.groups.models import Group


def lock_trees(*groups: "Group", outright: bool = False) -> list[int]:
    """The roots of these groups, locked in one order for all; the groups say what is so from now on.

    While we waited a root may have come below another one. Then what we have is let go and asked for anew: whoever
    held the lower root alone would rewrite a branch that the higher one's holder rewrites, too.
    """
    roots: list[int] = []
    wanted = _roots(groups)
    while roots != wanted:
        roots = wanted
        with _letting_go() as kept:
            _lock(groups, roots, outright)
            wanted = _roots(groups)
            if roots != wanted and kept:
                kept.rollback()
    return roots


def _roots(groups: tuple["Group", ...]) -> list[int]:
    return sorted({group.community_id for group in groups})


def _letting_go() -> Any:
    """SQLite has one lock for all, which is ours already."""
    return db.session.begin_nested() if db.session.get_bind().dialect.name == "postgresql" else nullcontext()


def _lock(groups: tuple["Group", ...], roots: list[int], outright: bool) -> None:
    kind = type(groups[0])
    held = sa.select(kind.id).where(kind.id.in_(roots)).order_by(kind.id)
    db.session.execute(held.with_for_update(key_share=not outright))
    for group in groups:
        db.session.refresh(group)
