"""Each row of the table: what is asked of the school and of the organisation, and what came of it."""

import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import psycopg

from bench.figures import Figure
from bench.scale import asked
from bench.scale.places import BASE, Place
from bench.scale.readers import Crowd, Times, by_turns, in_own_process
from tests.bringing.test_real_places import brought

COMMAND = "python -m bench.scale"
ADMIN = 1  # looks after the root


@dataclass
class Ground:
    """Both places, served, and where they lie."""

    school: Crowd
    organisation: Crowd
    urls: dict[str, str]
    folder: Path
    empty_root: dict[str, float]
    requests: int
    times: int
    missing: list[str] = field(default_factory=list)

    @property
    def both(self) -> tuple[Crowd, Crowd]:
        return self.school, self.organisation

    def connect(self, name: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.urls[name].replace("+psycopg", ""), autocommit=True)


def size(place: Place) -> str:
    return f"{place.members:,} members"


def _pair(ground: Ground, name: str, times: list[Times], goal: str = "<= 1.5") -> list[Figure]:
    figures = []
    for one, spent in zip(ground.both, times, strict=True):
        figures.append(Figure(f"{name}, {size(one.place)}: p50", spent.p50, "ms", "", COMMAND, f"{spent}."))
        figures.append(Figure(f"{name}, {size(one.place)}: p95", spent.p95, "ms", "", COMMAND))
    few, many = times
    figures.append(Figure(f"{name}: p50 against the school's", many.p50 / few.p50, "", goal, COMMAND))
    return [*figures, Figure(f"{name}: p95 against the school's", many.p95 / few.p95, "", goal, COMMAND)]


def home(ground: Ground) -> list[Figure]:
    return _pair(ground, "home page", by_turns(ground.both, "/", ground.times))


def group(ground: Ground) -> list[Figure]:
    return _pair(ground, "group page with switcher", by_turns(ground.both, "{home}", ground.times))


def root(ground: Ground) -> list[Figure]:
    """The courtyard over a root full of news, most of it for others, against the same one when its root was silent."""
    [spent] = by_turns([ground.organisation], "/", ground.times)
    said, note = ground.organisation.place.said_at_root, f"{spent}. Before the root said anything: {ground.empty_root}."
    name = f"home page, {said:,} announcements at the root"
    return [
        Figure(f"{name}: p50", spent.p50, "ms", "", COMMAND, note),
        Figure(f"{name}: p95", spent.p95, "ms", "", COMMAND),
        Figure(f"{name}: p50 against a silent root", spent.p50 / ground.empty_root["p50"], "", "<= 1.5", COMMAND),
    ]


def announce(ground: Ground) -> list[Figure]:
    times = [_announced(one, 40) for one in ground.both]
    for one in ground.both:
        with ground.connect(one.place.name) as connection:
            connection.execute(
                "DELETE FROM translation WHERE announcement_id IN (SELECT id FROM announcement WHERE seq IS NULL)"
            )
            connection.execute("DELETE FROM announcement WHERE seq IS NULL")
            connection.execute("DELETE FROM outbox")
    return _pair(ground, "announce at the root", times)


def _announced(one: Crowd, times: int) -> Times:
    spent = []
    for number in range(times + 5):
        form = {"key": str(uuid4()), "text": f"Said {number}", "kind": "news"}
        took, status, _body = one.ask(f"/groups/{BASE}/announcements", ADMIN, form)
        if status != 303:
            raise RuntimeError(f"announcing was answered {status}")
        spent.append(took)
    return Times(spent[5:])


def questions(ground: Ground) -> list[Figure]:
    """The page of a responder on whose desk all open questions of the place lie, by turns."""
    for one in ground.both:
        with ground.connect(one.place.name) as connection:
            connection.execute(asked.ROWS, asked.given(one.place))
            connection.execute("ANALYZE question")
    spent: list[list[float]] = [[] for _crowd in ground.both]
    for turn in range(ground.times + 20):
        for number, one in enumerate(ground.both):
            took = one.get("/questions", ADMIN)
            if turn >= 20:
                spent[number].append(took)
    for one in ground.both:
        with ground.connect(one.place.name) as connection:
            connection.execute("DELETE FROM question WHERE key LIKE 'bench-%'")
    name = f"open questions of a responder, {asked.many_in(ground.organisation.place):,} open"
    return _pair(ground, name, [Times(each) for each in spent])


def planning(ground: Ground) -> list[Figure]:
    place = ground.organisation.place
    found = in_own_process("planning", ground.urls[place.name], ground.folder)
    phones = sum(1 for number in range(1, 1001) if number % 5 < 3) * place.members // 1000
    name = f"fan-out planning, {phones:,} subscriptions"
    note = (
        f"{found['steps']:.0f} steps promise {found['batches']:.0f} batches; {found['early']:.0f} MB after a tenth of "
        f"them, {found['late']:.0f} MB at the end."
    )
    return [
        Figure(f"{name}: time", found["seconds"], "s", "<= 120", COMMAND, note),
        Figure(
            f"{name}: memory at the end against a tenth of it", found["late"] / found["early"], "", "<= 1.2", COMMAND
        ),
    ]


