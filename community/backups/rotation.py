"""Which snapshots stay: one a day for a week, one a week for a month, and always the newest."""

from collections.abc import Iterable
from datetime import UTC, datetime

DAYS, WEEKS = 7, 4
FORMAT = "aangan-%Y%m%dT%H%M%SZ.age"


def name_of(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(FORMAT)


def moment_of(name: str) -> datetime | None:
    """When this snapshot was taken; None for what is no snapshot."""
    try:
        return datetime.strptime(name, FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None


def staying(moments: Iterable[datetime]) -> set[datetime]:
    """The newest of each of the last 7 days and 4 weeks that have one. A clock that was wrong makes none of them go."""
    days = {moment.date().toordinal(): moment for moment in sorted(moments)}
    weeks = {(day - 1) // 7: moment for day, moment in sorted(days.items())}  # Monday to Sunday
    return {of[key] for of, most in ((days, DAYS), (weeks, WEEKS)) for key in sorted(of)[-most:]}
