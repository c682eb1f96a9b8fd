"""The search that the figure rests on finds what is there."""

from base64 import b64encode, urlsafe_b64encode
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.sealed.searching import found

WORDS = "मुझे आज रात खाना चाहिए?>"
FORMS = {
    "utf-8": WORDS.encode(),
    "utf-16": WORDS.encode("utf-16"),
    "hex": WORDS.encode().hex().encode(),
    "percent": quote(WORDS).encode(),
    **{f"base64 {ahead}": b64encode(b"a" * ahead + WORDS.encode() + b"more") for ahead in range(3)},
    **{f"base64url {ahead}": urlsafe_b64encode(b"a" * ahead + WORDS.encode("utf-16-le")) for ahead in range(3)},
}


@pytest.mark.parametrize("content", FORMS.values(), ids=FORMS)
def test_it_finds_every_form(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(b"\0before" + content + b"after")
    assert found(WORDS, tmp_path) > 0
    assert found("something else", tmp_path) == 0
