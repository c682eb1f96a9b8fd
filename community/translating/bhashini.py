"""Bhashini: one pipeline with one task. India's twenty-two languages and English; Arabic it does not know."""

from collections.abc import Sequence
from typing import Any

from community.languages import LANGUAGES
from community.translating.engines import NotAtAll, NotNow, Pair, Result
from community.translating.wire import Line

URL = "https://dhruva-api.bhashini.gov.in"
PATH = "/services/inference/pipeline"
SERVICE = "ai4bharat/indictrans-v2-all-gpu--t4"
CODES = {"kok": "gom"}  # where theirs is not ours
SCRIPTS = ("ks", "mni", "sat", "sd")  # written in more than one: they are told in which
SPOKEN = tuple(code for code in LANGUAGES if code != "ar")


class Bhashini:
    name = "bhashini"

    def __init__(self, line: Line, key: str) -> None:
        self.line, self.key = line, key

    def translate(
        self, texts: Sequence[str], src: str, dst: str, *, glossary: str | None = None, fmt: str = "text"
    ) -> list[Result]:
        """`fmt` is left out: Bhashini takes plain text alone."""
        return [Result(self._one(text, src, dst, glossary), self.name) for text in texts]

    def _one(self, text: str, src: str, dst: str, glossary: str | None) -> str:
        config = {"language": _languages(src, dst), "serviceId": SERVICE}
        if glossary:
            config["glossary"] = glossary
        tasks = [{"taskType": "translation", "config": config}]
        asked = {"pipelineTasks": tasks, "inputData": {"input": [{"source": text}]}}
        return _said(self.line.post(PATH, asked, Authorization=self.key))

    def pairs(self) -> set[Pair]:
        return {(src, dst) for src in SPOKEN for dst in SPOKEN if src != dst}

    def healthy(self) -> bool:
        """Bhashini has no question that costs nothing: one word is translated."""
        try:
            return bool(self.translate(["नमस्ते"], "hi", "en"))
        except (NotNow, NotAtAll):
            return False


def _languages(src: str, dst: str) -> dict[str, str]:
    named = {"sourceLanguage": CODES.get(src, src), "targetLanguage": CODES.get(dst, dst)}
    for name, code in (("sourceScriptCode", src), ("targetScriptCode", dst)):
        if code in SCRIPTS:
            named[name] = LANGUAGES[code].script
    return named


def _said(answer: Any) -> str:
    try:
        said = answer["pipelineResponse"][0]["output"][0]["target"]
    except (KeyError, IndexError, TypeError):
        said = None
    if not isinstance(said, str) or not said.strip():
        raise NotAtAll("its answer is no translation")
    return said
