"""Translators on this machine that speak as the real ones do, and refuse every other shape with 400."""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LIBRE = {"q": str, "source": str, "target": str, "format": str}
LIBRE_MORE = {"alternatives": int, "api_key": str}
KNOWN = ("hi", "ur", "en")
PATH = "/services/inference/pipeline"
Answer = tuple[int, bytes]


class Translator:
    """Serves as long as the block lasts. `says`, where it is set, answers instead; `slow` waits before each byte."""

    def __init__(self, key: str = "") -> None:
        self.key, self.asked = key, []  # type: str, list[tuple[str, str, Any]]
        self.says: Callable[[], Answer] | None = None
        self.slow = 0.0
        self.location = ""
        translator = self

        class Hand(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                translator.handle(self, None)

            def do_POST(self) -> None:
                translator.handle(self, self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *_more: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Hand)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> "Translator":
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def handle(self, hand: BaseHTTPRequestHandler, body: bytes | None) -> None:
        sent = json.loads(body) if body else None
        self.asked.append((hand.command, hand.path, sent))
        status, answer = self.says() if self.says else self.answer(hand, sent)
        hand.send_response(status)
        if self.location:
            hand.send_header("Location", self.location)
        hand.send_header("Content-Type", "application/json")
        hand.send_header("Content-Length", str(len(answer)))
        hand.end_headers()
        self._drip(hand, answer)

    def _drip(self, hand: BaseHTTPRequestHandler, answer: bytes) -> None:
        try:
            for letter in answer if self.slow else ():
                hand.wfile.write(bytes([letter]))
                time.sleep(self.slow)
            hand.wfile.write(b"" if self.slow else answer)
        except OSError:
            pass  # whoever asked has hung up

    def answer(self, hand: BaseHTTPRequestHandler, sent: Any) -> Answer:
        raise NotImplementedError


class Libre(Translator):
    """LibreTranslate: POST /translate, GET /languages."""

    def answer(self, hand: BaseHTTPRequestHandler, sent: Any) -> Answer:
        if (hand.command, hand.path) == ("GET", "/languages"):
            return _json([{"code": one, "name": one, "targets": list(KNOWN)} for one in KNOWN])
        if (hand.command, hand.path) != ("POST", "/translate") or not self._is_right(hand, sent):
            return _json({"error": "Invalid request"}, 400)
        if self.key and sent.get("api_key") != self.key:
            return _json({"error": "Invalid API key"}, 403)
        return _json({"translatedText": f"{sent['target']}: {sent['q']}"})

    def _is_right(self, hand: BaseHTTPRequestHandler, sent: Any) -> bool:
        if not isinstance(sent, dict) or hand.headers["Content-Type"] != "application/json":
            return False
        shape = LIBRE | LIBRE_MORE
        whole = set(LIBRE) <= set(sent) <= set(shape) and all(isinstance(sent[name], shape[name]) for name in sent)
        return whole and {sent["source"], sent["target"]} <= set(KNOWN) and sent["format"] in ("text", "html")


class Bhashini(Translator):
    """Bhashini: one pipeline with one translation."""

    def answer(self, hand: BaseHTTPRequestHandler, sent: Any) -> Answer:
        if (hand.command, hand.path) != ("POST", PATH) or hand.headers["Content-Type"] != "application/json":
            return _json({"detail": "Not Found"}, 404)
        if hand.headers["Authorization"] != self.key:
            return _json({"detail": "unauthorised"}, 401)
        try:
            (task,), (text,) = sent["pipelineTasks"], sent["inputData"]["input"]
            spoken, config = task["config"]["language"], task["config"]
            assert set(sent) == {"pipelineTasks", "inputData"} and task["taskType"] == "translation"
            assert set(config) - {"glossary"} == {"language", "serviceId"} and set(text) == {"source"}
            assert set(spoken) - {"sourceScriptCode", "targetScriptCode"} == {"sourceLanguage", "targetLanguage"}
            assert "kok" not in spoken.values()
        except (KeyError, ValueError, TypeError, AssertionError):
            return _json({"detail": "Unprocessable"}, 422)
        target = f"{spoken['targetLanguage']}: {text['source']}"
        output = [{"source": text["source"], "target": target}]
        return _json(
            {"pipelineResponse": [{"taskType": "translation", "config": None, "output": output, "audio": None}]}
        )


def _json(content: Any, status: int = 200) -> Answer:
    return status, json.dumps(content).encode()
