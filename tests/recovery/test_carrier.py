"""A code to a number: off by default; to whom it may go, what it may cost, and that nobody learns whose a number is."""

from __future__ import annotations

import json
import logging
import re
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import phonenumbers
import pytest
import sqlalchemy as sa
import time_machine

from app import create_app
from community.config import settings
from community.database import db, now, writing
from community.environment import ConfigError
from community.outbox.models import Outbox
from community.people.models import Person
from community.people.sign_in import Recovery
from community.recovery.models import Number, mark_of
from community.recovery.sms import number_of
from tests.conftest import Stage
from tests.groups.town import membership_id
from tests.promises import keep_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Browser
    from tests.house.ground import Ground

HERS = phonenumbers.format_number(
    phonenumbers.example_number_for_type("IN", phonenumbers.PhoneNumberType.MOBILE), phonenumbers.PhoneNumberFormat.E164
)
OTHER = HERS[:-1] + "1"


class Post(ThreadingHTTPServer):
    """A carrier of messages: a real server on this machine that writes down what it is asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.sent: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.status = 200
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def digits(self) -> str:
        found = re.search(r"\d{8}", self.sent[-1]["text"])
        assert found
        return found[0]


class _Answers(BaseHTTPRequestHandler):
    server: Post

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.sent.append(json.loads(body))
        self.server.keys.append(self.headers["Authorization"])
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture(scope="module")
def serving() -> Iterator[Post]:
    with Post() as post:
        yield post
        post.shutdown()


@pytest.fixture
def post(serving: Post) -> Post:
    serving.sent, serving.keys, serving.status = [], [], 200
    return serving


@pytest.fixture
def place(tmp_path: Path, ground: Ground, post: Post) -> Iterator[Stage]:
    """The demo's school, on a server with a carrier of messages."""
    settings = {"SMS": "https", "SMS_URL": f"http://127.0.0.1:{post.server_port}/send", "SMS_LOOPBACK": "1"}
    url = ground.prepare(tmp_path, with_school=True)
    app = create_app(
        {"INSTANCE": str(tmp_path), "DATABASE_URL": url, "SMS_KEY": "a-key", **settings}, TESTING=True
    )  # fmt: skip
    yield Stage(app, ground)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def keep(stage: Stage) -> None:
    with stage.app.app_context():
        keep_all()


def prove(stage: Stage, post: Post, part: str = "teacher", number: str = HERS) -> Browser:
    mine = stage.browser(part)
    assert mine.post("/me/number", data={"number": number}).status_code == 303
    keep(stage)
    assert mine.post("/me/number/proof", data={"code": post.digits()}).status_code == 303
    return mine


def came_from(stage: Stage, address: str, number: str) -> int:
    answer = stage.app.test_client().post(
        "/number", data={"number": number}, environ_overrides={"REMOTE_ADDR": address}
    )
    return answer.status_code


def test_it_is_off_unless_an_operator_turns_it_on(stage: Stage) -> None:
    assert stage.app.config["SMS"] == "none"
    assert stage.app.test_client().get("/number").status_code == 404
    assert stage.browser("member").get("/me/number").status_code == 404
    assert "/number" not in stage.app.test_client().get("/code").text


def test_she_comes_back_by_her_number_without_her_roles(place: Stage, post: Post, browser: Any = None) -> None:
    old = prove(place, post)
    new = place.app.test_client()
    assert new.post("/number", data={"number": HERS}).location == "/code?sent=1"
    keep(place)
    assert post.sent[-1]["to"] == HERS
    assert post.keys[-1] == "Bearer a-key"
    assert new.post("/code", data={"code": post.digits()}).location == "/"
    assert new.get(f"/groups/{place.grades[3]}").status_code == 200
    assert new.get(f"/groups/{place.grades[3]}/settings").status_code == 404
    with place.app.app_context():
        found = db.session.scalars(sa.select(Recovery)).one()
    assert f"/recoveries/{found.id}/refusal" in old.get("/").text
    assert old.post(f"/recoveries/{found.id}/refusal").status_code == 303
    assert new.get("/me").status_code == 401


def test_nothing_tells_a_known_number_from_another(place: Stage, post: Post) -> None:
    prove(place, post)
    post.sent.clear()
    seen = []
    for number in (HERS, OTHER):
        statements: list[str] = []
        client = place.app.test_client()
        with place.app.app_context():
            note = lambda _c, _u, statement, *_rest: statements.append(statement)  # noqa: B023, E731
            sa.event.listen(db.engine, "before_cursor_execute", note)
            answer = client.post("/number", data={"number": number})
            sa.event.remove(db.engine, "before_cursor_execute", note)
        headers = [(name, value) for name, value in answer.headers if name not in ("Date", "Set-Cookie")]
        page = client.get(answer.location).data
        seen.append((answer.status_code, answer.data, headers, page, statements))
    assert seen[0] == seen[1]
    keep(place)
    assert [one["to"] for one in post.sent] == [HERS]


