"""What people do on a page, the same way each time: they press a button, they say something."""

import re

from tests.browser.outline import Outline
from tests.browser.phone import Answer, Phone

GROUP = re.compile(r'<a class="door [^"]*" href="/groups/(\d+)"')


def first_group(phone: Phone) -> int:
    found = GROUP.search(phone.get("/groups").text)
    assert found, "nobody's groups are on the page of groups"
    return int(found[1])


def say(phone: Phone, group: int, text: str, photo: bytes | None = None, **fields: str) -> None:
    page = done(phone.get(f"/groups/{group}/announcements/new"))
    form = next(form for form in Outline.of(page.text).posts if form.action.endswith("/announcements"))
    done(phone.post(form.action, {"key": form.fields["key"], "text": text, "kind": "news", **fields}, photo))


def press(phone: Phone, path: str, action: str, *, child: bool = False, **chosen: str) -> Answer:
    """Press the first button on that page whose form goes there, so `chosen`; `child`: one that names a child."""
    page = done(phone.get(path))
    for form in Outline.of(page.text).posts:
        if re.fullmatch(action, form.action) and (not child or "child" in form.fields):
            return done(phone.post(form.action, form.fields | chosen))
    raise AssertionError(f"{path} has no form to {action}")


def done(answer: Answer) -> Answer:
    assert answer.status == 200, (answer.path, answer.status)
    return answer
