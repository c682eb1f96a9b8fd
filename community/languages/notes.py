"""What a translator is told of a message: translations/notes.toml, set above it in every catalogue."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Notes:
    """`messages`: what is meant, by the message; `places`: where it stands, by the file that says it."""

    places: dict[str, str] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)

    def of(self, message: str | tuple[str, ...] | list[str], files: Iterable[str]) -> list[str]:
        """First what is meant, then each place once, in the order of the files."""
        singular = message if isinstance(message, str) else message[0]
        meant = self.messages.get(singular)
        said = [meant, *(self.places.get(file) for file in files)]
        return [note for note in dict.fromkeys(said) if note]


def read_notes(folder: Path) -> Notes:
    path = folder / "notes.toml"
    if not path.exists():
        return Notes()
    with path.open("rb") as file:
        return Notes(**tomllib.load(file))
