"""The talk of a group of 1,000 messages beside one of 100,000, in one PostgreSQL: open, older, search.

`python -m bench.talk [--keep]` asks for the pages by turns, as one member of both, and prints the medians.
"""

import argparse
import logging
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import psycopg
from flask import Flask
from flask.testing import FlaskClient

from bench.figures import Figure, keep, word, written
from bench.scale.cluster import cluster, database
from bench.server import migrated_app
from community.database import db, now, writing
from community.groups.membership import admit
from community.groups.models import Group
from community.people.models import Person
from community.people.sign_in import SignInCode
from community.talk.finding import words_of
from community.talk.models import TalkCounter, TalkMark

COMMAND = "python -m bench.talk"
FEW, MANY = 1_000, 100_000
ROUNDS = 40
NEW = 12
# Some are said in each second message, others once in hundreds; some that begin alike.
COMMON = ["पानी", "कल", "सुबह", "आएगा", "नल", "टैंकर", "गली", "बच्चे", "स्कूल", "दवा", "समय", "सब", "लोग", "घर", "आज", "शाम"]
RARE = [f"{word}{number}" for word in ("बैठक", "मोहल्ला", "किराना", "पानीपत") for number in range(400)]
ASKED = {"a common word": "पानी", "part of its beginning": "पा", "two words": "नल सुबह", "a rare word": "मेला"}
TIMES = 7  # that the rare word is said in each of them, so that both pages are as long


def figures() -> list[Figure]:
    with cluster(None) as folder, tempfile.TemporaryDirectory(prefix="aangan-talk-") as instance:
        url, _new = database(folder, "talk")
        app = migrated_app({"INSTANCE": instance, "DATABASE_URL": url, "DEMO": "1"})
        groups, browser = _filled(app, url)
        return [figure for name, path in _pages() for figure in _measured(name, path, groups, browser)]


def _pages() -> Iterator[tuple[str, Callable[[int, int], str]]]:
    yield "open", lambda group, _said: f"/groups/{group}/talk"
    yield "older", lambda group, said: f"/groups/{group}/talk?before={said // 2}"
    for name, asked in ASKED.items():
        yield f"search, {name}", lambda group, _said, asked=asked: f"/groups/{group}/talk/search?q={quote(asked)}"  # type: ignore[misc]


def _measured(
    name: str, path: Callable[[int, int], str], groups: dict[int, int], browser: FlaskClient
) -> Iterable[Figure]:
    took: dict[int, list[float]] = {said: [] for said in groups}
    for turn in range(ROUNDS + 3):
        for said, group in groups.items():
            begun = time.perf_counter()
            answer = browser.get(path(group, said))
            if answer.status_code != 200 or b"<article" not in answer.data:
                raise RuntimeError(f"{name} of {said}: {answer.status}")
            if turn >= 3:
                took[said].append((time.perf_counter() - begun) * 1000)
    few, many = (statistics.median(took[said]) for said in (FEW, MANY))
    note = f"{few:.1f} ms among {FEW:,} messages; medians of {ROUNDS}, by turns, in one process, no network."
    yield Figure(f"talk of {MANY:,} messages: {name}", round(many, 1), "ms", "", COMMAND, note)
    yield Figure(f"talk of {MANY:,} messages: {name}, to {FEW:,}", round(many / few, 2), "times", "<= 1.5", COMMAND)


def _filled(app: Flask, url: str) -> tuple[dict[int, int], FlaskClient]:
    with app.app_context(), writing():
        looks: dict[str, Any] = {"language": "hi", "picture": "well", "colour": "mor", "talking": "everyone"}
        root = Group.plant(None, name="गाँव", **looks)
        groups = {said: Group.plant(root, name=f"गली {said}", **looks) for said in (FEW, MANY)}
        reader = Person(name="आशा", picture="pot", colour="mor", language="hi")
        writers = [Person(name=f"व {number}", picture="pot", colour="mor", language="hi") for number in range(50)]
        db.session.add_all([reader, *writers])
        db.session.flush()
        for said, group in groups.items():
            at = {"group_id": group.id, "community_id": group.community_id}
            for person in (reader, *writers):
                admit(group, person)
            mark = TalkMark(**at, person_id=reader.id, seq=said - NEW)
            db.session.add_all([TalkCounter(**at, seq=said), mark])
        db.session.commit()
        numbers = {said: group.id for said, group in groups.items()}
        for said, group in groups.items():
            _talk(url, group, [one.id for one in writers], said)
        number = reader.id
    return numbers, _in_by_a_code(app, number)


def _in_by_a_code(app: Flask, person: int) -> FlaskClient:
    with app.app_context(), writing():
        code = SignInCode.issue(db.session.get_one(Person, person), issuer=None, lasts=timedelta(minutes=5))
        db.session.commit()
    browser = app.test_client()
    browser.post(f"/enter/{code}", headers={"Sec-Fetch-Site": "same-origin"})
    return browser


def _talk(url: str, group: Group, writers: list[int], said: int) -> None:
    """Messages and their words by COPY, as saying them one by one would have written them."""
    chance, begun = random.Random(8), now() - timedelta(days=365)
    plain = url.replace("postgresql+psycopg", "postgresql")
    columns = "community_id, group_id, person_id, key, seq, language, text, created"
    with psycopg.connect(plain) as connection, connection.cursor() as cursor:
        with cursor.copy(f"COPY message ({columns}) FROM STDIN") as copy:
            for seq in range(1, said + 1):
                text = " ".join(
                    [*chance.sample(COMMON, 6), chance.choice(RARE), *(["मेला"] if seq % (said // TIMES) == 0 else [])]
                )
                at = begun + timedelta(seconds=seq * 300 * FEW / said)
                copy.write_row(
                    (group.community_id, group.id, chance.choice(writers), f"key-{group.id}-{seq}", seq, "hi", text, at)
                )
        rows = cursor.execute("SELECT id, seq, text FROM message WHERE group_id = %s", (group.id,)).fetchall()
        with cursor.copy("COPY message_word (group_id, word, seq, community_id, message_id) FROM STDIN") as copy:
            for number, seq, text in rows:
                for one in words_of(text):
                    copy.write_row((group.id, one, seq, group.community_id, number))
        connection.commit()
        connection.autocommit = True
        cursor.execute("VACUUM ANALYZE message")
        cursor.execute("VACUUM ANALYZE message_word")


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.talk", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="write docs/benchmarks.json and .md")
    given = parser.parse_args()
    logging.getLogger("alembic").setLevel(logging.WARNING)
    found = figures()
    for figure in found:
        print(f"{figure.name}: {written(figure.value)} {figure.unit} {figure.goal} {word(figure.holds)} {figure.note}")
    if given.keep:
        keep(found)


if __name__ == "__main__":
    main()
