"""The phone, and the one who holds it: see the package for what may be said."""

from __future__ import annotations

import json
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path

from bench.blackout.icons import ask, score
from bench.blackout.journeys import JOURNEYS, NAMES, WATCH, Journey, Scene, scene
from bench.blackout.screen import heard_at, heard_in_all, shoot
from tests.browser.courtyard import chromium
from tests.browser.hand import Hand
from tests.browser.server import serving

LOCALES = {"hi": "hi-IN", "ur": "ur-IN", "bn": "bn-IN"}


@dataclass
class Attempt:
    """One person's try: every tap is written down."""

    hand: Hand
    journey: Journey
    scene: Scene
    folder: Path
    taps: list[tuple[int, int]] = field(default_factory=list)
    shots: int = 0

    @property
    def completed(self) -> bool:
        return self.journey.completed(self.hand.screen, self.scene)

    def answer(self, words: list[str]) -> str:
        """What the phone does at one command."""
        name, numbers = words[0], [int(word) for word in words[1:]]
        return str(getattr(self, f"_{name}")(*numbers))

    def _look(self) -> str:
        self.shots += 1
        path = self.folder / f"screen-{self.shots}.png"
        shoot(self.hand.screen, path)
        return f"{path} (completed)" if self.completed else str(path)

    def _tap(self, across: int, down: int) -> str:
        self.taps.append((across, down))
        self.hand.screen.touchscreen.tap(across, down)
        self.hand.screen.wait_for_timeout(2500)
        return "completed" if self.completed else "tapped; look again"

    def _hear(self, across: int, down: int) -> str:
        return heard_at(self.hand.screen, across, down) or "(nothing is said there)"

    def _listen(self) -> str:
        return "\n".join(heard_in_all(self.hand.screen))

    def _scroll(self, down: int) -> str:
        self.hand.screen.evaluate("(down) => scrollBy(0, down)", down)
        return "scrolled; look again"

    def _back(self) -> str:
        self.taps.append((-1, -1))
        self.hand.screen.go_back()
        return "back; look again"

    def _done(self) -> str:
        wrong = max(0, len(self.taps) - self.journey.fewest)
        result = {"completed": self.completed, "taps": self.taps, "fewest": self.journey.fewest, "wrong": wrong}
        (self.folder / "result.json").write_text(json.dumps(result))
        return json.dumps(result)


def serve(folder: Path, language: str, name: str) -> None:
    """Open the phone and do what is said through the socket in the folder, until `done`."""
    folder.mkdir(parents=True, exist_ok=True)
    journey = JOURNEYS[name]
    with serving(folder, READABLE="0") as server, chromium() as browser:
        place = scene(server, browser, language)
        cookie = server.signed_in(journey.part).cookie if journey.part else ""
        hand = Hand(browser, server, cookie, language=LOCALES[language])
        hand.context.add_init_script(WATCH)
        _speak(hand, language)
        hand.open(journey.start(server))
        told = journey.task.format(group=_name_of(hand, place), wanted=NAMES[place.wanted])
        (folder / "task.txt").write_text(told + "\n")
        _obey(Attempt(hand, journey, place, folder), folder / "phone.socket")


def _speak(hand: Hand, language: str) -> None:
    """The phone has been set to the language before: by who handed it on, or on an earlier day."""
    hand.open("/language")
    hand.tap(f"button[value={language}]")


def _name_of(hand: Hand, place: Scene) -> str:
    link = hand.screen.locator(f'a[href="/groups/{place.group}"]')
    return " ".join(link.first.inner_text().split()) if link.count() else ""


def _obey(attempt: Attempt, path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        words: list[str] = []
        while words != ["done"]:
            there, _address = listening.accept()
            with there, there.makefile("rw") as line:
                words = line.readline().split()
                line.write(attempt.answer(words) + "\n")


def say(folder: Path, words: list[str]) -> str:
    with socket.socket(socket.AF_UNIX) as there:
        there.connect(str(folder / "phone.socket"))
        with there.makefile("rw") as line:
            line.write(" ".join(words) + "\n")
            line.flush()
            return line.read()


def main(words: list[str]) -> str:
    match words:
        case ["serve", folder, language, journey]:
            serve(Path(folder), language, journey)
            return ""
        case ["icons", folder, language]:
            ask(Path(folder), language, seed=len(folder))
            return ""
        case ["score", folder, *answers]:
            return json.dumps(score(Path(folder), [int(answer) for answer in answers]))
        case [folder, *said]:
            return say(Path(folder), said)
    return ""


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1:]))
