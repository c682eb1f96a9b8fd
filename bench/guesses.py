"""`python -m bench.guesses [--guesses 1000000] [--workers 4]`: ways in are guessed from many addresses and processes.

Links and digits, as wild as guessers are: in all scripts, near misses of what is there, and single sources that never
stop. Meanwhile people who were invited come in, one after the other. Prints, and keeps with --keep.
"""

import argparse
import logging
import multiprocessing
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

from app import create_app
from bench.figures import Figure, keep
from community.database import db, writing
from community.groups.models import Group
from community.invitations.models import Invitation
from community.people.models import Person
from tests.conftest import HEADERS
from tests.house.ground import lay

BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
LINKS = 0.7  # of the guesses; the others are digits
STUBBORN = 0.5  # of the digits: they come from a few addresses that never give up
SOON = 5  # seconds before and after the turn of an hour, with which tries are counted anew
HONEST = 500  # guesses of each worker between two people who were invited


@dataclass
class Outcome:
    """What guessing brought, and how those fared who did not guess."""

    guesses: int = 0
    inside: int = 0
    throttled: int = 0
    named_to_throttled: int = 0
    named: int = 0
    broken: int = 0
    honest: int = 0
    honest_refused: int = 0

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


class Guesser:
    """One process that guesses; `names` are what no page may say to it."""

    def __init__(self, folder: Path, number: int, names: list[str], invitation: str, digits: list[str]) -> None:
        self.app = create_app({"INSTANCE": str(folder), "DATABASE_URL": f"sqlite:///{folder / 'test.db'}"})
        self.chance, self.names, self.invitation, self.digits = random.Random(number), names, invitation, digits
        self.stubborn = [f"203.0.113.{number * 2 + one}" for one in range(2)]
        self.done = Outcome()

    def work(self, guesses: int) -> Outcome:
        for turn in range(guesses):
            if turn % HONEST == 0:
                self._join()
            self._link() if self.chance.random() < LINKS else self._digits()
        return self.done

    def _link(self) -> None:
        code = "".join(self.chance.choice(BASE32) for _ in range(16))
        if self.chance.random() < 0.05:  # a letter beside one that opens
            place = self.chance.randrange(16)
            code = self.invitation[:place] + self.chance.choice(BASE32) + self.invitation[place + 1 :]
            code = code if code != self.invitation else "a" * 16
        path = self.chance.choice((f"/j/{code}", f"/a/{code}", f"/enter/{code}"))
        self._try(path, self._anywhere(), post=self.chance.random() < 0.3)

    def _digits(self) -> None:
        told = f"{self.chance.randrange(10**8):08}"
        while told in self.digits:  # luck is arithmetic: 10^-8 for each live code and guess
            told = f"{self.chance.randrange(10**8):08}"
        is_stubborn = self.chance.random() < STUBBORN
        where = self.chance.choice(self.stubborn) if is_stubborn else self._anywhere()
        if self._try("/code", where, post=True, code=told) and not self._is_turn_of_hour():
            # Now she even says the right ones; told to wait until the hour is over, she would be let in after it.
            self._try("/code", where, post=True, code=self.chance.choice(self.digits), throttled=True)

    @staticmethod
    def _is_turn_of_hour() -> bool:
        return not SOON < time.time() % 3600 < 3600 - SOON

    def _try(self, path: str, where: str, *, post: bool, throttled: bool = False, **form: str) -> bool:
        client = self.app.test_client()
        asked = {"headers": HEADERS, "environ_overrides": {"REMOTE_ADDR": where}}
        answer = client.post(path, data=form, **asked) if post else client.get(path, **asked)  # type: ignore[arg-type]
        self.done.guesses += 1
        told = any(name in answer.text for name in self.names)
        self.done.inside += client.get("/me", headers=HEADERS).status_code == 200 if answer.status_code == 303 else 0
        self.done.named += told
        self.done.named_to_throttled += told and throttled
        self.done.throttled += answer.status_code == 429
        self.done.broken += answer.status_code >= 500
        return answer.status_code == 429

    def _join(self) -> None:
        """Somebody who was invited comes in, from an address of a network in which others guess."""
        client = self.app.test_client()
        asked = {"headers": HEADERS, "environ_overrides": {"REMOTE_ADDR": self.chance.choice(self.stubborn)}}
        seen = client.get(f"/j/{self.invitation}", **asked)  # type: ignore[arg-type]
        client.post(f"/j/{self.invitation}", data={"picture": "mango"}, **asked)  # type: ignore[arg-type]
        fine = seen.status_code == 200 and client.get("/me", **asked).status_code == 200  # type: ignore[arg-type]
        self.done.honest += fine
        self.done.honest_refused += not fine

    def _anywhere(self) -> str:
        if self.chance.random() < 0.5:
            left, right = self.chance.randrange(1 << 16), self.chance.randrange(1 << 16)
            return f"2001:{left:x}:{right:x}::{self.chance.randrange(9)}"
        return ".".join(str(self.chance.randrange(1, 224)) for _ in range(4))


def measure(guesses: int, workers: int) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="aangan-guesses-") as place:
        folder = Path(place)
        names, invitation, digits = _village(folder)
        share = [(folder, number, names, invitation, digits, guesses // workers) for number in range(workers)]
        with multiprocessing.get_context("spawn").Pool(workers) as pool:
            return sum(pool.starmap(_work, share), Outcome())


def _work(folder: Path, number: int, names: list[str], invitation: str, digits: list[str], guesses: int) -> Outcome:
    logging.disable(logging.CRITICAL)
    return Guesser(folder, number, names, invitation, digits).work(guesses)


def _village(folder: Path) -> tuple[list[str], str, list[str]]:
    """The school, with a way in that holds and digits that are said aloud."""
    (folder / "ground").mkdir()
    ground = lay(folder / "ground", None)
    url = ground.prepare(folder, with_school=True)
    app = create_app({"INSTANCE": str(folder), "DATABASE_URL": url})
    with app.test_request_context():
        with writing():
            head = db.session.get_one(Person, ground.school.people["head"])
            group = db.session.get_one(Group, ground.school.grades[3])
            spoken = [Invitation.make(group, head, spoken=True).code for _ in range(3)]
            names = [one.name for one in db.session.query(Group)]
            db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return sorted(name for name in names if len(name) > 4), ground.school.invitation, spoken


def figures(found: Outcome) -> Iterator[Figure]:
    command, invited = "python -m bench.guesses", found.honest + found.honest_refused
    note = f"{found.guesses} guesses of links and digits; {found.throttled} were told to wait."
    for what, value, unit in (
        ("inside", found.inside, ""),
        ("names of groups told to who was told to wait", found.named_to_throttled, ""),
        ("people who were invited and refused meanwhile", found.honest_refused, f"of {invited}"),
    ):
        yield Figure(f"guessed ways in: {what}", value, unit, "<= 0", command, note)


def main() -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("--guesses", type=int, default=1_000_000)
    reader.add_argument("--workers", type=int, default=4)
    reader.add_argument("--keep", action="store_true")
    given, start = reader.parse_args(), time.monotonic()
    found = measure(given.guesses, given.workers)
    print(found, f"{time.monotonic() - start:.0f} s")
    if given.keep:
        keep(figures(found))


if __name__ == "__main__":
    main()
