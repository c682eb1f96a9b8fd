"""Where everything lies that a backup holds, and where backups lie. Read from the settings alone."""

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa

from community.backups.vault import key_of, public_half

KEY = "backup.key"
SPOKEN = ("people", "packs")  # what people said; all other clips are made again


@dataclass(frozen=True)
class Places:
    """The folders of a server. Its database is whatever `url` says."""

    instance: Path
    media: Path
    backups: Path
    url: sa.URL
    given: str = ""  # the public key to seal for, where the operator keeps the other half elsewhere

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        instance, media, backups = (Path(settings[name]) for name in ("INSTANCE", "MEDIA", "BACKUPS"))
        return cls(instance, media, backups, sa.make_url(settings["DATABASE_URL"]), settings["BACKUP_RECIPIENT"])

    @property
    def recipient(self) -> str:
        return self.given or public_half(key_of(self.instance / KEY))

    @property
    def identity(self) -> str:
        """The secret half, where it lies here; '' where the operator has it elsewhere."""
        path = self.instance / KEY
        return "" if self.given or not path.exists() else path.read_text().strip()

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @property
    def database(self) -> Path:
        """The file of SQLite."""
        return Path(str(self.url.database))

    def folders(self) -> dict[str, Path]:
        """What is copied file by file, by the name that a backup has for it. No file in them ever changes."""
        return {"media": self.media} | {f"speech-{name}": self.instance / "speech" / name for name in SPOKEN}

    def keys(self) -> list[Path]:
        return sorted(path for path in self.instance.glob("*.key") if path.name != KEY)


def files_in(folder: Path) -> Iterator[Path]:
    """All whole files below a folder; what is half written or begun (a name with a dot in front, `parts`) is none."""
    if not folder.is_dir():
        return
    for path in sorted(folder.rglob("*")):
        said = path.relative_to(folder).parts
        if path.is_file() and said[0] != "parts" and not any(part.startswith(".") for part in said):
            yield path


def settle(path: Path) -> None:
    """What was written there survives a power cut."""
    for one in (path, path.parent):
        handle = os.open(one, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def emptied(folder: Path) -> Path:
    """A folder of our own, with nothing in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    return folder
