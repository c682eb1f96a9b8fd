"""Open questions, all before the root: forty for each thousand members, one in five hundred of them urgent help."""

from bench.scale.places import BASE, Place

ROWS = """
INSERT INTO question (community_id, group_id, person_id, key, trouble, language, text, shared, unnamed, named, created,
                      desk_id, moves_at, level)
SELECT %(root)s, %(root)s, 2 + n %% %(members)s, 'bench-' || n, CASE WHEN n %% 500 = 0 THEN 'food' END, 'hi',
       'Asked ' || n, false, false, true, now() - n * interval '1 second', %(root)s, now() + interval '1 day', 0
FROM generate_series(1, %(many)s) AS n
"""


def many_in(place: Place) -> int:
    return place.members // 25


def given(place: Place) -> dict[str, int]:
    return {"root": BASE, "members": place.members - 2, "many": many_in(place)}