def move(ground: Ground) -> list[Figure]:
    """A state below another one and back, while somebody reads."""
    one, place = ground.organisation, ground.organisation.place
    state, other = place.group(1, 3), place.group(1, 4)
    groups = sum(1 for line in place.lines if len(line) > 1 and line[1] == state)
    inside = [person for person in one.readers if place.lines[place.home_of(person) - BASE][1] == state]
    readers = (inside * 20 + one.readers)[:60] if inside else one.readers
    for person in readers:
        one.cookie(person)
    before = Times(_reading(one, readers, until=lambda spent: len(spent) >= 200))
    there, during = _moved(one, readers, state, other)
    back, _during = _moved(one, readers, state, BASE)
    note = f"{there:.2f} s there, {back:.2f} s back. Reading before: {before}. Meanwhile: {during}."
    name = f"move a state of {groups:,} groups"
    return [
        Figure(f"{name}: time", max(there, back), "s", "<= 2", COMMAND, note),
        Figure(f"{name}: p50 of who reads meanwhile", during.p50, "ms", "", COMMAND),
        Figure(f"{name}: slowest of who reads meanwhile", max(during.each), "ms", "", COMMAND),
    ]


def _moved(one: Crowd, readers: list[int], state: int, parent: int) -> tuple[float, Times]:
    """Seconds that the move took, and what readers had to wait meanwhile."""
    done, spent = threading.Event(), list[float]()
    line = Crowd(one.place, one.server, one.app)
    line.cookies = one.cookies
    reading = threading.Thread(
        target=lambda: spent.extend(_reading(line, readers, until=lambda _spent: done.is_set())), daemon=True
    )
    reading.start()
    time.sleep(0.2)
    took, status, body = one.ask(f"/groups/{state}/parent", ADMIN, {"parent": parent})
    done.set()
    reading.join(timeout=600)
    if status != 303:
        raise RuntimeError(f"the move was answered {status}: {body[:300]!r}")
    return took / 1000, Times(spent)


def _reading(one: Crowd, readers: list[int], until: Callable[[list[float]], bool]) -> list[float]:
    spent: list[float] = []
    while not until(spent):
        spent.append(one.get("/", readers[len(spent) % len(readers)]))
    return spent


def oversight(ground: Ground) -> list[Figure]:
    if ground.organisation.ask(f"/groups/{BASE}/oversight", ADMIN)[1] != 200:
        ground.missing.append("the twenty groups page")
        return []
    times = [Times([one.get(f"/groups/{BASE}/oversight", ADMIN) for _turn in range(20)]) for one in ground.both]
    figures = _pair(ground, "the twenty groups page", times, goal="")
    many = times[1].p95 / 1000
    return [*figures, Figure("the twenty groups page, organisation: p95", many, "s", "<= 1", COMMAND)]


def audience(ground: Ground) -> list[Figure]:
    """The head count before sending: of a block, a district, a state and all, each with a category and without."""
    figures = []
    for one in ground.both:
        _previewed(one, len(one.place.levels) - 2, narrowed=True)  # a statement that nobody has asked yet is made first
        for depth, level in list(enumerate(one.place.levels))[:-1]:
            for narrowed in (False, True):
                name = f"audience preview, {size(one.place)}: {level.name.lower()}{' × category' * narrowed}"
                found = _previewed(one, depth, narrowed=narrowed)
                if found is None:
                    ground.missing.append(name)
                    continue
                goal = "<= 1" if one is ground.organisation else ""
                figures.append(Figure(name, max(found.each) / 1000, "s", goal, COMMAND, f"The slowest. {found}."))
    return figures


def _previewed(one: Crowd, depth: int, *, narrowed: bool) -> Times | None:
    """Five places of a level, each asked for twice."""
    spent = []
    for place in range(min(5, one.place.levels[depth].groups)):
        group = one.place.group(depth, place)
        middle = one.place.first(len(one.place.levels) // 2) + place
        carried = one.place.carries(group - BASE) or one.place.carries(middle)
        form = {"text": "", "kind": "news"} | ({"category": carried[0] + 1} if narrowed else {})
        for _turn in range(2):
            took, status, _body = one.ask(f"/groups/{group}/headcount", ADMIN, form, **{"Sec-Fetch-Dest": "empty"})
            if status != 200:
                return None
            spent.append(took)
    return Times(spent)


def memory(ground: Ground) -> list[Figure]:
    """What a web process holds after so many requests of many people, against what it held after the first hundred."""
    held = []
    for one in ground.both:
        _asked(one, 100)
        early = one.memory
        _asked(one, ground.requests)
        held.append((early, one.memory))
    name = f"memory of a web process after {ground.requests:,} requests"
    figures = [
        Figure(f"{name}, {size(one.place)}", late, "MB", "", COMMAND, f"After a hundred: {early:.0f} MB.")
        for one, (early, late) in zip(ground.both, held, strict=True)
    ]
    return [*figures, Figure(f"{name}: against the school's", held[1][1] / held[0][1], "", "<= 1.2", COMMAND)]


def places(_ground: Ground) -> list[Figure]:
    """The real places of India come in by a sheet, into an organisation that has nothing yet; killed half-way."""
    with tempfile.TemporaryDirectory() as folder:
        whole, seconds, memory = brought(Path(folder))
    name, note = f"import of {whole:,} real places", "Killed with SIGKILL half-way; nothing was lost or came twice."
    halves = seconds["the first half"] + seconds["the other half"]
    return [
        Figure(f"{name}: dry run", seconds["dry run"], "s", "", COMMAND),
        Figure(f"{name}: time", halves, "s", "", COMMAND, note),
        Figure(f"{name}: memory at the end against early", memory[1] / memory[0], "", "<= 1.2", COMMAND),
    ]


def _asked(one: Crowd, times: int) -> None:
    for turn in range(times):
        person = one.readers[turn % len(one.readers)]
        one.get("/" if turn % 2 else one.home_group(person), person)


ROWS: dict[str, Callable[[Ground], list[Figure]]] = {
    "home": home, "group": group, "root": root, "audience": audience, "announce": announce, "planning": planning,
    "move": move, "oversight": oversight, "questions": questions, "memory": memory, "places": places,
}  # fmt: skip
