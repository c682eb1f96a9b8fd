"""No word that `_()` missed on any page of the day at school; tests/house/test_pseudo.py asks the same of every address."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.pages import told
from tests.house.bare import bare_words, somebodys_own
from tests.house.pseudo import on_the_wall
from tests.journeys.conftest import Tour

pytestmark = pytest.mark.any_collation


def test_every_word_of_every_page_can_be_translated(tour: Tour) -> None:
    tour.app.config["PSEUDO_LANGUAGE"] = True
    own = somebodys_own(tour.app) | on_the_wall()
    faults: dict[str, list[str]] = {}
    brackets = 0
    for page in tour.walk.pages:
        answer = page.open(tour.day.phones, "xx")
        assert 'lang="xx"' in answer.text, page
        brackets += answer.text.count("⟦")
        for word in bare_words(answer.text, own):
            faults.setdefault(word, []).append(str(page))
    assert brackets > 10 * len(tour.walk.pages)
    assert not faults, told(faults)


def test_the_manifest_can_be_translated(tour: Tour) -> None:
    tour.app.config["PSEUDO_LANGUAGE"] = True
    manifest = json.loads(tour.day.phones[""].get("/manifest.webmanifest?lang=xx").text)
    assert manifest["lang"] == "xx"
    assert all(words.startswith("⟦") for words in _shown(manifest))


def _shown(part: Any) -> Iterator[str]:
    """The words of a manifest that a phone shows."""
    for name, value in part.items() if isinstance(part, dict) else enumerate(part):
        if name in ("name", "short_name", "description", "label"):
            yield value
        elif isinstance(value, (dict, list)):
            yield from _shown(value)
