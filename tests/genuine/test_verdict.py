"""Genuine, corrected, withdrawn, not ours: to anybody, in each language, and never more than the group allows."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from community.announcements.models import Announcement
from community.audit.models import AuditEntry
from community.database import db, now
from community.genuine import views
from community.genuine.code import code_of, pictures_of
from community.genuine.models import OpenNews
from community.groups.models import Group
from community.languages import gettext, offered, speaking
from community.people.attempts import Attempts
from tests.announcements.scene import Scene
from tests.conftest import ALL

WORDS = "Come at nine to the well"
SAMPLED = ("ml", "ur")  # of the languages, where not all are tried
WIRE = 14_600  # bytes: ten packets


def code(stage: Scene, number: int) -> str:
    with stage.app.app_context():
        return code_of(number)


def visit(stage: Scene, path: str, language: str = "en") -> Any:
    return stage.app.test_client().get(path, headers={"Accept-Language": language})


def opens(stage: Scene, group: int | None = None) -> None:
    answer = stage.browser("head").post(f"/groups/{group or stage.school}/forwards", data={"who": "everybody"})
    assert answer.status_code == 303


@pytest.fixture
def said(stage: Scene) -> int:
    return stage.release("head", WORDS)


def put_right(stage: Scene, number: int, text: str = "Come at ten") -> None:
    assert stage.browser("head").post(f"/announcements/{number}/correction", data={"text": text}).status_code == 303


def test_an_open_group_lets_everybody_read_who_said_what(stage: Scene, said: int) -> None:
    opens(stage)
    address = f"/f/{code(stage, said)}?lang=en"
    page = visit(stage, address)
    assert page.status_code == 200
    with stage.app.app_context():
        name = db.session.get_one(Group, stage.school).name
    for shown in ("Genuine", WORDS, stage.state(said).author.name, name):
        assert shown in page.text
    put_right(stage, said)
    page = visit(stage, address).text
    assert page.index("Corrected") < page.index("This was corrected. Now it says:") < page.index("Come at ten")
    assert WORDS not in page
    stage.browser("head").post(f"/announcements/{said}/removal")
    page = visit(stage, address).text
    assert "Withdrawn" in page
    assert "Come at ten" not in page


def test_a_closed_group_reveals_the_verdict_alone(stage: Scene, said: int) -> None:
    address = f"/f/{code(stage, said)}"
    with stage.app.app_context():
        group, author = db.session.get_one(Group, stage.school), stage.person("head")
        secret = [WORDS, "Come at ten", group.name, author.name, f"/groups/{group.id}", group.picture + "-"]
    for act, verdict in ((None, "Genuine"), (put_right, "Corrected")):
        if act:
            act(stage, said)
        page = visit(stage, address).text
        assert verdict in page
        assert not [word for word in secret if word and word in page]
        assert f"/announcements/{said}" not in page
    # Who reads it here anyway is led to it.
    assert f"/announcements/{said}" in stage.browser("parent").get(address).text


def test_what_was_never_heard_is_not_ours(stage: Scene, said: int) -> None:
    head = stage.browser("head")
    stage.announce(head, "Still waiting")
    waiting = stage.said("Still waiting")
    nothing = visit(stage, "/f/aaaaaaaaaaaaaaaaa")
    assert nothing.status_code == 200
    assert "Not ours" in nothing.text
    for address in (code(stage, waiting), code(stage, 10**6), "x", "%00", "a" * 300, code(stage, said).upper()):
        other = visit(stage, f"/f/{address}")
        assert other.status_code == 200
        same = [re.sub(r"next=[^\"]*", "", one.text) for one in (nothing, other)]
        assert same[0] == same[1], address


@pytest.mark.parametrize("how", ["sensitive", "role", "withheld", "expired"])
def test_what_is_not_for_all_stays_closed_in_an_open_group(stage: Scene, how: str) -> None:
    number = stage.release("head", WORDS, **({"to_role": "admin"} if how == "role" else {}))
    opens(stage)
    with stage.changing():
        if how == "sensitive":
            db.session.get_one(Group, stage.school).sensitive = True
        if how == "withheld":
            db.session.get_one(Announcement, number).told = "withheld"
        if how == "expired":
            db.session.get_one(Announcement, number).expires = now()
    page = visit(stage, f"/f/{code(stage, number)}").text
    assert "Genuine" in page
    assert WORDS not in page


def test_guessing_ends_and_tells_nothing_of_what_is_there(
    stage: Scene, said: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "TRIES", 3)
    right, wrong = f"/f/{code(stage, said)}", "/f/aaaaaaaaaaaaaaaaa"
    for _turn in range(3):
        assert visit(stage, wrong).status_code == 200
        assert visit(stage, right).status_code in (200, 429)
    refused = [visit(stage, path) for path in (right, wrong, right + "/card.png", wrong + "/card.png")]
    assert {answer.status_code for answer in refused} == {429}
    assert len({re.sub(r"next=[^\"]*", "", answer.text) for answer in refused}) == 1
    elsewhere = stage.app.test_client().get(right, environ_base={"REMOTE_ADDR": "10.9.8.7"})
    assert elsewhere.status_code == 200
    with stage.app.app_context():  # the address is kept as a fingerprint alone
        assert all(len(key) == 64 for key in db.session.scalars(sa.select(Attempts.key)))


def test_it_speaks_each_language_and_fits_into_ten_packets(stage: Scene) -> None:
    chance = random.Random(3)
    letters = [chr(at) for at in range(0x905, 0x939)]
    text = " ".join("".join(chance.choices(letters, k=6)) for _ in range(285))  # the longest, and nothing to pack in it
    number = stage.release("head", text[:2000], key="the-longest")
    opens(stage)
    largest = 0
    for tongue in [one for one in offered() if ALL or one.code in SAMPLED]:
        with stage.app.test_request_context(), speaking(tongue.code):
            title, word = gettext("Is this forward genuine?"), gettext("Genuine")
        page = visit(stage, f"/f/{code(stage, number)}?lang={tongue.code}").text
        assert f'<html lang="{tongue.code}" dir="{tongue.direction}"' in page
        assert str(title) in page
        assert f">{word}<" in page
    for tongue in [one for one in offered() if one.code in SAMPLED]:
        client = stage.app.test_client()
        largest = max(largest, cold(client, f"/f/{code(stage, number)}?lang={tongue.code}"))
    print(f"the verdict on the longest announcement: {largest} bytes")
    assert largest <= WIRE


def cold(client: FlaskClient, path: str) -> int:
    """All that a first visit fetches, as it goes over the wire: what the page names, each once."""
    size, left, seen = 0, [path], set()
    while left:
        address = left.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = client.get(address, headers={"Accept-Encoding": "gzip, deflate, br"})
        assert answer.status_code == 200, address
        size += len(str(answer.headers)) + len("HTTP/1.1 200 OK\r\n\r\n") + len(answer.data)
        if address == path:
            text = client.get(path).text
            left += [
                one.partition("#")[0]
                for one in re.findall(r'(?:<link rel="stylesheet" href|src|<use href)="([^"]+)"', text)
            ]
            assert "<script" not in text
    assert len(seen) <= 4
    return size


def test_a_group_says_who_reads_and_it_is_written_down(stage: Scene, said: int) -> None:
    head = stage.browser("head")
    for who in ("everybody", "everybody", "members", "members"):
        head.post(f"/groups/{stage.school}/forwards", data={"who": who})
    with stage.app.app_context():
        noted = sa.select(AuditEntry.action).where(AuditEntry.action.like("news %")).order_by(AuditEntry.id)
        assert list(db.session.scalars(noted)) == ["news opened", "news closed"]
    with stage.changing():
        db.session.get_one(Group, stage.school).sensitive = True
    head.post(f"/groups/{stage.school}/forwards", data={"who": "everybody"})
    with stage.app.app_context():
        assert db.session.get(OpenNews, stage.school) is None


def test_the_announcements_page_and_the_verdict_show_the_same_pictures(stage: Scene, said: int) -> None:
    from community.assets import assets

    with stage.app.app_context():
        drawn = [str(assets().symbols[name]) for name in pictures_of(said)]
    for page in (
        stage.browser("parent").get(f"/announcements/{said}").text,
        stage.browser("parent").get(f"/announcements/{said}/forward").text,
        visit(stage, f"/f/{code(stage, said)}").text,
    ):
        at = 0
        for drawing in drawn:  # in their order; a group may wear one of them, too
            at = page.find(drawing, at + 1)
            assert at > 0


def test_an_address_typed_by_hand_leads_there(stage: Scene, said: int) -> None:
    right = code(stage, said)
    answer = stage.app.test_client().get("/f", query_string={"code": f"AANGAN.EXAMPLE/F/{right.upper()} "})
    assert answer.location == f"/f/{right}"
    for text in ("//evil.example", "\\\\evil", "javascript:alert(1)", "\r\nSet-Cookie: a=b"):
        where = stage.app.test_client().get("/f", query_string={"code": text}).location
        assert where is None or re.fullmatch(r"/f/[a-z0-9]{1,17}", where)
