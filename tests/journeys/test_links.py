"""No link leads nowhere, and every symbol that a page names is drawn."""

import re
from pathlib import Path

import pytest

from tests.journeys.conftest import Tour

pytestmark = pytest.mark.any_collation

SPRITE = Path(__file__).parents[2] / "static" / "icons" / "sprite.svg"


def test_every_link_leads_somewhere(tour: Tour) -> None:
    assert tour.walk.broken == []


def test_every_symbol_is_in_the_sprite(tour: Tour) -> None:
    drawn = set(re.findall(r'<symbol[^>]* id="([^"]+)"', SPRITE.read_text()))
    assert tour.walk.symbols - drawn == set()


@pytest.mark.large
def test_the_walk_saw_the_whole_house(tour: Tour) -> None:
    """Every address that answers a GET with a page was walked through."""
    walked = {page.route.partition("?")[0] for page in tour.walk.pages}
    wanted = {
        re.sub(r"<[^>]+>", "#", rule.rule)
        for rule in tour.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint not in NO_PAGE
    }
    assert wanted - walked == set()


# What answers a GET with something that is not a page.
NO_PAGE = {
    "announcements.hear", "assets.show", "belongings.take", "genuine.picture", "invitations.messages_text",
    "media.hear", "media.show", "offline.announcement", "offline.listed", "offline.manifest",
    "offline.worker", "outbox.metrics", "phones.key", "speech.play", "subscriptions.key", "wording.taken", "wording.taken_everywhere",
}  # fmt: skip
