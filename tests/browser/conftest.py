"""One server for the folder to look at; for each file a Chromium, and a server of its own that its tests may change.

A Chromium for each file, and not for the folder: Playwright runs once at a time in a thread, and others use it too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser import courtyard as place
from tests.browser.server import Server, serving
from tests.browser.village import Reader

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="package")
def courtyard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[place.Courtyard]:
    """The demo after its day. Look, and change nothing."""
    with place.open_courtyard(tmp_path_factory.mktemp("courtyard")) as opened:
        yield opened


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    pytest.importorskip("playwright")
    if place.executable() is None:
        pytest.skip("needs Chromium")
    with place.chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server")) as started:
        yield started


@pytest.fixture
def reader(chromium: Browser, server: Server) -> Iterator[Reader]:
    """A parent whose phone has seen the courtyard once."""
    made = Reader(chromium, server, "parent")
    yield made
    made.hand.close()
