"""Every row says whose community it is, so that one day a community can live on a machine of its own (docs/running.md).

A table has `community_id`, or stands here with the reason why one row of it may serve several communities.
"""

import pytest
import sqlalchemy as sa

import community.house  # noqa: F401  all models
from community.database import Base

pytestmark = pytest.mark.sqlite_only

# A copy of these lies on every machine, or they lie together on one: whoever they belong to may be in several communities.
OF_NO_COMMUNITY = {
    "person": "may be in several communities, with one name and one sign-in",
    "phone": "is hers, and serves all of her communities",
    "session": "is hers, and serves all of her communities",
    "child": "is hers, and may be in groups of several communities",
    "pin": "is a phone's and a person's",
    "pin_tries": "are counted for a person, on all of her phones",
    "sign_in_code": "opens a person's own room",
    "recovery": "is a way back into a person's own room",
    "passkey": "is hers, and opens her own room",
    "number": "is hers, and opens her own room",
    "subscription": "is a phone's",
    "listener": "is a phone's and a person's",
    "block": "is one person's about another, wherever they meet",
    "helper": "is what a person said of herself",
    "attempts": "are counted by address and hour, before anybody is known",
    "machine_words": "are kept by their content, whoever said them",
    "erasure": "is of a person, wherever she is",
    "outbox": "is walked by its time, for the whole server",
}
WITH_ITS_PARENT = {
    "sealed_key": "has nothing but the ids of a word and a phone's key, and what is wrapped; it goes with the word",
    "group_category": "has nothing but the ids of a group and a category of one community, and moves with the group",
    "sheet_part": "has nothing but its sheet's rows, and goes with the sheet",
    "suggestion_voice": "has nothing but the ids of a suggestion and a person, and moves with the suggestion",
}
# Unique without the community: what they forbid would stay forbidden with it, or has to be forbidden everywhere.
KEYS_OF_THE_WHOLE = {
    ("sealed_message", ("person_id", "key")): "a phone's key is random, and one person's",
    ("appointment", ("code_digest",)): "a code leads to one offer",
    ("appointment", ("digits_digest",)): "digits lead to one offer",
    ("brought_sheet", ("key",)): "is random",
    ("errand", ("person_id", "key")): "a phone's key is random, and one person's",
    ("message", ("person_id", "key")): "a phone's key is random, and one person's",
    ("merger", ("code_digest",)): "a code leads to one offer",
    ("merger", ("guest_id",)): "a community comes below one other",
    ("office_bearer", ("code_digest",)): "a code leads to one card",
    ("office_bearer", ("group_id", "role")): "a group is in one community",
    ("announcement", ("author_id", "key")): "a phone's key is random, and one author's",
    ("question", ("person_id", "key")): "a phone's key is random, and one person's",
    ("answer", ("person_id", "key")): "a phone's key is random, and one person's",
    ("delivery", ("token",)): "is random",
    ("spent", ("person_id", "day", "slot")): "a person's day is one, whichever communities ring on it",
    ("group", ("start_key",)): "is random, and one person's",
    ("invitation", ("code_digest",)): "a code leads to one place",
    ("aid", ("person_id", "key")): "a phone's key is random, and one person's",
    ("good_answer", ("person_id", "key")): "a phone's key is random, and one person's",
    ("rumour_flag", ("person_id", "key")): "a phone's key is random, and one person's",
    ("photo", ("key",)): "is random",
    ("voice", ("key",)): "is random",
}


def tables() -> list[sa.Table]:
    return list(Base.metadata.sorted_tables)


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.name)
def test_every_table_says_whose_it_is(table: sa.Table) -> None:
    reason = OF_NO_COMMUNITY.get(table.name) or WITH_ITS_PARENT.get(table.name)
    if "community_id" in table.c:
        assert reason is None, f"{table.name} has a community by now: take it off the list"
    else:
        assert reason, f"{table.name} needs community_id, or a reason why it has none"


def test_the_lists_name_what_is_there() -> None:
    names = {table.name for table in tables()}
    assert OF_NO_COMMUNITY.keys() | WITH_ITS_PARENT.keys() | {name for name, _key in KEYS_OF_THE_WHOLE} <= names


@pytest.mark.parametrize("table", [one for one in tables() if "community_id" in one.c], ids=lambda table: table.name)
def test_no_key_reaches_over_two_communities(table: sa.Table) -> None:
    """Each unique key names the community or a row of one: with `community_id` in front it forbids the same."""
    for key in _unique(table):
        own = key == ("id",)  # given once in the whole database
        assert own or _names_a_community(table, key) or (table.name, key) in KEYS_OF_THE_WHOLE, (table.name, key)


def _unique(table: sa.Table) -> set[tuple[str, ...]]:
    constraints = [one for one in table.constraints if isinstance(one, (sa.UniqueConstraint, sa.PrimaryKeyConstraint))]
    indexes = [one for one in table.indexes if one.unique]
    return {tuple(column.name for column in one.columns) for one in (*constraints, *indexes)}


def _names_a_community(table: sa.Table, key: tuple[str, ...]) -> bool:
    targets = {foreign.column.table for name in key for foreign in table.c[name].foreign_keys}
    return "community_id" in key or any("community_id" in target.c for target in targets)
