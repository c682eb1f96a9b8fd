"""Ways in are guessed: nobody comes in, who was told to wait learns no name, and who was invited comes in meanwhile."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import VerifyMismatchError

from bench.guesses import Guesser, _village
from community.database import db, writing
from community.invitations.digits import ALL_TRIES
from community.invitations.models import Invitation
from community.people.attempts import Attempts
from community.people.models import Person
from community.people.sign_in import SignInCode
from community.phones.digits import opens
from community.phones.models import Pin
from tests.conftest import HEADERS, Browser, Stage
from tests.phones.test_pins import HERS, chooses


@pytest.mark.patient
@pytest.mark.sqlite_only
def test_a_few_hundred_guesses_of_the_million(tmp_path: Path) -> None:
    """The bench itself, as far as there is time for: bench/guesses.py does the million."""
    guesser = Guesser(tmp_path, 0, *_village(tmp_path))
    found = guesser.work(300)
    with guesser.app.app_context():
        db.session.remove()
        db.engine.dispose()
    assert found.guesses >= 300 and found.throttled, "some never gave up, and were told to wait"
    assert (found.inside, found.named, found.named_to_throttled, found.broken) == (0, 0, 0, 0)
    assert (found.honest, found.honest_refused) == (1, 0)


def said(stage: Stage, digits: str, where: str) -> tuple[int, str]:
    client = stage.app.test_client()
    answer = client.post("/code", data={"code": digits}, headers=HEADERS, environ_overrides={"REMOTE_ADDR": where})
    return answer.status_code, re.sub(r"\d{8}", "…", answer.text)


def test_while_somebody_guesses_from_everywhere_digits_open_no_room(stage: Stage) -> None:
    """Somebody with ten thousand addresses has ten tries at each. Who says digits to ask to come in still can."""
    with stage.app.test_request_context(), writing():
        head = db.session.get_one(Person, stage.people["head"])
        room = SignInCode.issue(head, issuer=None, spoken=True, lasts=timedelta(minutes=15))
        group = Invitation.with_code(stage.invitation).group
        door = Invitation.make(group, head, spoken=True).code
        Attempts.count_one("digits from everywhere")
        db.session.execute(Attempts.__table__.update().values(count=ALL_TRIES))  # type: ignore[attr-defined]
        db.session.commit()
    wrong = said(stage, "00000000", "198.51.100.1")
    assert said(stage, room, "198.51.100.2") == wrong, "the right ones can not be told from wrong ones"
    assert said(stage, door, "198.51.100.3")[0] == 303
    with stage.app.app_context(), writing():
        db.session.execute(Attempts.__table__.delete())  # type: ignore[attr-defined]
        db.session.commit()
    assert said(stage, room, "198.51.100.2")[0] == 303, "and an hour later they open"


def test_digits_to_ask_with_are_no_link(stage: Stage, browser: Browser) -> None:
    """At a link nobody counts the tries."""
    with stage.app.test_request_context(), writing():
        head = db.session.get_one(Person, stage.people["head"])
        spoken = Invitation.make(Invitation.with_code(stage.invitation).group, head, spoken=True).code
        db.session.commit()
    assert browser.get(f"/j/{spoken}").status_code == 410
    assert browser.post(f"/j/{spoken}").status_code == 410
    assert browser.post("/code", data={"code": spoken}).status_code == 303


def test_of_a_pin_a_slow_hash_is_kept_that_only_this_server_can_compare(stage: Stage) -> None:
    """Six digits are guessed from any hash in an afternoon: without the server's secret there is nothing to compare."""
    browser = stage.browser("member")
    chooses(browser, HERS)
    with stage.app.app_context():
        kept = db.session.scalars(sa.select(Pin)).one()
        costs = extract_parameters(kept.digits)
        assert (costs.type, costs.memory_cost >= 19 * 1024, costs.time_cost >= 2) == (Type.ID, True, True)
        assert opens(kept.digits, HERS, kept.seed)
        for digits in (HERS, HERS + kept.seed, f"{kept.seed}:{HERS}"):
            with pytest.raises(VerifyMismatchError):
                PasswordHasher().verify(kept.digits, digits)
        assert not opens(kept.digits, HERS, "another phone's")
        stage.app.secret_key = "another server's"
        assert not opens(kept.digits, HERS, kept.seed)
