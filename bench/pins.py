"""Ten thousand guesses of PINs, from many addresses and workers: how many are let in. `python -m bench.pins [--keep]`.

Guesses go on as if every wait were over at once, so that what is measured is what is left when waiting stops nobody.
"""

import argparse
import secrets
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from app import create_app
from bench.figures import Figure, keep
from community.database import Base, db, writing
from community.people.models import Person, Phone
from community.phones.digits import is_easy
from community.phones.models import Pin, PinTries

GUESSES = 10_000
WORKERS = 10
PHONES = 5  # each with as many people
PEOPLE = 4
HEADERS = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class Figures:
    guesses: int
    right: int  # guesses that were her digits, whether they were looked at or not
    let_in: int
    counted: int  # guesses that were looked at at all
    honest: int  # of the honest, who came in beside them
    honest_asked: int


def measure(folder: Path, guesses: int = GUESSES, workers: int = WORKERS) -> Figures:
    pins = _laid(folder)
    apps = [_app(str(folder)) for _ in range(workers)]  # each with a pool of its own, as workers have
    shares = [(app, pins[:-1], guesses // workers, number) for number, app in enumerate(apps)]
    with ThreadPoolExecutor(2) as crowd:  # SQLite has one writer, and more at once only wait for each other
        found = list(crowd.map(_guess, shares))
    honest = _comes_in(folder, *pins[-1])
    app = _app(str(folder))
    with app.app_context():
        counted = db.session.scalar(sa.select(sa.func.sum(Pin.tries))) or 0
    in_, right = (sum(one[place] for one in found) for place in (0, 1))
    return Figures(sum(one[2] for one in found), right, in_, counted, honest, 1)


def _app(folder: str) -> Flask:
    return create_app({"INSTANCE": folder, "DATABASE_URL": f"sqlite:///{folder}/pins.db"}, TESTING=True)


def _laid(folder: Path) -> list[tuple[int, int, str]]:
    """(phone, pin, digits) of everybody; the last one is honest and alone on her phone."""
    app, laid = _app(str(folder)), []
    with app.app_context(), writing():
        Base.metadata.create_all(db.engine)
        for phone, people in [(Phone(label="Android"), PEOPLE) for _ in range(PHONES)] + [(Phone(label="Android"), 1)]:
            db.session.add(phone)
            db.session.flush()
            for _ in range(people):
                person, digits = Person(picture="bee", colour="mor", language="hi"), _digits()
                db.session.add(person)
                db.session.flush()
                laid.append((phone.id, Pin.keep(phone.id, person, digits, "bee", "mor").id, digits))
        db.session.commit()
    return laid


def _digits() -> str:
    while is_easy(found := f"{secrets.randbelow(10**6):06}"):
        pass
    return found


def _guess(share: tuple[Flask, list[tuple[int, int, str]], int, int]) -> tuple[int, int, int]:
    app, pins, most, worker = share
    client, let_in, right = app.test_client(use_cookies=False), 0, 0
    for number in range(most):
        phone, pin, digits = pins[number % len(pins)]
        guess = (
            digits if number % 500 == 499 else _digits()
        )  # now and then she is right, when it must not count any more
        answer = client.post(
            f"/phone/{pin}", data={"pin": guess},
            headers={**HEADERS, "Cookie": _cookie(app, phone)},
            environ_base={"REMOTE_ADDR": f"198.51.{worker}.{number % 250}"},
        )  # fmt: skip
        let_in += answer.status_code == 303
        right += guess == digits
        if number % 100 == 50:
            _no_waiting(app)
    return let_in, right, most


def _cookie(app: Flask, phone: int) -> str:
    signed = app.session_interface.get_signing_serializer(app).dumps({"phone": phone, "pins": True})  # type: ignore[attr-defined]
    return f"aangan={signed}"


def _no_waiting(app: Flask) -> None:
    with app.app_context(), writing():
        for table in (Pin, PinTries):
            db.session.execute(sa.update(table).values(wait_until=None))
        db.session.commit()


def _comes_in(folder: Path, phone: int, pin: int, digits: str) -> int:
    app = _app(str(folder))
    cookie = _cookie(app, phone)
    client = app.test_client(use_cookies=False)
    return int(
        client.post(f"/phone/{pin}", data={"pin": digits}, headers={**HEADERS, "Cookie": cookie}).status_code == 303
    )


def figures(found: Figures, seconds: float) -> list[Figure]:
    command = "python -m bench.pins --keep"
    note = f"{found.right} of them right, {found.counted} looked at, {seconds:.0f} s."
    return [
        Figure(f"{found.guesses:,} guesses of PINs: let in", found.let_in, "", "<= 0", command, note),
        Figure("guesses of PINs: honest people kept out", found.honest_asked - found.honest, "", "<= 0", command),
    ]


def main() -> None:
    reader = argparse.ArgumentParser(prog="bench.pins", description=__doc__)
    reader.add_argument("--guesses", type=int, default=GUESSES)
    reader.add_argument("--keep", action="store_true")
    given, began = reader.parse_args(), time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        found = measure(Path(place), given.guesses)
    print(found)
    if given.keep:
        keep(figures(found, time.monotonic() - began))


if __name__ == "__main__":
    main()
