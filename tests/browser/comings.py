"""What can happen to groups and to who is in them, while a phone is away."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

from tests.browser.happenings import LOOKS, Elsewhere

TICKET = re.compile(r"[?&](?:left|removed)=([^&#]+)")
HELD = "SELECT id FROM membership WHERE person_id = ? ORDER BY id"
OUTLIVED = """SELECT held.id FROM membership held JOIN 'group' g ON g.id = held.group_id WHERE held.person_id = ? AND EXISTS (
  SELECT 1 FROM membership other JOIN 'group' o ON o.id = other.group_id
  WHERE other.person_id = held.person_id AND substr(o.path, 1, length(g.path)) <> g.path) ORDER BY held.id"""
BELOW = """SELECT held.id FROM membership held JOIN 'group' g ON g.id = held.group_id
  WHERE held.person_id = ? AND g.parent_id IS NOT NULL ORDER BY held.id"""
NOT_ALONE = {"happens", "rows", "begin_again"}
# What has to have happened before something can: in this order.
BEFORE = {
    "take_back_leaving": ("leave",), "think_better": ("ask",), "decide": ("ask",), "let_in_again": ("put_out",),
    "lift": ("ban",), "come_back": ("leave",), "bring_child_back": ("take_child_out",), "schedule_herself": ("appoint",),
    "reword": ("appoint", "schedule_herself"), "withdraw": ("appoint", "schedule_herself"), "expire": ("say",),
    "hear": ("say",), "answer": ("say",), "pin": ("say",), "remove": ("say",),
}  # fmt: skip
ASKED = "SELECT id FROM join_request WHERE person_id = ? AND answer IS NULL ORDER BY id"


class Comings(Elsewhere):
    """Also who comes and goes, who looks after what, and how groups and people look."""

    def begin_again(self) -> None:
        """All her groups are awake and open, and she is in each: what an earlier story left closed hides nothing."""
        while self.lift(0):
            pass
        for group in self.mine:
            if self._rests(group):
                self._sent(self.head, f"/groups/{group}/return")
            self._sent(self.head, f"/groups/{group}/settings", name=f"Name {uuid4().hex[:6]}", joining="link")
        for group in self.mine:
            if not self._is_in(group):
                self._sent(self.parent, f"/groups/{group}/membership")

    def _is_in(self, group: str) -> bool:
        return bool(self.rows("SELECT 1 FROM membership WHERE person_id = ? AND group_id = ?", self.me, group))

    def _held(self, turn: int, act: Callable[[str], object]) -> bool:
        """With one of her memberships, but not with the last one."""
        return len(self.rows(HELD, self.me)) > 1 and self._each(HELD, turn, act)

    def leave(self, turn: int) -> bool:
        return self._held(turn, self._leave)

    def _leave(self, number: str) -> None:
        found = TICKET.search(self._sent(self.parent, f"/memberships/{number}/end").path)
        self.tickets["left"] = found[1] if found else ""

    def take_back_leaving(self, _turn: int) -> bool:
        ticket = self.tickets.pop("left", "")
        if ticket:
            self.parent.post("/memberships/undo", {"left": ticket})  # another may have closed the door meanwhile
        return bool(ticket)

    def come_back(self, turn: int) -> bool:
        """Into a group that she was in: at once, or she asks."""
        group = self._group(turn)
        is_free = not self._is_in(group) and not self._rests(group) and not self._is_banned(group)
        if is_free:
            self._sent(self.parent, f"/groups/{group}/membership")
        return is_free

    def _is_banned(self, group: str) -> bool:
        return bool(self.rows("SELECT 1 FROM ban WHERE person_id = ? AND group_id = ?", self.me, group))

    def ask(self, turn: int) -> bool:
        """To come into a group that lets nobody in at once."""
        shut = self.rows("SELECT id FROM 'group' WHERE joining = 'ask' AND rests = 0 ORDER BY id")
        free = [str(one) for (one,) in shut if not self._is_in(str(one)) and not self._is_banned(str(one))]
        if free:
            self._sent(self.parent, f"/groups/{free[turn % len(free)]}/membership")
        return bool(free)

    def think_better(self, turn: int) -> bool:
        return self._each(ASKED, turn, lambda one: self._sent(self.parent, f"/requests/{one}/withdrawal"))

    def decide(self, turn: int) -> bool:
        how = ("approval", "refusal")[turn % 2]
        return self._each(ASKED, turn, lambda one: self._sent(self.head, f"/requests/{one}/{how}"))

    def another_asks(self, turn: int) -> bool:
        """Into one of her groups, which she may have to answer."""
        group = self._group(turn)
        is_free = not self._rests(group)
        if is_free:
            self._sent(self.other, f"/groups/{group}/membership")
        return is_free

    def put_out(self, turn: int) -> bool:
        return self._held(turn, self._put_out)

    def _put_out(self, number: str) -> None:
        found = TICKET.search(self._sent(self.head, f"/memberships/{number}/removal").path)
        self.tickets["removed"] = found[1] if found else ""

    def let_in_again(self, _turn: int) -> bool:
        ticket = self.tickets.pop("removed", "")
        if ticket:
            self.head.post("/removals/undo", {"removed": ticket})
        return bool(ticket)

    def ban(self, turn: int) -> bool:
        """From a branch; never from all that she is in, or no door would be in sight any more."""
        return self._each(OUTLIVED, turn, lambda one: self._sent(self.head, f"/memberships/{one}/ban"))

    def lift(self, turn: int) -> bool:
        question = "SELECT id FROM ban WHERE person_id = ? ORDER BY id"
        return self._each(question, turn, lambda one: self._sent(self.head, f"/bans/{one}/lift"))

    def appoint(self, turn: int) -> bool:
        """In a branch; an admin of the whole school is the head's equal, and nobody could ban her in a later story."""
        role = ("admin", "moderator", "member")[turn % 3]
        return self._each(BELOW, turn, lambda one: self._sent(self.head, f"/memberships/{one}/role", role=role))

    def mute(self, turn: int) -> bool:
        group, more = self._group(turn), {"for": "week"} if turn % 2 else {}
        is_here = self._is_in(group)
        if is_here:
            self._sent(self.parent, f"/groups/{group}/mute", **more)
        return is_here

    def involve(self, turn: int) -> bool:
        group, level = self._group(turn), ("everything", "urgent", "nothing")[turn % 3]
        is_here = self._is_in(group)
        if is_here:
            self._sent(self.parent, f"/groups/{group}/involvement", level=level)
        return is_here

    def dress(self, turn: int) -> bool:
        """Another name, picture, colour and door for a group of hers or for the whole school."""
        group = [self.root, *self.mine][turn % (len(self.mine) + 1)]
        looks = {"name": f"Name {uuid4().hex[:6]}", "picture": LOOKS[turn % 3], "colour": ("neem", "jamun")[turn % 2]}
        self._sent(self.head, f"/groups/{group}/settings", joining=("ask", "link")[turn % 2], **looks)
        return True

    def archive(self, turn: int) -> bool:
        self._sent(self.head, f"/groups/{self._group(turn)}/{'return' if turn % 2 else 'archive'}")
        return True

    def plant(self, turn: int) -> bool:
        """A group within one of hers: if she leads that one, she looks after it too."""
        group = self._group(turn)
        is_free = not self._rests(group) and len(self.rows("SELECT id FROM 'group'")) < 20
        if is_free:
            self._sent(self.head, f"/groups/{group}/groups", name=f"New {turn}", key=uuid4().hex)
        return is_free

    def move(self, turn: int) -> bool:
        """Below another of her groups, or back to the top."""
        group, place = self._group(turn), [self.root, *self.mine][(turn + 1) // 2 % (len(self.mine) + 1)]
        path = dict(self.rows("SELECT id, path FROM 'group'"))
        is_free = f"/{group}/" not in path[int(place)] and not self._rests(group) and not self._rests(place)
        if is_free:
            self._sent(self.head, f"/groups/{group}/parent", parent=place)
        return is_free

    def carry(self, turn: int) -> bool:
        """Of another category: who is told what changes."""
        numbers = [0, *(number for (number,) in self.rows("SELECT id FROM category ORDER BY id"))]
        self._sent(self.head, f"/groups/{self._group(turn)}/category", category=str(numbers[turn % len(numbers)]))
        return True

    def look_other(self, turn: int) -> bool:
        fields = {"name": f"Asha {uuid4().hex[:4]}", "picture": LOOKS[turn % 3], "colour": "neem"}
        self._sent((self.parent, self.head)[turn % 2], "/me/looks", **fields)
        return True

    def speak_other(self, turn: int) -> bool:
        self._sent(self.parent, "/language", language=("hi", "ur", "en")[turn % 3])
        self._sent(self.parent, "/me/digits", digits=("own", "")[turn % 2])
        return True

    def raise_child(self, turn: int) -> bool:
        self._sent(self.parent, "/children", nickname=f"Munni {turn}")
        return True

    def _child(self, turn: int, gone: str, act: Callable[[str], object]) -> bool:
        question = f"SELECT id FROM child WHERE parent_id = ? AND gone_at IS {gone} ORDER BY id"
        return self._each(question, turn, act)

    def dress_child(self, turn: int) -> bool:
        fields = {"nickname": f"Ravi {uuid4().hex[:4]}", "picture": LOOKS[turn % 3], "colour": "jamun"}
        return self._child(turn, "NULL", lambda one: self._sent(self.parent, f"/children/{one}", **fields))

    def take_child_out(self, turn: int) -> bool:
        others = self.rows("SELECT id FROM membership WHERE person_id = ? AND child_id IS NULL", self.me)
        act = lambda one: self._sent(self.parent, f"/children/{one}/removal")  # noqa: E731
        return bool(others) and self._child(turn, "NULL", act)

    def bring_child_back(self, turn: int) -> bool:
        return self._child(turn, "NOT NULL", lambda one: self._sent(self.parent, f"/children/{one}/return"))


HAPPENINGS = tuple(
    name for one in (Elsewhere, Comings) for name in vars(one) if name[0] != "_" and name not in NOT_ALONE
)
