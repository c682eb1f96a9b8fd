"""Push services that hang, ask for a pause or lie about where they are: nobody else waits, nothing is led astray."""

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from flask import Flask

from community.database import now
from community.notifications import sender
from community.notifications.connections import Answer as Reply
from community.notifications.connections import Connections, breathe
from community.notifications.letter import Letter
from community.notifications.pace import TROUBLES
from community.notifications.sender import Outcome, Patience, Sender
from community.subscriptions.endpoint import origin_of
from tests.notifications.authority import Papers
from tests.notifications.phone import Phone
from tests.notifications.push_service import SILENCE, Answer, PushService
from tests.notifications.test_sender import what

pytestmark = [pytest.mark.sqlite_only, pytest.mark.usefixtures("inside"), pytest.mark.sampled]
BUSY = Answer(429, {"Retry-After": "120"})
PUBLIC = "142.250.0.1"
Addresses = dict[str, Any]  # of a name: a list, or an event to wait for


@pytest.fixture
def other() -> Iterator[PushService]:
    """A second service, which is well."""
    with PushService() as made:
        yield made


@pytest.fixture
def hasty(post: Sender, trusted: Papers) -> Sender:
    """Waits for two seconds where the real one waits ten."""
    return Sender(rate=100_000, ca=str(trusted.ca), paces={}, patience=Patience(connect=2, whole=2, name=0.3, begin=3))


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch, app: Flask) -> Addresses:
    """What the resolver says of some names; one that has an event hangs until it is set."""
    known: Addresses = {}
    real: Callable[..., Any] = socket.getaddrinfo

    def getaddrinfo(host: str, port: int, *args: Any, **more: Any) -> list[Any]:
        found = known.get(host)
        if isinstance(found, threading.Event):
            found.wait(20)
            found = [PUBLIC]
        if found is None and host not in known:
            return real(host, port, *args, **more)  # type: ignore[no-any-return]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        family = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(family[":" in one], socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    app.config["PUSH_HOSTS"] = ("push.example.org", "push.example.net")
    return known


def dealt(*services: PushService, each: int = 40) -> list[Any]:
    """Letters to all of them in turn."""
    phone = Phone()
    return [phone.letter(turn * 10 + at, service) for turn in range(each) for at, service in enumerate(services)]


def of(outcomes: list[Outcome], at: int) -> list[Outcome]:
    return [one for one in outcomes if one.number % 10 == at]


def test_who_hangs_holds_up_nobody(hasty: Sender, service: PushService, other: PushService) -> None:
    service.says = SILENCE
    outcomes = hasty.send(dealt(service, other))
    assert [one.number % 10 for one in outcomes[:40]] == [1] * 40, "all of the other's came first"
    assert what(of(outcomes, 1)) == {"accepted": 40}
    assert what(of(outcomes, 0)) == {"later": 40}


@pytest.mark.patient
def test_who_hangs_again_and_again_is_left_in_peace(hasty: Sender, service: PushService, other: PushService) -> None:
    service.says = SILENCE
    hasty.send(dealt(service))
    asked = len(service.messages)
    service.says = Answer()
    outcomes = hasty.send(dealt(service, other))
    assert len(service.messages) == asked, "not even one more"
    assert what(of(outcomes, 1)) == {"accepted": 40}
    assert all(one.what == "later" and one.retry_after and one.retry_after <= 30 for one in of(outcomes, 0))


@pytest.mark.patient
def test_after_the_pause_one_message_asks(hasty: Sender, service: PushService) -> None:
    service.says = SILENCE
    hasty.send(dealt(service))
    pace = hasty.paces[origin_of(service.url + "/")]
    pace.until, asked = 0.0, len(service.messages)
    assert what(hasty.send(dealt(service))) == {"later": 40}
    assert len(service.messages) == asked + 1
    assert pace.rests() > 30, "and longer than the first time"
    pace.until, service.says = 0.0, Answer()
    assert what(hasty.send(dealt(service))) == {"accepted": 40}


@pytest.mark.patient
def test_a_connection_that_went_silent_is_not_used_again(hasty: Sender, service: PushService) -> None:
    service.says = SILENCE
    hasty.send(dealt(service, each=1))
    service.says, before = Answer(), service.connections
    assert what(hasty.send(dealt(service, each=1))) == {"accepted": 1}
    assert service.connections == before + 1


def test_who_asks_for_a_pause_gets_it(post: Sender, service: PushService, other: PushService) -> None:
    service.says = BUSY
    outcomes = post.send(dealt(service, other, each=200))
    assert what(of(outcomes, 1)) == {"accepted": 200}
    assert what(of(outcomes, 0)) == {"later": 200}
    assert all(one.retry_after and 100 < one.retry_after <= 120 for one in of(outcomes, 0))
    asked = len(service.messages)
    assert asked < 200, "those that were not yet on their way stayed here"
    assert what(post.send(dealt(service))) == {"later": 40}
    assert len(service.messages) == asked


