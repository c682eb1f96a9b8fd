"""LibreTranslate: POST /translate, GET /languages. One text a question."""

from collections.abc import Sequence

from community.translating.engines import NotAtAll, NotNow, Pair, Result
from community.translating.wire import Line


class LibreTranslate:
    """A server of one's own or of others; `key` where it asks for one."""

    name = "libretranslate"

    def __init__(self, line: Line, key: str = "") -> None:
        self.line, self.key = line, key

    def translate(
        self, texts: Sequence[str], src: str, dst: str, *, glossary: str | None = None, fmt: str = "text"
    ) -> list[Result]:
        """LibreTranslate knows no glossary: it is left out."""
        return [Result(self._one(text, src, dst, fmt), self.name) for text in texts]

    def _one(self, text: str, src: str, dst: str, fmt: str) -> str:
        asked = {"q": text, "source": src, "target": dst, "format": fmt}
        answer = self.line.post("/translate", asked | ({"api_key": self.key} if self.key else {}))
        said = answer.get("translatedText") if isinstance(answer, dict) else None
        if not isinstance(said, str) or not said.strip():
            raise NotAtAll("its answer is no translation")
        return said

    def pairs(self) -> set[Pair]:
        answer = self.line.get("/languages")
        if not isinstance(answer, list):
            raise NotAtAll("its answer is no list of languages")
        known = [one for one in answer if isinstance(one, dict) and isinstance(one.get("code"), str)]
        codes = [one["code"] for one in known]
        targets = ((one["code"], one.get("targets", codes)) for one in known)
        return {
            (src, dst)
            for src, to in targets
            if isinstance(to, list)
            for dst in to
            if isinstance(dst, str) and dst != src
        }

    def healthy(self) -> bool:
        try:
            return bool(self.pairs())
        except (NotNow, NotAtAll):
            return False
