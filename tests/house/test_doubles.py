"""Slow phones: the same tap twice at once, forms that grew stale in an open tab, and what the logs keep of it all."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from community.announcements.models import Announcement, Translation
from community.database import Base, db, writing
from community.groups.bans import Ban
from community.groups.membership import Membership, Standing
from community.groups.models import Group
from community.invitations.models import Invitation
from community.invitations.requests import JoinRequest
from community.outbox.models import Outbox
from community.people.leaving import leave
from community.people.models import Child, Person, Session
from community.people.sign_in import SignInCode
from tests.conftest import POSTGRES
from tests.house.checker import every_form, some
from tests.house.crawl import Crawl, Page, PageForm
from tests.house.matrix import HELPERS, ROWS
from tests.house.naughty import speaks
from tests.house.village import Village, planted

pytestmark = pytest.mark.any_collation

# What two taps may leave more of than one: a code each, whose earlier one is dead; a count of tries; the record;
# marks of what is to be counted anew, which one count takes away together.
COUNTED_TWICE = {"sign_in_code", "attempts", "audit_entry", "phone", "session", "counter_change"}


def both(village: Village, form: PageForm) -> list[TestResponse]:
    """The same form sent by one browser from two threads, at the same moment."""
    loaded, answers, errors = village.browser(form.role), [], []
    loaded.get(form.page)
    kept = {cookie: loaded.get_cookie(cookie) for cookie in ("aangan", "language")}
    kept["operator"], start = loaded.get_cookie("operator", path="/operator"), threading.Barrier(2)

    def tap() -> None:
        browser = village.browser("", **{name: cookie.value for name, cookie in kept.items() if cookie})
        start.wait()
        try:
            answers.append(form.submit(browser, form.filled()))
        except Exception as error:
            errors.append(f"{form}: {type(error).__name__}: {error}")

    threads = [threading.Thread(target=tap) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    return answers


def rows(village: Village) -> Counter[str]:
    """How many rows each table has. That desks are settled anew is promised at each change, and costs nothing twice."""
    with village.app.app_context():
        tables = [table for table in Base.metadata.sorted_tables if table.name not in COUNTED_TWICE]
        found = Counter({t.name: db.session.scalar(sa.select(sa.func.count()).select_from(t)) or 0 for t in tables})
        settled = sa.select(sa.func.count()).where(Outbox.kind.in_(("care-desks", "question-desks")))
        found["outbox"] -= db.session.scalar(settled) or 0
        return found


@pytest.mark.large
def test_every_double_tap_is_one_tap(village: Village, crawled: Crawl) -> None:
    for form in every_form(village, crawled):
        browser = village.browser(form.role)
        browser.get(form.page)
        once = form.submit(browser, form.filled())
        after_one = rows(village)
        village.tidy()
        twice = both(village, form)
        assert all(answer.status_code < 500 for answer in twice), form
        assert once.status_code in {answer.status_code for answer in twice}, form
        assert rows(village) == after_one, f"{form}: two taps leave more than one"
        village.tidy()


Event = Callable[[Village, Person], object]


def _archive(village: Village, person: Person) -> None:
    for name in ("group", "open", "sister_group", "other_root"):
        db.session.get_one(Group, int(village.things[name])).archive(person)


def _archive_all(village: Village, person: Person) -> None:
    db.session.get_one(Group, int(village.things["root"])).archive(person)
    _archive(village, person)


def _end_memberships(_village: Village, person: Person) -> None:
    for held in Standing.of(person).memberships:
        db.session.delete(held)


def _ban(village: Village, person: Person) -> None:
    _end_memberships(village, person)
    db.session.flush()
    Ban.put(db.session.get_one(Group, int(village.things["root"])), person, person)


def _demote(_village: Village, person: Person) -> None:
    db.session.execute(sa.update(Membership).where(Membership.person_id == person.id).values(role="member"))


def _remove_everything_said(_village: Village, person: Person) -> None:
    for said in db.session.scalars(sa.select(Announcement)):
        said.remove(person) if said.seq else said.withdraw()


def _end_sessions(_village: Village, person: Person) -> None:
    for own in Session.of(person):
        leave(own)


def _close_ways_in(_village: Village, person: Person) -> None:
    for invitation in db.session.scalars(sa.select(Invitation)):
        invitation.revoke(person)
    db.session.execute(sa.update(SignInCode).values(uses_left=0))


def _answer_requests(_village: Village, person: Person) -> None:
    for request in db.session.scalars(sa.select(JoinRequest)):
        request.decline(person)


def _send_children_away(_village: Village, _person: Person) -> None:
    for child in db.session.scalars(sa.select(Child)):
        child.go()


def _take_children_along(village: Village, person: Person) -> None:
    """As if a day had passed: the way back is too old, and everything that waited has gone out."""
    db.session.execute(sa.update(JoinRequest).where(JoinRequest.answer.is_(None)).values(answer="withdrawn"))
    db.session.execute(sa.delete(Membership).where(Membership.child_id.is_not(None)))


EVENTS: dict[str, Event] = {
    "its groups rest": _archive,
    "the whole community rests": _archive_all,
    "she is a member of nothing any more": _end_memberships,
    "she was banned": _ban,
    "her role is gone": _demote,
    "what was said is removed or taken back": _remove_everything_said,
    "her sessions were ended": _end_sessions,
    "invitations and codes are closed": _close_ways_in,
    "requests were answered": _answer_requests,
    "the children are gone": _send_children_away,
    "requests were withdrawn, children taken out": _take_children_along,
}


def happen(village: Village, event: Event, role: str) -> None:
    with village.app.app_context(), writing():
        event(village, db.session.get_one(Person, village.people.get(role, village.people["above"])))
        db.session.commit()


def answers_in_words(answer: TestResponse, what: object) -> None:
    """Fine, or a page with a picture, a sentence and a button."""
    assert answer.status_code < 500, what
    assert answer.status_code < 400 or speaks(Page(answer.text)), f"{what}: {answer.status} says nothing"


@pytest.mark.parametrize("event", EVENTS)
def test_a_stale_form_has_an_answer(village: Village, crawled: Crawl, event: str) -> None:
    """The page is loaded, something happens, the form is sent; then the page is loaded again, as a back button does."""
    done = 0
    for form in some(every_form(village, crawled), event, normally=20 if POSTGRES else 30):
        browser = village.browser(form.role)
        happen(village, EVENTS[event], form.role)
        answer = form.submit(browser, form.filled())
        answers_in_words(answer, f"{form} after {event}")
        answers_in_words(browser.get(form.page), f"{form.page} after {event}")
        if must_be_refused(form, event):
            assert answer.status_code >= 400, f"{form} after {event}: {answer.status}"
        village.restore()
        done += 1
    assert done


def must_be_refused(form: PageForm, event: str) -> bool:
    """What is certain: without a session nothing that needs one, and without a role nothing that only a role may."""
    may = next(row.may for row in ROWS if row.method == "POST" and row.rule.split("/")[1:2] and _is_of(form, row.rule))
    if form.role == "anonymous":
        return event == "invitations and codes are closed" and form.endpoint in ("invitations.accept", "people.enter")
    if form.role == "operator":  # nobody of the courtyard: none of this is about the operator
        return False
    if event == "her sessions were ended":
        return "anonymous" not in may
    if event in ("her role is gone", "she is a member of nothing any more", "she was banned"):
        return may <= HELPERS and form.role in HELPERS
    return False


def _is_of(form: PageForm, rule: str) -> bool:
    ours, theirs = form.action.partition("?")[0].split("/"), rule.split("/")
    return len(ours) == len(theirs) and all(a == b or b.startswith("<") for a, b in zip(ours, theirs, strict=True))


def test_a_composer_that_was_open_when_the_group_was_archived(village: Village, crawled: Crawl) -> None:
    form = next(form for form in crawled.every if form.endpoint == "announcements.create" and form.role == "above")
    happen(village, _archive, "above")
    answer = form.submit(village.browser("above"), form.with_value("text", "late words"))
    assert answer.status_code == 404
    assert speaks(Page(answer.text))
    with village.app.app_context():
        assert db.session.scalar(sa.select(Translation.id).where(Translation.text == "late words")) is None


@pytest.mark.patient
def test_an_archived_group_in_an_open_tab(village: Village) -> None:
    path = f"/groups/{village.things['group']}"
    member, neighbour = village.browser("member"), village.browser("sister")
    assert neighbour.get(path).status_code == 200
    happen(village, _archive, "above")
    rests = member.get(path)
    assert rests.status_code == 200
    assert speaks(Page(rests.text))
    for answer in (neighbour.get(path), neighbour.post(f"{path}/membership"), member.get(f"{path}/announcements/new")):
        assert answer.status_code == 404
        assert speaks(Page(answer.text))


def test_a_role_is_gone_at_the_next_request(village: Village) -> None:
    path = f"/groups/{village.things['group']}/announcements"
    browser = village.browser("admin")
    assert browser.get(f"{path}/new").status_code == 200
    happen(village, _demote, "admin")
    assert browser.get(f"{path}/new").status_code == 404
    assert browser.post(path, data={"text": "words of nobody", "key": "stale-key"}).status_code == 404


@contextmanager
def as_in_real_life(village: Village) -> Iterator[None]:
    """Mistakes of ours become a page and a line in the log, not a raised exception."""
    village.app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        yield
    finally:
        village.app.config["PROPAGATE_EXCEPTIONS"] = None
        village.restore()


def lose(village: Village, table: str) -> None:
    with village.app.app_context(), writing():
        db.session.execute(sa.text(f'ALTER TABLE "{table}" RENAME TO lost'))
        db.session.commit()


@pytest.mark.sqlite_only
def test_a_broken_database_is_logged_without_what_was_said(village: Village, logged: list[str]) -> None:
    """The error names the statement. The words, codes and digests that were on their way into it stay out."""
    things, words = village.known(), "PLANTEDCRASH words"
    with as_in_real_life(village):
        lose(village, "translation")
        path = f"/groups/{things['group']}/announcements"
        answer = village.browser("admin").post(path, data={"text": words, "key": "key-of-a-crash"})
    assert answer.status_code == 500
    assert speaks(Page(answer.text))
    assert "INSERT INTO translation" in "".join(logged), "nothing was logged: the test says nothing"
    assert "PLANTED" not in "".join(logged)


@pytest.mark.parametrize("thing", ["enter", "code"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_crash_is_logged_without_the_code_in_the_address(
    village: Village, logged: list[str], monkeypatch: pytest.MonkeyPatch, method: str, thing: str
) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("a mistake of ours")

    things = village.known()
    path = f"/{'enter' if thing == 'enter' else 'j'}/{things[thing]}"
    endpoint = village.app.url_map.bind("localhost").match(path, method=method)[0]
    monkeypatch.setitem(village.app.view_functions, endpoint, broken)
    with as_in_real_life(village):
        answer = village.browser("anonymous").open(path, method=method)
    assert answer.status_code == 500
    assert speaks(Page(answer.text))
    assert "a mistake of ours" in "".join(logged), "nothing was logged: the test says nothing"
    assert things[thing] not in "".join(logged)


@pytest.mark.sqlite_only
def test_without_a_database_the_answer_is_still_a_page(village: Village) -> None:
    with as_in_real_life(village):
        lose(village, "session")
        for path in ("/", "/me", f"/groups/{village.things['group']}"):
            answer = village.browser("member").get(path)
            assert answer.status_code == 500
            assert speaks(Page(answer.text)), path


@pytest.mark.sqlite_only
def test_a_talkative_log_of_the_database_names_no_values(village: Village, logged: list[str]) -> None:
    """An operator who wants to see every statement still reads nobody's words."""
    engine = logging.getLogger("sqlalchemy.engine")
    engine.setLevel(logging.INFO)
    try:
        village.restore()
        browser = village.browser("owner")
        browser.post(f"/announcements/{village.things['waiting']}", data={"text": "PLANTEDTALK"})
        browser.get(f"/enter/{village.things['enter']}")
    finally:
        engine.setLevel(logging.NOTSET)
        village.restore()
    assert "SELECT" in "".join(logged), "nothing was logged: the test says nothing"
    assert not [secret for secret in planted(village) if secret in "".join(logged)]
