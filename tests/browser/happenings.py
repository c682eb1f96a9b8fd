"""What can happen in the courtyard while a phone is away. Each answers whether it could; whoever may not is refused."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from tests.browser.phone import WirePhone
from tests.browser.server import Server

CARD = re.compile(r'href="/announcements/(\d+)"')
DOOR = re.compile(r'href="/groups/(\d+)"')
LEAVING = re.compile(r'action="(/memberships/\d+/end)"')
MEMBER = re.compile(r'href="/memberships/(\d+)"')
UPTO = re.compile(r'name="upto" value="([\d:]+)"')
PATIENCE = 15  # seconds


class Elsewhere:
    """The head of the school, and the parent on another phone of hers."""

    def __init__(self, server: Server, database: Path) -> None:
        self.head, self.parent, self.database = server.signed_in("head"), server.signed_in("parent"), database
        self.root = DOOR.findall(self.head.get("/groups").text)[0]
        self.mine = sorted(set(DOOR.findall(self.parent.get("/groups").text)))
        self.said: list[str] = []

    def say(self, turn: int) -> None:
        group, words = [self.root, *self.mine][turn % (len(self.mine) + 1)], uuid4().hex
        self.head.post(f"/groups/{group}/announcements", {"text": words, "kind": "news", "key": words})
        with sqlite3.connect(self.database, timeout=15) as connection:
            connection.execute("UPDATE outbox SET run_at = created WHERE kind = 'release'")
        connection.close()
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            page = self.head.get(f"/groups/{group}").text
            cards = [one for one in page.split("<article")[1:] if words in one and "pending" not in one]
            if cards and (found := CARD.search(cards[0])):
                self.said.append(found[1])
                return
            time.sleep(0.2)
        raise AssertionError("it never went out")

    def _last(self, turn: int) -> str:
        seen = CARD.findall(self.parent.get("/").text)
        return seen[turn % len(seen)] if seen else "1"

    def remove(self, turn: int) -> None:
        self.head.post(f"/announcements/{self._last(turn)}/removal", {})

    def pin(self, turn: int) -> None:
        self.head.post(f"/announcements/{self._last(turn)}/pin", {"up": str(turn % 2)})

    def answer(self, turn: int) -> None:
        wish = "explain" if turn % 3 == 0 else "understood"
        self.parent.post(f"/announcements/{self._last(turn)}/acknowledgement", {"wish": wish, "given": str(turn % 2)})

    def hear(self, _turn: int) -> None:
        if upto := UPTO.findall(self.parent.get("/").text):
            self.parent.post("/reading", {"upto": upto[0]})

    def leave(self, turn: int) -> None:
        group = self.mine[turn % len(self.mine)]
        if len(DOOR.findall(self.parent.get("/groups").text)) > 1 and (
            found := LEAVING.search(self.parent.get(f"/groups/{group}").text)
        ):
            self.parent.post(found[1], {})

    def come_back(self, turn: int) -> None:
        self.parent.post(f"/groups/{self.mine[turn % len(self.mine)]}/membership", {})

    def put_out(self, turn: int) -> None:
        if len(DOOR.findall(self.parent.get("/groups").text)) > 1:
            self._as_member(turn, lambda number: self.head.post(f"/memberships/{number}/removal", {}))

    def appoint(self, turn: int) -> None:
        role = ("admin", "moderator", "member")[turn % 3]
        self._as_member(turn, lambda number: self.head.post(f"/memberships/{number}/role", {"role": role}))

    def _as_member(self, turn: int, act: Callable[[str], object]) -> None:
        """With the parent's membership in one of her groups, by the way to it that her own page of members has."""
        group = self.mine[turn % len(self.mine)]
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=15) as connection:
            rows = connection.execute(
                "SELECT m.id FROM membership m WHERE m.group_id = ? AND m.person_id = (SELECT person_id FROM session"
                " WHERE token_digest IS NOT NULL ORDER BY id DESC LIMIT 1)", (group,),
            ).fetchall()  # fmt: skip
        connection.close()
        if rows:
            act(str(rows[0][0]))

    def mute(self, turn: int) -> None:
        self.parent.post(f"/groups/{self.mine[turn % len(self.mine)]}/mute", {"for": "week"} if turn % 2 else {})

    def rename(self, turn: int) -> None:
        self.head.post(f"/groups/{self.mine[turn % len(self.mine)]}/settings", {"name": f"Name {uuid4().hex[:6]}"})

    def archive(self, turn: int) -> None:
        self.head.post(f"/groups/{self.mine[turn % len(self.mine)]}/{'archive' if turn % 2 else 'return'}", {})

    def look_other(self, turn: int) -> None:
        picture = ("mango", "tree", "boat")[turn % 3]
        self.parent.post("/me/looks", {"name": f"Asha {turn}", "picture": picture, "colour": "neem"})

    def raise_child(self, turn: int) -> None:
        self.parent.post("/children", {"nickname": f"Munni {turn}"})


HAPPENINGS = (
    "say", "remove", "pin", "answer", "hear", "leave", "come_back", "put_out", "appoint", "mute", "rename", "archive",
    "look_other", "raise_child",
)  # fmt: skip


def fresh(phone: WirePhone, address: str) -> str:
    """What a phone that has never been here is shown."""
    answer = phone.get(address)
    return answer.text if answer.status == 200 else ""