def test_a_pause_may_end_at_a_date(post: Sender, service: PushService) -> None:
    service.says = Answer(503, {"Retry-After": format_datetime(now() + timedelta(minutes=10), usegmt=True)})
    (outcome,) = post.send(dealt(service, each=1))
    assert outcome.what == "later"
    assert outcome.retry_after
    assert 500 < outcome.retry_after <= 600


def test_a_pause_of_a_year_is_a_day(post: Sender, service: PushService) -> None:
    service.says = Answer(429, {"Retry-After": "31536000"})
    (outcome,) = post.send(dealt(service, each=1))
    assert outcome.retry_after
    assert outcome.retry_after <= 24 * 3600


def test_who_is_always_in_trouble_is_left_in_peace(post: Sender, service: PushService, other: PushService) -> None:
    service.says = Answer(500)
    outcomes = post.send(dealt(service, other, each=300))
    assert what(of(outcomes, 0)) == {"later": 300}
    assert what(of(outcomes, 1)) == {"accepted": 300}
    assert TROUBLES <= len(service.messages) < 300


def test_each_service_has_its_own_rate(trusted: Papers, post: Sender, other: PushService) -> None:
    """What may not leave in time comes back; the whole call is bounded."""
    slow = Sender(rate=4, paces=post.paces, patience=Patience(begin=0.5))
    with PushService() as second:
        outcomes = slow.send(dealt(other, second, each=30))
    for at, service in enumerate((other, second)):
        counted = what(of(outcomes, at))
        assert 1 <= counted["accepted"] == len(service.messages) <= 4
        assert counted["later"] == 30 - counted["accepted"]


@pytest.mark.parametrize("to", ["127.0.0.1", "::1", "10.0.0.5", "::ffff:127.0.0.1", "169.254.169.254"])
@pytest.mark.parametrize("loopback", [False, True], ids=["outside", "in tests"])
def test_a_name_that_leads_home_after_saving(
    post: Sender, app: Flask, names: Addresses, monkeypatch: pytest.MonkeyPatch, to: str, loopback: bool
) -> None:
    """The name was public when the subscription was saved. Nothing is put on its way."""
    app.config["PUSH_LOOPBACK"] = loopback
    put: list[Letter] = []
    monkeypatch.setattr(Connections, "put", lambda _self, letter, *_rest: put.append(letter))
    monkeypatch.setattr(Connections, "answers", lambda _self: [Reply(letter, 201, 0) for letter in put])
    letters = [Phone().letter(number, "https://push.example.org") for number in range(3)]
    names["push.example.org"] = [PUBLIC, to]
    assert what(post.send(letters)) == {"refused": 3}
    assert put == []


def test_the_address_that_was_checked_is_the_one_that_is_called(
    post: Sender, names: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[tuple[str, str]] = []
    accepted = Reply(None, 201, 0)

    def put(self: Connections, letter: Letter, url: str, address: str, headers: list[str], body: bytes) -> None:
        called.append((url, address))

    monkeypatch.setattr(Connections, "put", put)
    monkeypatch.setattr(Connections, "answers", lambda self: [accepted._replace(of=letter)])
    names["push.example.org"] = ["2a00:1450::5", PUBLIC]
    for number in range(2):
        letter = Phone().letter(number, "https://push.example.org")
        post.send([letter])
        names["push.example.org"].reverse()
    url = "https://push.example.org/push/"
    assert called == [(url + "0", "2a00:1450::5"), (url + "1", "2a00:1450::5")], "the same again, while it is valid"


def test_curl_asks_no_resolver(canary: PushService) -> None:
    """`canary` stands in for the checked address; the name does not exist at all."""
    connections = Connections(ca="", connect=5, whole=5)
    connections.put("letter", f"http://push.example.invalid:{canary.port}/push/1", "127.0.0.1", [], b"sealed")
    while not (answers := connections.answers()):
        breathe([connections])
    assert answers[0].status == 201
    assert canary.messages[0].headers["host"] == f"push.example.invalid:{canary.port}"


def test_a_resolver_that_hangs_holds_up_only_its_name(hasty: Sender, names: Addresses, other: PushService) -> None:
    names["push.example.org"] = event = threading.Event()
    letters = [Phone().letter(1, "https://push.example.org"), Phone().letter(2, other)]
    assert [(one.number, one.what) for one in hasty.send(letters)] == [(2, "accepted"), (1, "later")]
    event.set()
    hasty.resolver.shutdown()


def test_a_name_without_an_address_may_have_one_later(post: Sender, names: Addresses) -> None:
    names["push.example.org"] = []
    assert what(post.send([Phone().letter(1, "https://push.example.org")])) == {"later": 1}


def test_what_was_interrupted_leaves_nothing_behind(
    post: Sender, service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sender, "breathe", lambda _: exec("raise KeyboardInterrupt"))
        service.says = SILENCE
        with pytest.raises(KeyboardInterrupt):
            post.send(dealt(service))
    service.says = Answer()
    assert what(post.send(dealt(service, each=3))) == {"accepted": 3}
