"""What goes wrong in the day, and what stands against it: something urgent, held, put right, reported; a phone that was
lost, and one that is shared.
"""

import re

from tests.browser.phone import Phone
from tests.browser.pressing import done, first_group, press, say

PIN = "503817"
STORM = "तूफ़ान आ रहा है।"
WITH_A_CARD = "कमला का कार्ड: 2345 6789 0124"
SAID = re.compile(r'<p class="code"><span>(\d{4})</span> <span>(\d{4})</span>')
FORWARD = re.compile(r"/f/[a-z2-7]{10,}")
Starts = dict[str, list[str]]


def call(phones: dict[str, Phone]) -> None:
    """The teacher calls something urgent, which the head is asked about; what gives somebody away waits for a look."""
    teacher, grade = phones["teacher"], first_group(phones["teacher"])
    say(teacher, grade, STORM, urgent="1", reason="weather")
    say(teacher, grade, WITH_A_CARD)


def doubt(phones: dict[str, Phone], starts: Starts) -> None:
    """Once it is out, it is put right, passed on and reported; somebody wants to hear its author no more."""
    teacher, reader = phones["teacher"], phones["english reader"]
    storm = _page_of(teacher, STORM)
    press(teacher, f"{storm}/correction", f"{storm}/correction", text=f"{STORM} घर में रहें।")
    forward = FORWARD.search(done(teacher.get(f"{storm}/forward")).text)
    assert forward, "its page for others is not on the page that passes it on"
    starts[""] += ["/f", forward[0], "/f/aaaaaaaaaaaaaaaaa"]
    report = storm.replace("/announcements/", "/report/announcement/")
    for part in ("member", "english reader"):
        starts[part].append(press(phones[part], report, report, reason="untrue").path)
    press(reader, report, f"{report}/block")


def change_phones(phones: dict[str, Phone], starts: Starts, held: str, door: str) -> None:
    """The teacher comes back with digits that the head says; the parent locks her room on a phone that is shared.

    `held` is the teacher's page in the school, for the head.
    """
    told = press(phones["head"], held, r"/memberships/\d+/sign-in-code")
    digits = SAID.search(told.text)
    assert digits, "no digits are on the page that says them"
    press(phones["new phone"], "/code", "/code", code="".join(digits.groups()))
    shared = phones["shared phone"]
    press(shared, door, door)
    press(shared, "/me/pin", "/me/pin", pin=PIN, again=PIN)
    starts["shared phone"].append(press(shared, "/me", "/phone/hide").path)


def _page_of(phone: Phone, words: str) -> str:
    """Of the announcement that says so, in somebody's courtyard."""
    said = dict.fromkeys(re.findall(r'href="(/announcements/\d+)"', phone.get("/").text))
    return next(path for path in said if words in phone.get(path).text)
