"""What a phone pays to open the talk of a group with twelve new messages, when it has the page of before."""

import sqlalchemy as sa
from playwright.sync_api import BrowserContext

from bench.bytes import phone, sign_in, visit
from bench.figures import Figure
from bench.visits import PLAIN, House, house, settle
from community.database import db, writing
from community.groups.membership import Membership
from community.groups.models import Group
from community.talk.models import Message

COMMAND = "python -m bench said"
BEFORE = 20
NEW = (
    "कल सुबह नल में पानी नहीं आया", "हमारी गली में भी नहीं", "टैंकर कब आएगा?", "सरपंच जी से बात हुई है", "शाम तक आएगा",
    "बर्तन तैयार रखिए", "धन्यवाद दीदी", "बच्चों को स्कूल भेज दिया", "दवा की दुकान खुली है क्या", "हाँ, आठ बजे तक",
    "मैं अभी वहीं हूँ", "रास्ता साफ़ है",
)  # fmt: skip


def figures() -> list[Figure]:
    with house() as (there, chrome), phone(chrome) as reader:
        sign_in(reader, there.line, there.place.cookie)
        path = f"{there.place.group}/talk"
        _say(there, [f"बात {number}" for number in range(1, BEFORE + 1)])
        settle(reader, there)
        visit(reader, there.line, path)
        visit(reader, there.line, path)  # what was new is read by now
        _say(there, NEW)
        found = visit(reader, there.line, path)
        shown = _shown(reader, there, path)
    if shown < len(NEW):
        raise RuntimeError(f"the page shows {shown} messages")
    note = f"A phone that has the page of {BEFORE} earlier ones; the report of reading is in it. {found}."
    name = f"open a group's talk, {len(NEW)} new messages, warm: {PLAIN}"
    return [Figure(name, found.size, "bytes", "<= 3000", COMMAND, note)]


def _shown(reader: BrowserContext, there: House, path: str) -> int:
    page = reader.new_page()
    page.goto(there.line.url + path, wait_until="load")
    count: int = page.locator("article[id^=m]").count()
    page.close()
    return count


def _say(there: House, words: list[str] | tuple[str, ...]) -> None:
    """By the two who look after the group, in turn; the reader came in after them."""
    with there.app.app_context(), writing():
        group = db.session.get_one(Group, int(there.place.group.rpartition("/")[2]))
        group.talking = "everyone"
        held = db.session.scalars(
            sa.select(Membership).where(Membership.group_id == group.id).order_by(Membership.id).limit(2)
        ).all()
        for number, text in enumerate(words):
            Message.say(group, held[number % len(held)].person, key=f"bench {text}", text=text, why=[])
        db.session.commit()
