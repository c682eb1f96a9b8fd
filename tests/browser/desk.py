"""The big tasks of the day: many groups at once, places from a sheet, something said to some, courtyards that come together."""

import re
from collections.abc import Callable

from tests.browser.outline import Outline
from tests.browser.phone import Answer, Phone
from tests.browser.pressing import done, first_group, press

PLACES = """code,parent,name,level,office bearer,role
k1,,पटना केंद्र,केंद्र,सुनीता देवी,
k2,k1,दानापुर,ब्लॉक,रवि कुमार,मदद
k3,k9,फुलवारी,ब्लॉक,,
k1,,पटना केंद्र फिर से,केंद्र,,
"""
NO_PLACES = "यह कोई सूची नहीं\n"
OFFER = r"/m/\w{16}"
Starts = dict[str, list[str]]


def begin(phones: dict[str, Phone], starts: Starts) -> list[str]:
    """What goes on by itself while the day does; the errands and the sheets of the head."""
    head, school = phones["head"], first_group(phones["head"])
    bulk = f"/groups/{school}/bulk"
    starts["head"] += [f"{bulk}/{work}?all=1" for work in ("archive", "looks", "move", "invite", "tell")]
    grade = first_group(phones["teacher"])
    begun = [
        _start(head, f"{bulk}/looks?pick={grade}", picture="sun"),
        _start(head, f"{bulk}/invite?all=1"),
        _start(head, f"{bulk}/tell?pick={grade}", text="कल तक सूची भेज दें।"),
    ]
    sheets = [_bring(head, school, words).path for words in (PLACES, PLACES + "k4,,मनेर,केंद्र,,\n", NO_PLACES)]
    return [*begun, *sheets]


def _start(phone: Phone, path: str, **chosen: str) -> str:
    return press(phone, path, r"/groups/\d+/bulk/\w+", **chosen).path


def _bring(phone: Phone, group: int, words: str) -> Answer:
    """A sheet as a phone sends it."""
    page = done(phone.get(f"/groups/{group}/sheets"))
    form = next(form for form in Outline.of(page.text).posts if form.action.endswith("/sheets"))
    return done(phone.post(form.action, {"key": form.fields["key"]}, words.encode(), "sheet"))


def go_on(phones: dict[str, Phone], starts: Starts, begun: list[str], let_go: Callable[[], None]) -> None:
    """One errand is undone, one sheet brought in, and its office bearer comes with her card."""
    head = phones["head"]
    looks, *_errands, sheet, _other, _refused = begun
    press(head, looks, r"/errands/\d+/undo")
    press(head, sheet, r"/sheets/\d+/bringing")
    let_go()
    starts["head"] += begun
    printed = done(head.get(f"/groups/{first_group(head)}/cards")).text
    first, second = dict.fromkeys(re.findall(r"/office/\w{16}", printed))
    press(phones["bearer"], first, first)
    starts["bearer"].append(first)
    starts[""].append(second)


def say_to_some(phones: dict[str, Phone], starts: Starts) -> None:
    """The guest's courtyard is a delicate one: what is said to some there is counted, and the reason is read."""
    guest = phones["guest"]
    home = f"/groups/{first_group(guest)}"
    press(guest, f"{home}/settings", r"/groups/\d+/settings", sensitive="1")
    starts["guest"].append(f"{home}/unlisted")
    press(guest, f"{home}/unlisted", r"/groups/\d+/unlisted", reason="यहाँ इलाज की बात होती है।")


def come_together(phones: dict[str, Phone], starts: Starts) -> None:
    """One courtyard is in the school now; of others one has answered, one is asked, one asks."""
    head, guest, school = phones["head"], phones["guest"], first_group(phones["head"])
    came = first_group(guest)
    waits = int(re.findall(r"\d+", press(guest, "/communities/new/circle", "/communities").path)[0])
    offered = _offer(guest, came, "guest")
    _answer(head, f"{offered[1]}?in={school}")
    starts["guest"].append(press(guest, offered[0], r"/mergers/\d+/agreement").path)
    answered = _offer(head, first_group(phones["teacher"]), "host")
    _answer(guest, f"{answered[1]}?of={waits}")
    starts["head"].append(answered[0])
    starts["guest"].append(answered[0])
    starts["head"].append(_offer(guest, waits, "guest")[1])
    asked = _offer(head, school, "host")
    starts["guest"] += [asked[1], f"{asked[1]}?of={waits}"]
    starts["parent"].append(asked[1])


def _offer(phone: Phone, group: int, side: str) -> tuple[str, str]:
    """Its page, and the address that the other side opens."""
    page = done(phone.get(f"/groups/{group}/mergers"))
    assert any(form.action.endswith("/mergers") for form in Outline.of(page.text).posts)
    made = done(phone.post(f"/groups/{group}/mergers", {"side": side}))
    found = re.search(OFFER, made.text)
    assert found, made.path
    return made.path, found[0]


def _answer(phone: Phone, path: str) -> None:
    press(phone, path, OFFER)
