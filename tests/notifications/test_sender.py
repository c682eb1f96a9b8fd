"""The sender against push services on this machine: what arrives, and what it makes of every answer."""

import json
import os
import threading
from collections import Counter

import pytest
from flask import Flask
from py_vapid import Vapid02
from py_vapid.utils import b64urldecode

from community.notifications import vapid
from community.notifications.sender import Outcome, Sender, sender
from tests.notifications.authority import Papers
from tests.notifications.phone import Phone
from tests.notifications.push_service import Answer, PushService

pytestmark = [pytest.mark.sqlite_only, pytest.mark.usefixtures("inside"), pytest.mark.sampled]


def what(outcomes: list[Outcome]) -> Counter[str]:
    return Counter(outcome.what for outcome in outcomes)


def test_the_phone_reads_what_was_written(post: Sender, service: PushService) -> None:
    phone = Phone()
    body = json.dumps({"title": "मेला", "body": "रविवार को मेला है"}).encode()
    assert post.send([phone.letter(7, service, body)]) == [Outcome(7, "accepted")]
    (message,) = service.messages
    assert phone.read(message) == body
    assert message.path == "/push/7"
    assert message.protocol == ("2" if service.papers else "1.1")
    assert int.from_bytes(message.body[16:20]) >= len(message.body) - 86, "one record"


def test_the_push_service_is_told_what_it_asks_for(post: Sender, service: PushService) -> None:
    post.send([Phone().letter(1, service, ttl=259200, urgency="high", topic="a12")])
    headers = service.messages[0].headers
    wanted = {"ttl": "259200", "urgency": "high", "topic": "a12", "content-encoding": "aes128gcm"}
    assert wanted.items() <= headers.items()
    assert headers["content-type"] == "application/octet-stream"
    assert not {"expect", "accept", "cookie", "referer"} & set(headers)


def test_the_service_can_tell_who_sends(post: Sender, service: PushService) -> None:
    post.send([Phone().letter(1, service)])
    token, key = service.messages[0].headers["authorization"].removeprefix("vapid t=").split(",k=")
    claims, signature = token.rsplit(".", 1)
    assert key == vapid.public_key()[1]
    assert Vapid02.from_raw_public(key.encode()).verify_token(claims.encode(), signature)
    assert json.loads(b64urldecode(claims.split(".")[1].encode()))["aud"] == service.url


def test_a_letter_without_a_topic_says_none(post: Sender, service: PushService) -> None:
    post.send([Phone().letter(1, service, topic="")])
    assert "topic" not in service.messages[0].headers


def test_each_phone_reads_its_own(post: Sender, service: PushService) -> None:
    phones = [Phone() for _ in range(40)]
    letters = [phone.letter(number, service, f"for {number}".encode()) for number, phone in enumerate(phones)]
    assert what(post.send(letters)) == {"accepted": 40}
    for message in service.messages:
        number = int(message.path.rpartition("/")[2])
        assert phones[number].read(message) == f"for {number}".encode()


@pytest.mark.patient
def test_connections_are_few_and_kept(post: Sender, service: PushService) -> None:
    phone = Phone()
    for _ in range(3):
        post.send([phone.letter(number, service) for number in range(150)])
    assert len(service.messages) == 450
    assert service.connections <= 4


def test_the_largest_letter_is_one_record(post: Sender, service: PushService) -> None:
    phone, body = Phone(), os.urandom(2700)
    assert what(post.send([phone.letter(1, service, body)])) == {"accepted": 1}
    assert phone.read(service.messages[0]) == body
    assert len(service.messages[0].body) < 4096


@pytest.mark.parametrize(
    "wrong",
    [
        {"body": b"x" * 2701}, {"body": b""}, {"ttl": 0}, {"ttl": 2_592_001}, {"urgency": "urgent"},
        {"topic": "a" * 33}, {"topic": "a\r\nX: y"}, {"urgency": "high\r\nX: y"}, {"topic": "मेला"},
    ],
    ids=repr,
)  # fmt: skip
def test_a_letter_that_would_be_lost_is_not_written(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="push"):
        Phone().letter(1, "https://fcm.googleapis.com", **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (200, "accepted"), (201, "accepted"), (202, "accepted"), (301, "refused"), (302, "refused"), (307, "refused"),
        (400, "refused"), (401, "ours"), (403, "ours"), (404, "gone"), (405, "refused"), (406, "later"), (410, "gone"),
        (413, "refused"), (429, "later"), (500, "later"), (502, "later"), (503, "later"),
    ],
)  # fmt: skip
def test_what_an_answer_means(post: Sender, service: PushService, status: int, meaning: str) -> None:
    service.says = Answer(status, body=b"so it is")
    assert post.send([Phone().letter(1, service)]) == [Outcome(1, meaning)]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(post: Sender, service: PushService, canary: PushService, status: int) -> None:
    service.says = Answer(status, {"Location": f"{canary.url}/push/1"})
    assert what(post.send([Phone().letter(number, service) for number in range(5)])) == {"refused": 5}
    assert (canary.connections, len(service.messages)) == (0, 5)


