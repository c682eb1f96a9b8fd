"""Names are written once, whole, inside the folder."""

import os
from pathlib import Path

import pytest

from community.media.store import FolderStore

NAME = "abCD_-efGHij0123456789/480.avif"


def files(folder: FolderStore) -> list[str]:
    return sorted(str(path.relative_to(folder.root)) for path in folder.root.rglob("*") if path.is_file())


def test_what_was_put_can_be_read(folder: FolderStore):
    folder.put(NAME, b"bytes")

    assert folder.read(NAME) == b"bytes"
    with folder.open(NAME) as stream:
        assert stream.read() == b"bytes"
    assert files(folder) == [f"ab/{NAME}"]
    assert folder.path(NAME).is_file()


def test_the_same_bytes_again_cost_nothing_and_other_bytes_are_refused(folder: FolderStore):
    folder.put(NAME, b"bytes")
    folder.put(NAME, b"bytes")

    with pytest.raises(FileExistsError):
        folder.put(NAME, b"other")
    assert folder.read(NAME) == b"bytes"


def test_a_name_never_put_is_not_found(folder: FolderStore):
    for ask in (folder.read, folder.open):
        with pytest.raises(FileNotFoundError):
            ask(NAME)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "../../etc/passwd",
        "/etc/passwd",
        "abCD_-efGHij0123456789",
        "abCD_-efGHij0123456789/",
        "abCD_-efGHij0123456789/..",
        "abCD_-efGHij0123456789/../x.jpg",
        "abCD_-efGHij0123456789/a/b.jpg",
        "abCD_-efGHij0123456789\\480.jpg",
        "abCD_-efGHij0123456789/480.jpg\n",
        "abCD_-efGHij0123456789/480.jpg\0",
        "abCD_-efGHij012345678/480.jpg",
        "..CD_-efGHij0123456789/480.jpg",
        "abCD_-efGHij012345678९/480.jpg",
    ],
)
def test_a_name_of_another_shape_is_refused_everywhere(folder: FolderStore, name: str):
    for ask in (folder.path, folder.read, folder.open, folder.remove, lambda name: folder.put(name, b"")):
        with pytest.raises(ValueError, match="a store's name"):
            ask(name)
    assert not folder.root.exists()


def test_a_full_disk_leaves_nothing_behind(folder: FolderStore, monkeypatch: pytest.MonkeyPatch):
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        folder.put(NAME, b"bytes")
    assert files(folder) == []


def test_nobody_sees_half_a_file(folder: FolderStore, monkeypatch: pytest.MonkeyPatch):
    """Until the rename, the name does not exist; the bytes are complete when it does."""
    seen: list[tuple[bool, bytes]] = []
    replace = Path.replace

    def watched(part: Path, target: Path) -> Path:
        seen.append((target.exists(), part.read_bytes()))
        return replace(part, target)

    monkeypatch.setattr(Path, "replace", watched)
    folder.put(NAME, b"bytes")
    assert seen == [(False, b"bytes")]


def test_removing_erases_and_can_be_repeated(folder: FolderStore):
    other = NAME.replace("avif", "webp")
    folder.put(NAME, b"bytes")
    folder.put(other, b"bytes")

    folder.remove(NAME)
    folder.remove(NAME)
    assert files(folder) == [f"ab/{other}"]

    folder.remove(other)
    assert not folder.path(other).parent.exists()
