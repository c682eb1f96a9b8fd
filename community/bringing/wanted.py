"""What a sheet wants: places, each with a code, the code of what it is in, and who shall look after it."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from community.bringing.columns import ROLE_OF, Columns, columns_of, plain
from community.bringing.reading import Cell

MOST = {"name": 80, "level": 40, "code": 100, "bearer": 60, "category": 80}  # letters


class Place(NamedTuple):
    """One wanted place. `parent` is "" for what shall hang on the group itself. Kept as JSON in this order."""

    number: int  # its row in the sheet
    code: str
    parent: str
    name: str
    level: str
    picture: str = ""
    categories: tuple[str, ...] = ()
    bearer: str = ""
    role: str = ""

    @classmethod
    def of(cls, kept: Sequence[Any]) -> "Place":
        number, code, parent, name, level, picture, categories, bearer, role = kept
        return cls(number, code, parent, name, level, picture, tuple(categories), bearer, role)


class Problem(NamedTuple):
    """Why a row is left out: `kind` is a key of words.PROBLEMS; `detail` a code or a row's number, never a name."""

    number: int
    column: str
    kind: str
    detail: str = ""


class Sheet:
    """The rows of one sheet, taken apart. Places above, which only a path names, come from the first row that does."""

    def __init__(self, rows: list[list[Cell]], base: str) -> None:
        """`base` begins the codes of places that have none in the sheet: their path below the group."""
        self.problems: list[Problem] = []
        self.places: dict[str, Place] = {}
        self.implied: set[str] = set()
        self.base = base
        self.also: dict[str, str] = {}  # the code of a path, where the sheet gives that place another one
        self.columns = columns_of([[cell or "" for cell in row] for row in rows[:20]])
        for number, row in enumerate(rows[self.columns.first :], self.columns.first + 1):
            if any(cell != "" for cell in row) and not self.columns.is_heading([cell or "" for cell in row]):
                self._take(number, row)
        for path in self.also.keys() & self.implied:
            del self.places[path]

    def _take(self, number: int, row: list[Cell]) -> None:
        read = _Row(self.columns, number, row, self.base)
        above = [] if read.problems else list(read.above())
        place = None if read.problems else read.place()
        self.problems += read.problems
        for one in above:
            if one.code not in self.places:
                self.implied.add(one.code)
                self.places[one.code] = one
        if place:
            self._add(place)
            if not read.given and place.code != (path := read.path_code()):
                self.also[path] = place.code

    def _add(self, place: Place) -> None:
        known = self.places.get(place.code)
        if known and place.code not in self.implied:
            column = self._word("code")
            self.problems.append(Problem(place.number, column, "twice", str(known.number)))
            return
        self.implied.discard(place.code)
        self.places[place.code] = place

    def _word(self, field: str) -> str:
        columns = self.columns
        at = columns.fields.get(field, columns.path[-1] if columns.path else -1)
        return columns.words[at] if at >= 0 else ""


class _Row:
    """One row of a sheet."""

    def __init__(self, columns: Columns, number: int, row: list[Cell], base: str) -> None:
        self.columns, self.number, self.row, self.base = columns, number, row, base
        self.problems: list[Problem] = []
        self.names = [(name, columns.words[at]) for at in columns.path if (name := self._cell(at, "name"))]
        self.given = self._field("name")
        if self.given:
            self.names.append((self.given, self._field("level")))
        self._check()

    def _check(self) -> None:
        if not (self.given if "name" in self.columns.fields and "code" in self.columns.fields else self.names):
            self._wrong("name", "no name")
        if not self.columns.path and not self._field("code"):
            self._wrong("code", "no code")
        if self._field("role") and plain(self._field("role")) not in ROLE_OF:
            self._wrong("role", "no role")

    def _field(self, field: str) -> str:
        at = self.columns.fields.get(field, -1)
        return self._cell(at, field) if at >= 0 else ""

    def _cell(self, at: int, field: str) -> str:
        cell = self.row[at] if at < len(self.row) else ""
        if cell is None or len(cell) > MOST.get(field, MOST["code"]):
            self._wrong_at(self.columns.words[at], "date" if cell is None else "long")
            return "?"
        return cell

    def _wrong(self, field: str, kind: str) -> None:
        at = self.columns.fields.get(field, -1)
        word = self.columns.words[at] if at >= 0 else ""
        if not any(known.column == word for known in self.problems):
            self._wrong_at(word, kind)

    def _wrong_at(self, column: str, kind: str) -> None:
        problem = Problem(self.number, column, kind)
        if problem not in self.problems:
            self.problems.append(problem)

    def above(self) -> Iterator[Place]:
        """The places that the path names above this one, the highest first."""
        for depth in range(1, len(self.names)):
            path, (name, level) = self.names[:depth], self.names[depth - 1]
            yield Place(self.number, self.path_code(path), self.path_code(path[:-1]), name, level[:40])

    def place(self) -> Place:
        (name, level), held = self.names[-1], plain(self._field("role"))
        bearer = self._field("bearer")
        role = ROLE_OF.get(held, "admin") if bearer or held else ""
        return Place(
            self.number, self._field("code") or self.path_code(),
            self._field("parent") or self.path_code(self.names[:-1]),
            name, level[:40], self._field("picture"), self._categories(), bearer, role,
        )  # fmt: skip

    def _categories(self) -> tuple[str, ...]:
        named = (one.strip() for one in self._field("category").replace("|", ";").split(";"))
        return tuple(dict.fromkeys(one for one in named if one))

    def path_code(self, names: list[tuple[str, str]] | None = None) -> str:
        """The code of a place that has only its path: the same for the same path, however it is written."""
        path = "".join(f"/{plain(name) or name}" for name, _level in (self.names if names is None else names))
        code = f"{self.base}{path}" if path else ""
        return code if len(code) <= MOST["code"] else f"{self.base}/{hashlib.sha256(path.encode()).hexdigest()}"