def test_the_number_is_kept_nowhere_and_shown_to_nobody(place: Stage, post: Post, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    mine = prove(place, post)
    place.app.test_client().post("/number", data={"number": HERS})
    keep(place)
    pages = [mine.get(page).text for page in ("/me", "/me/number", "/me/phones")]
    pages += [place.browser("head").get(f"/memberships/{membership_id(place, 'teacher', place.grades[3])}").text]
    with place.app.app_context():
        rows = [str(row) for table in db.metadata.sorted_tables for row in db.session.execute(sa.select(table))]
        assert db.session.scalars(sa.select(Outbox.args).where(Outbox.kind == "sms")).all() == [{}, {}]
    assert not [text for text in (*pages, *rows, caplog.text) if HERS[3:] in text]


@pytest.mark.large
def test_a_mark_says_nothing_without_the_server_s_secret(place: Stage, post: Post) -> None:
    prove(place, post)
    with place.app.app_context():
        assert db.session.scalars(sa.select(Number.mark)).one() == mark_of(HERS)
        place.app.secret_key = "another"
        assert mark_of(HERS) not in db.session.scalars(sa.select(Number.mark)).all()


@pytest.mark.large
@pytest.mark.parametrize(
    "number",
    ["+14155552671", "+9779841234567", "+442079460958", "1860 266 2667", "1800 11 1234", "98", "", "<b>", "9" * 400],
)
def test_to_other_countries_and_to_what_costs_nothing_goes(place: Stage, post: Post, number: str) -> None:
    assert came_from(place, "10.0.0.1", number) == 422
    keep(place)
    assert post.sent == []


def test_any_script_and_any_way_of_writing_is_the_same_number(place: Stage) -> None:
    local = HERS[3:]
    devanagari = local.translate(str.maketrans("0123456789", "०१२३४५६७८९"))
    with place.app.app_context():
        ways = (local, f"0{local}", f"0091{local}", f"+91 {local[:5]} {local[5:]}", devanagari)
        assert {number_of(way) for way in ways} == {HERS}


@pytest.mark.large
def test_each_cap_ends_in_no_call(place: Stage, post: Post) -> None:
    prove(place, post)
    post.sent.clear()
    assert [came_from(place, f"10.0.0.{one}", HERS) for one in range(4)] == [303, 303, 429, 429]  # 3 with the proof
    assert [came_from(place, "10.9.9.9", f"{HERS[:-2]}{one:02}") for one in range(10, 16)] == [303] * 5 + [429]
    phone = place.browser("member")
    asked = [
        phone.post("/number", data={"number": HERS[:-2] + f"{one}"}, environ_overrides={"REMOTE_ADDR": f"10.1.{one}.1"})
        for one in range(20, 26)
    ]
    assert [one.status_code for one in asked] == [303] * 5 + [429]
    keep(place)
    assert [one["to"] for one in post.sent] == [HERS, HERS]


@pytest.mark.large
def test_a_day_s_money_is_never_passed(place: Stage, post: Post) -> None:
    """Not by anybody's numbers, nor by a number that is asked for all day."""
    place.app.config |= {"SMS_DAILY_RUPEES": 1, "SMS_PAISE": 25}
    with time_machine.travel((now() + timedelta(days=1)).replace(hour=6, minute=0), tick=False) as clock:
        prove(place, post)
        for hour in range(3):
            came_from(place, f"10.0.{hour}.1", HERS)
            came_from(place, f"10.0.{hour}.2", HERS)
            clock.shift(timedelta(hours=1))
        keep(place)
    assert 2 <= len(post.sent) <= 4
    place.app.config |= {"SMS_DAILY_RUPEES": 0}
    post.sent.clear()
    came_from(place, "10.3.3.3", HERS)
    keep(place)
    assert post.sent == []


@pytest.mark.large
def test_one_number_gets_few_a_day(place: Stage, post: Post) -> None:
    prove(place, post)
    post.sent.clear()
    with time_machine.travel(now().replace(hour=1), tick=False) as clock:
        for hour in range(8):
            came_from(place, f"10.0.{hour}.1", HERS)
            came_from(place, f"10.0.{hour}.2", HERS)
            clock.shift(timedelta(hours=1))
        keep(place)
    assert len(post.sent) == 4  # and the one with which it was proven


@pytest.mark.large
def test_a_message_is_tried_once_whatever_the_carrier_says(place: Stage, post: Post) -> None:
    post.status = 500
    mine = place.browser("teacher")
    mine.post("/me/number", data={"number": HERS})
    for _again in range(2):
        keep(place)
    assert len(post.sent) == 1


@pytest.mark.large
def test_wrong_digits_prove_nothing_and_are_counted(place: Stage, post: Post) -> None:
    mine = place.browser("teacher")
    mine.post("/me/number", data={"number": HERS})
    keep(place)
    codes = [mine.post("/me/number/proof", data={"code": "00000000"}).status_code for _ in range(11)]
    assert codes == [410] * 10 + [429]
    assert mine.post("/me/number/proof", data={"code": post.digits()}).status_code == 429
    place.app.test_client().post("/number", data={"number": HERS})
    keep(place)
    assert len(post.sent) == 1, "nobody's until it is proven"


@pytest.mark.large
def test_whoever_proves_it_later_has_it(place: Stage, post: Post) -> None:
    prove(place, post)
    prove(place, post, "member")
    with place.app.app_context():
        assert db.session.scalars(sa.select(Number.person_id)).all() == [place.people["member"]]


@pytest.mark.large
def test_she_takes_it_away_again(place: Stage, post: Post) -> None:
    mine = prove(place, post)
    for _again in range(2):
        assert mine.post("/me/number/removal").status_code == 303
    with place.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Number)) == 0


@pytest.mark.large
def test_the_message_is_in_her_language(place: Stage, post: Post) -> None:
    with place.app.app_context(), writing():
        db.session.get_one(Person, place.people["teacher"]).language = "en"
        db.session.commit()
    prove(place, post)
    assert post.sent[-1]["text"].endswith("Tell it to nobody.")


@pytest.mark.large
@pytest.mark.parametrize(
    "wrong",
    [{"SMS": "https"}, {"SMS": "twilio"}, {"SMS_URL": "ftp://x"}, {"SMS_COUNTRIES": "+91"}, {"SMS_PAISE": "0"}],
)
def test_it_refuses_to_start_half_configured(wrong: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        settings({"INSTANCE": str(tmp_path), **wrong})
