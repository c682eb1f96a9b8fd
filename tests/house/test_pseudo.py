"""No untranslated word at any address, for any role, nor in any refusal of a form."""

import pytest

from tests.browser.pages import told
from tests.house.bare import bare_words
from tests.house.checker import ALL
from tests.house.crawl import Crawl
from tests.house.pseudo import crawl, every_cell
from tests.house.village import ROLES, Village

pytestmark = pytest.mark.any_collation

SHARE = 1 if ALL else 29  # no divisor of the number of roles: each role has some


def test_every_word_at_every_address_can_be_translated(village: Village, crawled: Crawl) -> None:
    found = crawl(village, crawled, SHARE)
    assert len(ROLES) % SHARE or SHARE == 1
    assert found.pages > len(every_cell()) / SHARE / 2
    assert not found.faults, told(found.faults)


def test_a_forgotten_word_is_found() -> None:
    """The net holds: a bare word is caught in text and in attributes, and what is somebody's own is not."""
    page = (
        '<html lang="xx"><p>⟦Removed by <bdi>Asha</bdi>, now.⟧</p><p lang="hi">नमस्ते</p><h1>Ramu</h1>'
        '<b>Welcome</b><img alt="A house"><button>12 · ⟦ok⟧</button></html>'
    )
    assert bare_words(page, {"Ramu"}) == ["<b> 'Welcome'", "<img alt> 'A house'"]
