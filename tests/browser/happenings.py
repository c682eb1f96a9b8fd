"""What can happen in the courtyard while a phone is away. Each answers whether it could happen now.

Whatever is sent must be taken: one that is refused raises, since it would test nothing.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.browser.phone import Answer, WirePhone, unlike_any
from tests.browser.server import Server

CARD = re.compile(r'href="/announcements/(\d+)"')
DOOR = re.compile(r'href="/groups/(\d+)"')
UPTO = re.compile(r'name="upto" value="([\d:]+)"')
PATIENCE = 15  # seconds
LOOKS = ("mango", "tree", "boat")


class Elsewhere:
    """The head of the school, somebody else, and the parent on another phone of hers."""

    def __init__(self, server: Server, database: Path) -> None:
        self.database = database
        self.head, self.other, self.parent = (server.signed_in(part) for part in ("head", "member", "parent"))
        [[self.me]] = self.rows("SELECT person_id FROM session ORDER BY id DESC LIMIT 1")
        self.root = DOOR.findall(self.head.get("/groups").text)[0]
        self.mine = sorted(set(DOOR.findall(self.parent.get("/groups").text)))
        self.tickets: dict[str, str] = {}

    def happens(self, name: str, turn: int) -> bool:
        done: bool = getattr(self, name)(turn)
        return done

    def rows(self, question: str, *values: object) -> list[Any]:
        with sqlite3.connect(self.database, timeout=15) as connection:
            found = connection.execute(question, values).fetchall()
        connection.close()
        return found

    def _sent(self, phone: WirePhone, path: str, **fields: str) -> Answer:
        answer = phone.post(path, fields)
        assert answer.status == 200, f"{path} {fields}: {answer.status} {answer.path}"
        return answer

    def _group(self, turn: int) -> str:
        return self.mine[turn % len(self.mine)]

    def _each(self, question: str, turn: int, act: Callable[[str], object]) -> bool:
        """Do it with one of the numbers that are found, if there is any."""
        found = [str(number) for (number,) in self.rows(question, self.me)]
        if found:
            act(found[turn % len(found)])
        return bool(found)

    # What is said.

    def say(self, turn: int, **more: str) -> bool:
        """To everybody, to one of her groups; for a while; pinned."""
        group = [self.root, *self.mine][turn % (len(self.mine) + 1)]
        if self._rests(group):
            return False
        more = more or {"expiry": ("", "1")[turn % 2], "pin": ("1", "")[turn % 2], "kind": ("news", "task")[turn % 2]}
        self._say(self.head, group, **more)
        return True

    def narrow(self, turn: int) -> bool:
        """To the groups of one category, in which she may be or not."""
        numbers = self.rows("SELECT id FROM category ORDER BY id")
        self._say(self.head, self.root, kind="news", category=str(numbers[turn % len(numbers)][0]))
        return True

    def _say(self, phone: WirePhone, group: str, **fields: str) -> None:
        words = unlike_any()
        self._sent(phone, f"/groups/{group}/announcements", text=words, key=words, **fields)
        self.rows("UPDATE outbox SET run_at = created WHERE kind = 'release'")
        question = "SELECT 1 FROM announcement WHERE key = ? AND seq IS NOT NULL"
        until = time.monotonic() + PATIENCE
        while not self.rows(question, words):
            assert time.monotonic() < until, "it never went out"
            time.sleep(0.1)

    def _rests(self, group: str) -> bool:
        return bool(self.rows("SELECT rests FROM 'group' WHERE id = ?", group)[0][0])

    def _last(self, turn: int) -> str:
        live = []
        for number in dict.fromkeys(CARD.findall(self.parent.get("/").text)):
            if not self.rows("SELECT removed_at FROM announcement WHERE id = ?", number)[0][0]:
                live.append(number)
        return live[turn % len(live)] if live else ""

    def _with_last(self, turn: int, act: Callable[[str], object]) -> bool:
        if number := self._last(turn):
            act(number)
        return bool(number)

    def remove(self, turn: int) -> bool:
        return self._with_last(turn, lambda one: self._sent(self.head, f"/announcements/{one}/removal"))

    def pin(self, turn: int) -> bool:
        up = str(turn % 2)
        return self._with_last(turn, lambda one: self._sent(self.head, f"/announcements/{one}/pin", up=up))

    def expire(self, turn: int) -> bool:
        """Its time is over."""
        change = "UPDATE announcement SET expires = released_at WHERE id = ?"
        return self._with_last(turn, lambda one: self.rows(change, one))

    def answer(self, turn: int) -> bool:
        """Understood, or please explain; given, or taken back. For a child where it is for one."""
        wish, given = ("explain", "understood")[turn % 2], ("1", "0")[turn // 2 % 2]
        children = [str(number) for (number,) in self.rows("SELECT id FROM child WHERE parent_id = ?", self.me)]

        def act(number: str) -> None:
            page = self.parent.get(f"/announcements/{number}").text
            child = next((one for one in children if f'name="child" value="{one}"' in page), "")
            fields = {"wish": wish, "given": given} | ({"child": child} if child and wish == "understood" else {})
            self._sent(self.parent, f"/announcements/{number}/acknowledgement", **fields)

        return self._with_last(turn, act)

    def hear(self, _turn: int) -> bool:
        if upto := UPTO.findall(self.parent.get("/").text):
            self._sent(self.parent, "/reading", upto=upto[0])
        return bool(upto)

    def schedule_herself(self, turn: int) -> bool:
        """She announces for tomorrow, where she may."""
        words = unlike_any()
        tomorrow = time.strftime("%Y-%m-%dT%H:%M", time.localtime(time.time() + 86400))
        fields = {"text": words, "key": words, "kind": "news", "at": tomorrow}
        question = "SELECT group_id FROM membership WHERE person_id = ? AND role = 'admin' ORDER BY group_id"
        free = [one for (one,) in self.rows(question, self.me) if not self._rests(str(one))]
        if free:
            self._sent(self.parent, f"/groups/{free[turn % len(free)]}/announcements", **fields)
        return bool(free)

    def _waiting(self, turn: int, act: Callable[[str], object]) -> bool:
        question = "SELECT id FROM announcement WHERE author_id = ? AND seq IS NULL AND withdrawn_at IS NULL"
        return self._each(question, turn, act)

    def reword(self, turn: int) -> bool:
        return self._waiting(turn, lambda one: self._sent(self.parent, f"/announcements/{one}", text=unlike_any()))

    def withdraw(self, turn: int) -> bool:
        return self._waiting(turn, lambda one: self._sent(self.parent, f"/announcements/{one}/withdrawal"))


def fresh(phone: WirePhone, address: str) -> str:
    """What a phone that has never been here is shown."""
    answer = phone.get(address)
    return answer.text if answer.status == 200 and answer.path == address else ""
