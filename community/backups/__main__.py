"""`make backup`, `make backup-key`, `make restore FROM=… KEY=…`: what is done, in words, and how it ended."""

import os
import sys
from pathlib import Path

from community.backups import erased, restoring, snapshot
from community.backups.places import KEY, Places
from community.backups.vault import Broken, key_of, public_half
from community.config import settings
from community.environment import ConfigError


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def make(places: Places) -> None:
    is_new = not places.given and not (places.instance / KEY).exists()
    made = snapshot.make(places)
    erased.forget(places.backups)
    good = snapshot.last_good(places.backups) or {}
    how = "read back" if good.get("read_back") else "not read back: its key is elsewhere"
    say(f"{made}: {made.stat().st_size:,} bytes, {how}.")
    if is_new:
        say(f"Copy {places.instance / KEY} to a place apart from this server, once: nothing else opens the backups.")


def key(places: Places) -> None:
    """A key that is to be carried away. It is not printed."""
    path = Path("backup.key").resolve()
    say(f"{path} opens the backups. Carry it away from this server, in two places, and remove it here.")
    say(f"On the server: BACKUP_RECIPIENT={public_half(key_of(path))}")


def restore(places: Places, source: str, key_file: str) -> None:
    given, lies = Path(source or places.backups), Path(key_file or places.instance / KEY)
    if not given.exists() or not lies.is_file():
        raise Broken("Say where the backup and its key are: make restore FROM=folder-or-file KEY=file")
    one = restoring.newest(given) if given.is_dir() else given
    identity = lies.read_text().strip()
    public_half(identity)
    found = restoring.restore(places, one.resolve(), identity)
    say(f"{one.name}: {found.tables} tables, {found.rows:,} rows, {found.files:,} photos and voices; all checked.")
    erased.bring(one.resolve().parent, places.backups)


def main() -> None:
    os.umask(0o077)
    doors = {"make": make, "key": key, "restore": restore}
    try:
        doors[sys.argv[1]](Places.of(settings()), *sys.argv[2:])  # type: ignore[operator]
    except (Broken, ConfigError, OSError) as error:
        sys.exit(f"It did not work. {error}")


if __name__ == "__main__":
    main()
