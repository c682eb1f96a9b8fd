"""A day at the demo's school, so that every state of a page is there to be looked at."""

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw

from tests.browser import desk, troubles
from tests.browser.asked import knock, talk_and_ask
from tests.browser.pages import NOBODY
from tests.browser.phone import Phone
from tests.browser.pressing import done, first_group, press, say

CAST = ("head", "teacher", "parent", "urdu parent", "member", "english reader")
OPERATOR = "the-key-of-who-runs-this-server"
WITHDRAWAL = re.compile(r"/announcements/(\d+)/withdrawal")
LONG = (
    "कल विद्यालय में वार्षिकोत्सव है। सभी माता-पिता सुबह नौ बजे आएँ, बच्चों को साफ़ कपड़े पहनाएँ और पानी की बोतल साथ लाएँ।\n"
    "जानकारी: https://example.org/school/annual-day/2026?class=3&who=everybody\n"
    "https://bit.ly/annual-day"
)


@dataclass
class Day:
    """Everybody's phone, and the addresses from which a walk begins besides the courtyard."""

    phones: dict[str, Phone]
    starts: dict[str, list[str]]


def photo() -> bytes:
    """A small picture as a phone's camera would send it."""
    image = Image.new("RGB", (800, 600), "#b9e4ff")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 400, 800, 600), fill="#d4e7b6")
    draw.ellipse((600, 60, 720, 180), fill="#fcb52c")
    draw.polygon([(120, 400), (120, 240), (260, 140), (400, 240), (400, 400)], fill="#ffcfbe")
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85)
    return file.getvalue()


def live(
    known: Mapping[str, Phone], empty: Callable[[], Phone], invitation: str, door: str, let_go: Callable[[], None],
) -> Day:  # fmt: skip
    """Live the day. `empty` makes a phone that nobody uses; `let_go` returns when nothing can be taken back any more.

    `door` is the parent's way onto another phone.
    """
    phones: dict[str, Phone] = {NOBODY: empty(), **known, "newcomer": empty(), "guest": empty()}
    phones |= {part: empty() for part in ("operator", "bearer", "new phone", "shared phone")}
    starts: dict[str, list[str]] = {part: [] for part in phones}
    _come(phones, starts, invitation)
    _announce(phones, starts)
    talk_and_ask(phones, starts)
    troubles.call(phones)
    begun = desk.begin(phones, starts)
    let_go()
    _look_back(phones, starts)
    troubles.doubt(phones, starts)
    _look_after(phones, starts)
    teacher = _member(phones["head"], f"/groups/{first_group(phones['teacher'])}", "सुनीता देवी")
    troubles.change_phones(phones, starts, teacher, door)
    desk.say_to_some(phones, starts)
    desk.go_on(phones, starts, begun, let_go)
    desk.come_together(phones, starts)
    knock(phones, starts)
    starts[NOBODY] += ["/code", "/language", "/offline", "/offline/waiting", "/me", "/nowhere", "/groups/1/membership"]
    starts["operator"].append(done(phones["operator"].post("/operator", {"key": OPERATOR})).path)
    starts[NOBODY] += ["/operator", "/j/aaaaaaaaaaaaaaaa", "/enter/aaaaaaaaaaaaaaaa"]
    starts[NOBODY] += [invitation, f"{invitation}/report"]
    starts["english reader"] += [invitation, "/groups/99999", "/j/aaaaaaaaaaaaaaaa"]
    for part in (NOBODY, "parent", "member"):
        starts[part].append(door)
    return Day(phones, starts)


def _come(phones: dict[str, Phone], starts: dict[str, list[str]], invitation: str) -> None:
    """A newcomer asks and waits; a guest asked and took it back; a request was answered; a member left."""
    for part in ("newcomer", "guest"):
        phones[part].get(invitation)
        done(phones[part].post(invitation, {}))
    press(phones["guest"], "/", r"/requests/\d+/withdrawal")
    starts["teacher"].append(press(phones["teacher"], "/", r"/requests/\d+/approval").path)
    answered = press(phones["teacher"], "/", r"/requests/\d+/refusal").path
    press(phones["teacher"], answered, r"/requests/\d+/undo")
    mothers = re.findall(r"/groups/\d+", phones["member"].get("/groups").text)[-1]
    left = press(phones["member"], mothers, r"/memberships/\d+/end")
    starts["member"].append(left.path)
    press(phones["member"], left.path, r"/memberships/undo")
    press(phones["parent"], "/", r"/announcements/\d+/acknowledgement", child=True)


def _announce(phones: dict[str, Phone], starts: dict[str, list[str]]) -> None:
    head, teacher = phones["head"], phones["teacher"]
    school, grade = first_group(head), first_group(teacher)
    say(head, school, "यह सूचना ग़लत है।")
    say(head, school, LONG, photo(), pin="1")
    say(teacher, grade, "यह वापस ले लिया गया।")
    starts["teacher"] += [
        f"/announcements/{number}" for number in WITHDRAWAL.findall(teacher.get(f"/groups/{grade}").text)
    ]
    press(teacher, f"/groups/{grade}", WITHDRAWAL.pattern)
    tomorrow = datetime.now(ZoneInfo("Asia/Kolkata")) + timedelta(days=1)
    say(teacher, grade, "कल की याद: पत्ते लाएँ।", photo(), at=tomorrow.strftime("%Y-%m-%dT08:00"))


