"""Undo rather than "are you sure": whatever takes something away offers it back on the next page, or stands here with its reason."""

import re

import pytest

from community.config import ROOT
from tests.house.matrix import AT_ROOT, ROWS, SENT, Row
from tests.house.test_matrix import ask, routes
from tests.house.village import Village

TAKES = re.compile(
    r"^POST .*/(?:removal|withdrawal|end|ban|archive|revocation|refusal|approval|sign-out|lift|retirement|unlisted)$"
)
ASKS = re.compile(r"\b(?:alert|prompt)\(|window\.confirm|\bconfirm\([\"'`]")  # the browser's own boxes
# The row that takes something away, and the form that gives it back.
UNDONE = {
    "POST /children/<int:child_id>/removal": r"/children/\d+/return",
    "POST /memberships/<int:membership_id>/end": r"/memberships/undo",
    "POST /memberships/<int:membership_id>/removal": r"/removals/undo",
    "POST /memberships/<int:membership_id>/ban": r"/bans/\d+/lift",
    "POST /requests/<int:request_id>/approval": r"/requests/\d+/undo",
    "POST /requests/<int:request_id>/refusal": r"/requests/\d+/undo",
    "POST /messages/<int:message_id>/removal": r"/messages/\d+/undo",
    "POST /groups/<int:group_id>/archive": r"/groups/\d+/return",
    "POST /translations/<int:translation_id>/approval": r"/translations/\d+/undo",
    "POST /translations/<int:translation_id>/refusal": r"/translations/\d+/refusal",
    "POST /held/<int:held_id>/approval": r"/held/\d+/undo",
    "POST /held/<int:held_id>/refusal": r"/held/\d+/undo",
    "POST /suggestions/<int:suggestion_id>/refusal": r"/suggestions/\d+/undo",
    "POST /categories/<int:category_id>/retirement": r"/categories/\d+/return",
    "POST /me/categories/<int:category_id>/end": r"/me/categories/undo",
    "POST /duties/<int:duty_id>/end": r"/duties/\d+/return",
    "POST /offices/<int:office_id>/end": r"/offices/\d+/return",
    "POST /answers/<int:entry_id>/end": r"/answers/\d+/return",
    "POST /rumours/<int:rumour_id>/removal": r"/rumours/\d+/removal",
    "POST /groups/<int:group_id>/seen/end": r"/me/seen/undo",
    "POST /help/<int:help_id>/withdrawal": r"/help/\d+/return",
    "POST /questions/<int:question_id>/withdrawal": r"/questions/\d+/withdrawal/undo",
}
NOT_UNDONE = {
    "POST /groups/<int:group_id>/door/<int:question_id>/removal": "who has answered it stays in the queue, and the same page asks it again",
    "POST /announcements/<int:announcement_id>/removal": "phones drop it at once; that it was removed, and by whom, stays to be seen; whoever decided it can put it back",
    "POST /announcements/<int:announcement_id>/withdrawal": "is the undo, and is offered for ten seconds",
    "POST /questions/<int:question_id>/taker/end": "the same page takes it again with one tap, if others answer there",
    "POST /questions/<int:question_id>/removal": "she who asked hears why and may ask to look again, which puts it back",
    "POST /requests/<int:request_id>/withdrawal": "the door can be knocked at again",
    "POST /invitations/<int:invitation_id>/revocation": "who had the link may be anybody: a new one is one tap",
    "POST /sessions/<int:session_id>/end": "a phone that is lost must stay out; who has it comes in with a code",
    "POST /me/sign-out": "another phone, or a code, lets her in again, as the page says before",
    "POST /phone/<int:pin_id>/removal": "a PIN that came back would be no PIN; a code lets her in again, with another one",
    "POST /urgencies/<int:urgency_id>/refusal": "the news has gone out as any other; who announced it can say it again",
    "POST /recoveries/<int:recovery_id>/refusal": "who came in by that code may be anybody: a new code is two taps",
    "POST /passkeys/<int:passkey_id>/removal": "the phone that opened it makes another with two taps",
    "POST /subscriptions/end": "the same page rings again with one tap",
    "POST /bans/<int:ban_id>/lift": "is the undo",
    "POST /measures/<int:measure_id>/end": "is the undo",
    "POST /blocks/<int:block_id>/end": "whom she meets again she blocks again with two taps",
    "POST /groups/<int:group_id>/unlisted": "the same page lists it again with one tap",
    "POST /groups/<int:group_id>/unlisted/end": "is the undo",
    "POST /appointments/<int:appointment_id>/withdrawal": "is the undo of an offer, and a new one is two taps",
    "POST /a/<code>/refusal": "who offered it sees that, and asks again",
    "POST /templates/<int:template_id>/removal": "the page says before what ends, and no group is touched",
    "POST /templates/<int:template_id>/groups/<int:template_group_id>/removal": "no group is touched, and the same page puts it in again",
    "POST /mergers/<int:merger_id>/withdrawal": "nothing has happened yet: a new offer is one tap",
    "POST /announcements/<int:announcement_id>/languages/<language>/removal": "the words wait again on the next page, one tap lets them out",
}


def test_whatever_takes_something_away_is_known(village: Village) -> None:
    assert {route for route in routes(village) if TAKES.match(route)} == set(UNDONE) | set(NOT_UNDONE)


@pytest.mark.parametrize("route", UNDONE)
def test_it_can_be_taken_back_from_the_next_page(village: Village, route: str) -> None:
    row: Row = next(row for row in ROWS if row.route == route and row.names in ({}, SENT, AT_ROOT) and row.may)
    role = next(role for role in ("owner", "admin", "above") if role in row.may)
    answer = ask(village, row, role, village.known())
    assert answer.status_code == 303
    page = village.browser(role).get(answer.headers["Location"]).text
    assert re.search(f'action="{UNDONE[route]}"', page), page


def test_nobody_is_asked_whether_she_is_sure() -> None:
    scripts = [*ROOT.glob("static/js/*.js"), *ROOT.glob("static/late/*.js"), *ROOT.glob("static/sw/**/*.js")]
    assert len(scripts) > 5
    assert [path.name for path in scripts if ASKS.search(path.read_text())] == []


def test_nothing_needs_more_than_a_tap() -> None:
    """Rule 7: no script listens for a swipe, a long press, a double tap or a drag."""
    gestures = re.compile(r"touch(?:start|move|end)|dblclick|contextmenu|drag(?:start|over|end)|pointer(?:move|down)")
    scripts = [*ROOT.glob("static/js/*.js"), *ROOT.glob("static/late/*.js")]
    assert [path.name for path in scripts if gestures.search(path.read_text())] == []