def test_no_proxy_is_heeded(
    post: Sender, service: PushService, canary: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, canary.url)
    assert what(post.send([Phone().letter(1, service)])) == {"accepted": 1}
    assert canary.connections == 0


def test_a_certificate_of_nobody_is_not_believed(post: Sender, trusted: Papers) -> None:
    with PushService(trusted) as service:
        assert what(Sender(rate=1000, paces=post.paces).send([Phone().letter(1, service)])) == {"later": 1}
    assert service.messages == []


def test_our_own_mistake_is_shouted(post: Sender, service: PushService, caplog: pytest.LogCaptureFixture) -> None:
    service.says = Answer(403)
    letters = [Phone().letter(number, service) for number in range(9)]
    assert what(post.send(letters)) == {"ours": 9}
    assert caplog.text.count(f"{service.url}: answers 403 to our key {letters[0].key_id}") == 1
    assert "/push/" not in caplog.text, "an endpoint is a secret"


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_child_process_has_its_own(post: Sender, service: PushService) -> None:
    """The parent's connections are still good after a child that inherited them has sent over its own."""
    letter = Phone().letter(1, service)
    assert what(sender().send([letter])) == {"accepted": 1}
    child = os.fork()
    if not child:
        try:
            assert what(sender().send([letter])) == {"accepted": 1}
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    assert what(sender().send([letter])) == {"accepted": 1}
    assert (len(service.messages), service.connections) == (3, 2)


def test_a_lost_key_is_our_mistake_too(post: Sender, service: PushService) -> None:
    letters = [Phone().letter(1, service, key_id="../secret"), Phone().letter(2, service)]
    assert {(one.number, one.what) for one in post.send(letters)} == {(1, "ours"), (2, "accepted")}


@pytest.mark.parametrize(
    "keys",
    [{"p256dh": "BAAA"}, {"p256dh": "B" + "A" * 86}, {"auth": "AA"}, {"auth": "!"}, {"p256dh": "ü" * 87}],
    ids=repr,
)
def test_broken_keys_stop_nobody_else(post: Sender, service: PushService, keys: dict[str, str]) -> None:
    letters = [Phone().letter(1, service, **keys), Phone().letter(2, service)]
    assert {(one.number, one.what) for one in post.send(letters)} == {(1, "refused"), (2, "accepted")}


@pytest.mark.parametrize("how", ["cut in the head", "cut", "endless"])
@pytest.mark.parametrize(("status", "meaning"), [(201, "accepted"), (410, "later"), (503, "later")])
def test_half_an_answer(post: Sender, how: str, status: int, meaning: str) -> None:
    """Taken at its word if it said that it accepted; nobody is forgotten by half a word."""
    with PushService(says=Answer(status, body=b"well", how=how)) as service:
        outcomes = post.send([Phone().letter(number, service) for number in range(3)])
    assert what(outcomes) == {"later" if how == "cut in the head" else meaning: 3}


@pytest.mark.parametrize(("status", "meaning"), [(201, "accepted"), (410, "later")])
def test_half_an_answer_over_http_2(post: Sender, trusted: Papers, status: int, meaning: str) -> None:
    with PushService(trusted, Answer(status, how="cut")) as service:
        assert what(post.send([Phone().letter(1, service)])) == {meaning: 1}


def test_nobody_listens(post: Sender) -> None:
    with PushService() as closed:
        pass
    assert what(post.send([Phone().letter(number, closed) for number in range(3)])) == {"later": 3}


def test_each_letter_has_its_own_end(post: Sender, service: PushService) -> None:
    said = {"0": 201, "1": 410, "2": 500, "3": 400, "4": 403}
    service.says = lambda message: Answer(said[message.path[-1]])
    outcomes = post.send([Phone().letter(number, service) for number in range(5)])
    assert [one.what for one in sorted(outcomes, key=lambda one: one.number)] == [
        "accepted", "gone", "later", "refused", "ours",
    ]  # fmt: skip


def test_what_is_not_on_the_list_is_not_called(post: Sender, app: Flask, canary: PushService) -> None:
    app.config["PUSH_LOOPBACK"] = False
    assert what(post.send([Phone().letter(1, canary), Phone().letter(2, "https://example.org")])) == {"refused": 2}
    assert canary.connections == 0


def test_each_thread_has_its_own_and_keeps_it(app: Flask) -> None:
    found: list[Sender] = []

    def look() -> None:
        with app.app_context():
            found.extend((sender(), sender()))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found[0] is found[1]
    assert sender() is sender() is not found[0]
    assert sender().paces is found[0].paces, "a pause that was asked for holds for the whole process"


def test_nothing_to_send(post: Sender) -> None:
    assert post.send([]) == []
