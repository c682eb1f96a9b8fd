"""A photo's row and its files agree, and the row comes last."""

from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, current_app

from community.database import db
from community.media.models import Photo
from community.media.picture import ENCODINGS, Prepared, prepare
from community.media.store import FolderStore, current

from .samples import two_halves, written


@pytest.fixture
def picture() -> Prepared:
    return prepare(BytesIO(written(two_halves(), "JPEG")))


def test_a_kept_photo_can_be_read_again(app: Flask, picture: Prepared):
    Photo.keep(picture, owner_id=1 << 40, community_id=7)
    db.session.commit()
    db.session.expunge_all()

    photo = db.session.scalars(sa.select(Photo)).one()

    assert (photo.owner_id, photo.community_id) == (1 << 40, 7)
    assert (photo.width, photo.height) == (480, 320)
    assert photo.created.tzinfo is not None
    assert set(photo.sizes) == set(ENCODINGS)
    for rendition, content in picture.renditions.items():
        assert current().read(photo.name_of(rendition)) == content
        assert photo.bytes_for(rendition) == len(content)


def test_a_rendition_that_there_is_not_has_no_price(app: Flask, picture: Prepared):
    with pytest.raises(KeyError):
        Photo.keep(picture).bytes_for("9000.gif")


def test_keys_are_opaque_and_fresh(app: Flask, picture: Prepared):
    """22 url-safe characters: 128 random bits."""
    keys = {Photo.keep(picture).key for _ in range(3)}

    assert len(keys) == 3
    assert {len(key) for key in keys} == {22}


def test_keeping_never_commits(app: Flask, picture: Prepared):
    Photo.keep(picture)
    db.session.rollback()

    assert db.session.scalars(sa.select(Photo)).all() == []


def test_a_full_disk_leaves_no_row(app: Flask, picture: Prepared, monkeypatch: pytest.MonkeyPatch):
    def full(_store: FolderStore, _name: str, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FolderStore, "put", full)
    with pytest.raises(OSError, match="No space"):
        Photo.keep(picture)
    assert list(db.session.new) == []


def files() -> set[str]:
    root = Path(current_app.config["MEDIA"])
    return {path.parent.name for path in root.rglob("*.*") if path.is_file()} if root.exists() else set()


def test_of_a_transaction_that_fails_no_file_stays(app: Flask, picture: Prepared):
    kept = Photo.keep(picture)
    db.session.commit()
    Photo.keep(picture)
    db.session.flush()
    db.session.rollback()
    assert files() == {kept.key}


def test_of_a_savepoint_that_fails_only_its_own_files_go(app: Flask, picture: Prepared):
    kept = Photo.keep(picture)
    with suppress(LookupError), db.session.begin_nested():
        Photo.keep(picture)
        raise LookupError
    assert len(files()) == 2, "until it is sure"
    db.session.commit()
    assert files() == {kept.key}


def test_half_a_photo_goes_too(app: Flask, picture: Prepared, monkeypatch: pytest.MonkeyPatch):
    put = FolderStore.put

    def full(self: FolderStore, name: str, content: bytes) -> None:
        if files():
            raise OSError("no space left")
        put(self, name, content)

    monkeypatch.setattr(FolderStore, "put", full)
    db.session.execute(sa.select(Photo))
    with pytest.raises(OSError, match="no space"):
        Photo.keep(picture)
    db.session.rollback()
    assert not files()
