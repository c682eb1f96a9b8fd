"""The figures, kept in docs/benchmarks.json under their names, and shown as tables in docs/benchmarks.md."""

import json
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "docs" / "benchmarks.json"
SHOWN = ROOT / "docs" / "benchmarks.md"


@dataclass(frozen=True)
class Figure:
    """One measured value. `goal` reads "<= 14600", ">= 0.25" or "" where none is set."""

    name: str
    value: float
    unit: str
    goal: str
    command: str
    note: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether the value reaches its goal; None without one."""
        if not self.goal:
            return None
        sign, limit = self.goal.split()
        return self.value <= float(limit) if sign == "<=" else self.value >= float(limit)

    def row(self) -> dict[str, Any]:
        today = datetime.now(UTC).date().isoformat()
        return {**asdict(self), "holds": self.holds, "commit": _commit(), "date": today}


def _commit() -> str:
    """The commit that was measured; "-dirty" behind it where the tree had changes on top, these files aside."""
    others = (".", *(f":(exclude){file.relative_to(ROOT)}" for file in (KEPT, SHOWN)))
    changes = ("status", "--porcelain", "--untracked-files=no", "--", *others)
    return (_git("rev-parse", "--short", "HEAD") or "unknown") + "-dirty" * bool(_git(*changes))


def _git(*words: str) -> str:
    said = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return said.stdout.strip()


def keep(figures: Iterable[Figure], kept: Path = KEPT, shown: Path = SHOWN) -> None:
    """Write these figures over the earlier ones of the same names; all others stay."""
    rows = {row["name"]: row for row in read(kept)} | {figure.name: figure.row() for figure in figures}
    ordered = sorted(rows.values(), key=lambda row: (row["command"], row["name"]))
    kept.write_text(json.dumps({"figures": ordered}, indent=1, ensure_ascii=False) + "\n")
    shown.write_text(_tables(ordered))


def read(kept: Path = KEPT) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(kept.read_text())["figures"] if kept.exists() else []
    return found


def _tables(rows: list[dict[str, Any]]) -> str:
    head = "# Benchmarks\n\nWritten by `make bench` from [benchmarks.json](benchmarks.json); do not edit.\n"
    return head + "".join(_table(command, list(of)) for command, of in groupby(rows, lambda row: row["command"]))


def _table(command: str, rows: list[dict[str, Any]]) -> str:
    lines = [f"\n## `{command}`\n\n| figure | value | goal | holds | measured |\n|---|---|---|---|---|\n"]
    for row in rows:
        cells = (row["name"], f"{written(row['value'])} {row['unit']}".strip(), row["goal"], word(row["holds"]))
        lines.append(f"| {' | '.join(cells)} | {row['date']}, {row['commit']} |\n")
    lines.append("\n")
    lines += [f"- **{row['name']}**: {row['note']}\n" for row in rows if row["note"]]
    return "".join(lines)


def written(value: float) -> str:
    """12,345 · 0.25"""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def word(holds: bool | None) -> str:
    return {True: "yes", False: "**no**", None: ""}[holds]
