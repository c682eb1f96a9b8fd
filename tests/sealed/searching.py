"""Looking for words in whatever a server has on its disk, in every form in which they might lie there."""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus


def forms(words: str) -> set[bytes]:
    """UTF-8, UTF-16, percent signs, JSON; and of each of the first two base64 (wherever it begins) and hex."""
    plain = {words.encode(), words.encode("utf-16-le"), words.encode("utf-16-be")}
    said = {quote(words).encode(), quote_plus(words).encode(), json.dumps(words)[1:-1].encode()}
    return plain | said | {form for one in plain for form in _coded(one)}


def _coded(raw: bytes) -> Iterator[bytes]:
    yield from (raw.hex().encode(), raw.hex().upper().encode())
    for begins in range(3):
        for coded in (b64encode, urlsafe_b64encode):
            # What the letters beside it decide is left out at both ends.
            whole = coded(bytes(begins) + raw).rstrip(b"=")
            yield whole[-(-begins * 4 // 3) : len(whole) - 1]


def found(words: str, *folders: Path) -> int:
    """How often any form of these words lies in any file of these folders."""
    looked_for = forms(words)
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return sum(content.count(form) for path in files for content in [path.read_bytes()] for form in looked_for)
