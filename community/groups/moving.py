"""What the groups of a branch say of the tree once it hangs elsewhere. Rows in, rows out: a branch has thousands."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

DEEPEST = 40


class TreeError(ValueError):
    """A move that would break the tree: below itself, into another community, or too deep."""


class Hook(NamedTuple):
    """Where a branch is hung: the ids down to there, its path, and whether it rests."""

    lineage: list[int]
    path: str
    rests: bool


def hung_below(top: int, hook: Hook, branch: Iterable[Any]) -> list[dict[str, Any]]:
    """The place in the tree of each group of a branch (id, parent_id, archived_at; parents first) below this hook.

    Raises TreeError where a group would be too deep.
    """
    hooks, hung = {hook.lineage[-1]: hook}, []
    for row in branch:
        above = hook.lineage[-1] if row.id == top else row.parent_id
        at = hooks[above]
        if len(at.lineage) >= DEEPEST:
            raise TreeError("too deep")
        own = hooks[row.id] = Hook([*at.lineage, row.id], f"{at.path}{row.id}/", bool(row.archived_at or at.rests))
        place = {"parent_id": above, "ancestors": at.lineage, "path": own.path, "rests": own.rests}
        hung.append({"id": row.id, **place})
    return hung


def inherited_below(
    above: Sequence[int], own: Iterable[tuple[int, int]], branch: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """What each group of a branch (id, parent_id; parents first) carries from above it, as rows.

    `own` are pairs of a group and a category that it was given itself, of the branch and of the groups `above` it.
    """
    given: dict[int, set[int]] = {}
    for group_id, category_id in own:
        given.setdefault(group_id, set()).add(category_id)
    carried, rows = {above[-1]: set[int]().union(*(given.get(one, ()) for one in above))}, []
    for group in branch:
        inherited, hers = carried[group["parent_id"]], given.get(group["id"], set())
        carried[group["id"]] = inherited | hers
        rows += [{"group_id": group["id"], "category_id": one, "own": False} for one in sorted(inherited - hers)]
    return rows
