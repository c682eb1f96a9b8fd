"""The village, built once for this folder and put back between tests; and what crawling it found."""

import logging
from collections.abc import Iterator

import pytest

from tests.house.checker import Checker
from tests.house.crawl import Crawl
from tests.house.ground import Ground, PostgresGround
from tests.house.village import Village, planted

BUILT: dict[int, Village] = {}


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, ground: Ground) -> Iterator[Village]:
    """The same one for each folder of tests that borrows it."""
    if id(ground) not in BUILT:
        BUILT[id(ground)] = Village(ground, tmp_path_factory.mktemp("village"))
    yield BUILT[id(ground)]
    BUILT[id(ground)].close()


class _Lines(logging.Handler):
    """Keeps what is logged, tracebacks included, as a file would."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record) + "\n")


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """Every line that anybody logs during the test."""
    handler, root = _Lines(), logging.getLogger()
    root.addHandler(handler)
    yield handler.lines
    root.removeHandler(handler)


@pytest.fixture
def village(built: Village, logged: list[str]) -> Iterator[Village]:
    """The village as it was built. Whatever a test does in it, no log repeats a secret or somebody's words."""
    if isinstance(built.ground, PostgresGround):
        built.restore()  # other tests of this folder use the same database
    built.tidy()
    yield built
    built.close()
    spoken = "".join(logged)
    assert not [secret for secret in planted(built) if secret in spoken], spoken[:2000]


@pytest.fixture(scope="session")
def crawled(built: Village) -> Crawl:
    """Every form that somebody finds by following links, and every element that our own pages have."""
    built.restore()
    return Crawl(built).walk()


@pytest.fixture
def checker(village: Village, crawled: Crawl) -> Checker:
    return Checker(village, crawled)
