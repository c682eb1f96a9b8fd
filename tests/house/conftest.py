"""The village, built once for this folder and put back between tests; and what crawling it found."""

from collections.abc import Iterator

import pytest

from tests.house.crawl import Crawl
from tests.house.ground import Ground, PostgresGround
from tests.house.village import Village


@pytest.fixture(scope="package")
def built(tmp_path_factory: pytest.TempPathFactory, ground: Ground) -> Iterator[Village]:
    village = Village(ground, tmp_path_factory.mktemp("village"))
    yield village
    village.close()


@pytest.fixture
def village(built: Village) -> Iterator[Village]:
    if isinstance(built.ground, PostgresGround):
        built.restore()  # other tests of this folder use the same database
    built.tidy()
    yield built
    built.close()


@pytest.fixture(scope="package")
def crawled(built: Village) -> Crawl:
    """Every form that somebody finds by following links, and every element that our own pages have."""
    built.restore()
    return Crawl(built).walk()
