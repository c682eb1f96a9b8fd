"""Machines that translate, spoken to as they are: real servers, exact shapes, and everything that goes wrong."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from community.languages import LANGUAGES
from community.translating import bhashini
from community.translating.bhashini import Bhashini as BhashiniEngine
from community.translating.engines import NotAtAll, NotNow, Null
from community.translating.libre import LibreTranslate
from community.translating.wire import MOST, Line
from tests.translating.translators import Bhashini, Libre

pytestmark = [pytest.mark.sqlite_only, pytest.mark.sampled]


@pytest.fixture
def libre() -> Iterator[Libre]:
    with Libre() as made:
        yield made


@pytest.fixture
def dhruva() -> Iterator[Bhashini]:
    with Bhashini("a-key") as made:
        yield made


def line(url: str, **more: Any) -> Line:
    return Line(url, loopback=True, **more)


def test_libretranslate_says_it(libre: Libre):
    asked = LibreTranslate(line(libre.url))
    (said,) = asked.translate(["नमस्ते"], "hi", "ur")
    assert (said.text, said.engine, said.quality, said.cached) == ("ur: नमस्ते", "libretranslate", "machine", False)
    assert libre.asked == [("POST", "/translate", {"q": "नमस्ते", "source": "hi", "target": "ur", "format": "text"})]
    assert ("hi", "ur") in asked.pairs()
    assert ("hi", "mr") not in asked.pairs()
    assert asked.healthy()


def test_several_texts_keep_their_order(libre: Libre):
    said = LibreTranslate(line(libre.url)).translate(["एक", "दो"], "hi", "en")
    assert [one.text for one in said] == ["en: एक", "en: दो"]


def test_libretranslate_with_a_key():
    with Libre("secret") as server:
        assert LibreTranslate(line(server.url), "secret").translate(["a"], "en", "hi")[0].text == "hi: a"
        with pytest.raises(NotAtAll, match="403"):
            LibreTranslate(line(server.url), "wrong").translate(["a"], "en", "hi")


def test_what_libretranslate_does_not_know_it_refuses(libre: Libre):
    with pytest.raises(NotAtAll, match="400"):
        LibreTranslate(line(libre.url)).translate(["a"], "en", "mr")


def test_bhashini_says_it(dhruva: Bhashini):
    asked = BhashiniEngine(line(dhruva.url), "a-key")
    (said,) = asked.translate(["नमस्ते"], "hi", "ta")
    assert (said.text, said.engine, said.quality) == ("ta: नमस्ते", "bhashini", "machine")
    ((_method, path, sent),) = dhruva.asked
    assert path == "/services/inference/pipeline"
    assert sent == {
        "pipelineTasks": [
            {
                "taskType": "translation",
                "config": {
                    "language": {"sourceLanguage": "hi", "targetLanguage": "ta"},
                    "serviceId": "ai4bharat/indictrans-v2-all-gpu--t4",
                },
            }
        ],
        "inputData": {"input": [{"source": "नमस्ते"}]},
    }
    assert asked.healthy()


def test_bhashini_is_told_the_script_and_its_own_codes(dhruva: Bhashini):
    asked = BhashiniEngine(line(dhruva.url), "a-key")
    asked.translate(["a"], "kok", "sat", glossary="g")
    config = dhruva.asked[0][2]["pipelineTasks"][0]["config"]
    assert config["language"] == {"sourceLanguage": "gom", "targetLanguage": "sat", "targetScriptCode": "Olck"}
    assert config["glossary"] == "g"


def test_bhashini_knows_all_but_arabic():
    pairs = BhashiniEngine(Line(bhashini.URL), "k").pairs()
    assert {src for src, _dst in pairs} == set(LANGUAGES) - {"ar"}


def test_a_wrong_key_is_refused(dhruva: Bhashini):
    with pytest.raises(NotAtAll, match="401"):
        BhashiniEngine(line(dhruva.url), "other").translate(["a"], "hi", "en")
    assert not BhashiniEngine(line(dhruva.url), "other").healthy()


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 425, 429])
def test_trouble_is_for_later(libre: Libre, status: int):
    libre.says = lambda: (status, b"{}")
    with pytest.raises(NotNow, match=str(status)):
        LibreTranslate(line(libre.url)).translate(["a"], "hi", "en")
    assert not LibreTranslate(line(libre.url)).healthy()


WRONG = [
    b"", b"{", b"[]", b"null", b"3", b'"a"', b"{}", b'{"translatedText": null}', b'{"translatedText": 3}',
    b'{"translatedText": ["a"]}', b'{"translatedText": "  "}', b'{"error": "no"}', b"\xff\xfe", b"<html>",
    b'{"pipelineResponse": []}', b'{"pipelineResponse": [{"output": []}]}', b'{"pipelineResponse": [{"output": [{}]}]}',
    b"[" * 100_000, b'{"pipelineResponse": [{"output": [{"target": 7}]}]}', b'{"pipelineResponse": {"output": 1}}',
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_answer_is_no_translation(libre: Libre, wrong: bytes):
    libre.says = lambda: (200, wrong)
    for asked in (LibreTranslate(line(libre.url)), BhashiniEngine(line(libre.url), "k")):
        with pytest.raises(NotAtAll):
            asked.translate(["a"], "hi", "en")


@pytest.mark.parametrize("wrong", [b"{}", b"3", b"[3]", b'[{"code": 3}]', b'[{"code": "hi", "targets": 3}]'])
def test_a_wrong_list_of_languages_is_none(libre: Libre, wrong: bytes):
    libre.says = lambda: (200, wrong)
    assert not LibreTranslate(line(libre.url)).healthy()


def test_too_long_an_answer_is_cut_off(libre: Libre):
    libre.says = lambda: (200, b'"' + b"a" * (MOST + 1) + b'"')
    with pytest.raises(NotAtAll, match="long"):
        LibreTranslate(line(libre.url)).translate(["a"], "hi", "en")


def test_a_redirect_is_not_followed(libre: Libre):
    with Libre() as canary:
        libre.says, libre.location = (lambda: (302, b"")), canary.url + "/translate"
        with pytest.raises(NotAtAll, match="302"):
            LibreTranslate(line(libre.url)).translate(["a"], "hi", "en")
        assert canary.asked == []


def test_who_drips_is_not_waited_for(libre: Libre):
    libre.slow = 0.05
    libre.says = lambda: (200, b" " * 4000)
    with pytest.raises(NotNow):
        LibreTranslate(line(libre.url, whole=0.2)).translate(["a"], "hi", "en")


def test_who_says_nothing_is_not_waited_for():
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        asked = LibreTranslate(line(f"http://127.0.0.1:{deaf.getsockname()[1]}", each=0.2))
        with pytest.raises(NotNow):
            asked.translate(["a"], "hi", "en")


def test_who_drips_the_head_is_hung_up_on():
    """Each step comes in time, and yet it would never end."""
    import threading

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_drip_head, args=(server,), daemon=True).start()
        asked = LibreTranslate(line(f"http://127.0.0.1:{server.getsockname()[1]}", whole=0.3))
        with pytest.raises(NotNow):
            asked.translate(["a"], "hi", "en")


def _drip_head(server: socket.socket) -> None:
    there, _address = server.accept()
    with there, suppress(OSError):
        there.sendall(b"HTTP/1.1 200 OK\r\n")
        for number in range(2000):
            there.sendall(b"x" if number % 60 else b": y\r\nx")
            time.sleep(0.02)


def test_nobody_there_is_for_later():
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(NotNow):
        LibreTranslate(line(f"http://127.0.0.1:{port}")).translate(["a"], "hi", "en")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:5000", "http://translate.example.org", "https://127.0.0.1", "ftp://translate.example.org",
        "https://user@translate.example.org", "https://", "https://translate.example.org:999999", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_addresses_that_may_not_be_asked(url: str):
    with pytest.raises(NotAtAll):
        Line(url)


@pytest.mark.parametrize("private", ["10.0.0.1", "169.254.169.254", "192.168.1.1", "100.64.0.1", "::1", "fd00::1"])
def test_a_name_that_leads_inside_is_not_asked(private: str, monkeypatch: pytest.MonkeyPatch):
    family = socket.AF_INET6 if ":" in private else socket.AF_INET
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda _host, port, **_more: [(family, socket.SOCK_STREAM, 6, "", (private, port))]
    )
    with pytest.raises(NotAtAll, match="not public"):
        LibreTranslate(Line("https://translate.example.org")).translate(["a"], "hi", "en")


def test_loopback_admits_this_machine_and_no_other_name_for_it(libre: Libre):
    port = libre.url.rpartition(":")[2]
    for name in ("localhost", "127.0.0.2", "0.0.0.0", "2130706433"):
        with pytest.raises(NotAtAll):
            Line(f"http://{name}:{port}", loopback=True)
    assert libre.asked == []


def test_no_machine_says_nothing():
    assert Null().pairs() == set()
    assert not Null().healthy()
    with pytest.raises(NotAtAll):
        Null().translate(["a"], "hi", "en")