def _look_back(phones: dict[str, Phone], starts: dict[str, list[str]]) -> None:
    """One is removed, one not understood, a group muted; the addresses of what is linked from nowhere."""
    head = phones["head"]
    said = re.findall(r"/announcements/(\d+)\"", head.get("/").text)
    wrong = next(number for number in said if "ग़लत" in head.get(f"/announcements/{number}").text)
    done(head.post(f"/announcements/{wrong}/removal", {}))
    starts["head"].append(f"/announcements/{wrong}")
    starts["head"].append(f"/announcements/{next(number for number in said if number != wrong)}/replies")
    heard = next(number for number in said if number != wrong)
    press(phones["parent"], f"/announcements/{heard}", r"/announcements/\d+/acknowledgement", wish="explain")
    loud = f"/groups/{first_group(phones['parent'])}"
    press(phones["parent"], f"{loud}/involvement", r"/groups/\d+/mute", **{"for": "morning"})
    quiet = f"/groups/{first_group(phones['member'])}"
    press(phones["member"], f"{quiet}/involvement", r"/groups/\d+/involvement", level="nothing")
    starts["parent"] += [f"/announcements/{heard}", "/me/voice"]
    _ask_for_words(phones, starts, f"/announcements/{heard}/languages")


def _ask_for_words(phones: dict[str, Phone], starts: dict[str, list[str]], languages: str) -> None:
    """One says it in Urdu and it goes out; one in English is sent back; somebody helps with languages."""
    head, asks = phones["head"], r"/announcements/\d+/languages/\w+/requests"
    press(phones["member"], "/me/helping", "/me/helping", language="ur")
    for part, language in (("member", "ur"), ("english reader", "en")):
        press(head, f"{languages}/{language}", asks)
        page = re.findall(r"/translations/\d+", phones[part].get("/").text)[0]
        press(phones[part], page, r"/translations/\d+", text="Tomorrow is the annual day.")
        starts[part].append(page)
    press(head, f"{languages}/ur", r"/translations/\d+/approval")
    starts["head"].append(press(head, f"{languages}/en", r"/translations/\d+/return", reason="long").path)


def _look_after(phones: dict[str, Phone], starts: dict[str, list[str]]) -> None:
    """The head invites, appoints, takes out, closes a door, moves a group and lets one rest; the guest begins anew."""
    head, school = phones["head"], first_group(phones["head"])
    for kind in ("link", "spoken"):
        starts["head"].append(press(head, f"/groups/{school}/invitations", r"/groups/\d+/invitations", kind=kind).path)
    grade = f"/groups/{first_group(phones['teacher'])}"
    starts["head"].append(press(head, _member(head, grade, "Asha"), r"/memberships/\d+/role", role="responder").path)
    starts["head"].append(press(head, _member(head, grade, "कमला"), r"/memberships/\d+/removal").path)
    press(head, starts["head"][-1], "/removals/undo")
    press(head, _member(head, grade, "फ़ातिमा"), r"/memberships/\d+/ban")
    inside = re.findall(r'<a class="door [^"]*" href="(/groups/\d+)"', head.get(f"/groups/{school}").text)
    into = grade.rpartition("/")[2]
    starts["head"].append(press(head, f"{inside[-1]}/parent?in={into}", r"/groups/\d+/parent").path)
    press(head, starts["head"][-1], r"/groups/\d+/parent")
    press(head, f"{inside[-2]}/settings", r"/groups/\d+/archive")
    starts["member"].append(inside[-2])
    press(phones["guest"], "/communities/new/health", "/communities")
    _delegate(phones, starts)


def _delegate(phones: dict[str, Phone], starts: dict[str, list[str]]) -> None:
    """Roles are offered by a link, by digits and by name, one of them until a day; new blocks get a group."""
    head, teacher, offers = phones["head"], phones["teacher"], r"/groups/\d+/appointments"
    school, grade = first_group(head), first_group(teacher)
    for kind in ("link", "spoken"):
        made = press(
            head, f"/groups/{school}/appointments/new", offers, kind=kind, role="moderator", until=_in_a_month()
        )
        starts["head"].append(made.path)
        starts["parent"] += re.findall(r"/a/\w{16}", made.text)[:1]
    held = _member(teacher, f"/groups/{grade}", "कमला").rpartition("/")[2]
    press(teacher, f"/groups/{grade}/appointments/new?member={held}", offers, role="all")
    made = press(head, f"/groups/{school}/templates", r"/groups/\d+/templates")
    starts["head"].append(press(head, made.path, r"/templates/\d+/groups", name="पालक").path)


def _in_a_month() -> str:
    return (datetime.now(ZoneInfo("Asia/Kolkata")) + timedelta(days=30)).date().isoformat()


def _member(phone: Phone, group: str, name: str) -> str:
    """The page of a member of the group, by her name."""
    rows = re.findall(r'href="(/memberships/\d+)".*?<bdi>(.*?)</bdi>', phone.get(f"{group}/members").text, re.DOTALL)
    return next(path for path, who in rows if who == name)
