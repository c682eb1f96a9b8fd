"""The demo's school as a server has it: a database, keys, photos and voices; and an empty place for what comes back."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from community.backups.places import Places
from tests.conftest import POSTGRES, Stage
from tests.house.postgres import another_database

FILES = {"media/ab/abcdefghijklmnopqrstuv/feed.webp": b"a photo" * 5000, "speech/people/one.webm": b"a voice"}


@pytest.fixture
def server(stage: Stage) -> Places:
    """The school's server, with a photo, a voice, and things that are no part of a backup."""
    places = Places.of(stage.app.config)
    more = {"media/parts/x": b"half a voice", "media/ab/.y.part": b"half", "speech/words/z": b"made again"}
    for path, content in (FILES | more).items():
        (places.instance / path).parent.mkdir(parents=True, exist_ok=True)
        (places.instance / path).write_bytes(content)
    return places


@pytest.fixture
def empty(server: Places, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Places]:
    """Another machine: nothing in it, no key, and a database without a table."""

    def make() -> Places:
        folder = tmp_path_factory.mktemp("elsewhere")
        url = replace_url(server, folder)
        return replace(server, instance=folder, media=folder / "media", backups=folder / "backups", url=url)

    return make


def replace_url(server: Places, folder: Path):  # type: ignore[no-untyped-def]
    import sqlalchemy as sa

    if not POSTGRES:
        return sa.make_url(f"sqlite:///{folder / 'aangan.db'}")
    return sa.make_url(another_database(server.url.render_as_string(hide_password=False), "aangan_elsewhere"))
