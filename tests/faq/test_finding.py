"""Good answers are found by how words sound, in the reader's language, and spare a question."""

import pytest
import sqlalchemy as sa

from community.database import db
from community.faq.likeness import in_same_words
from community.faq.models import Entry
from community.groups.models import Group
from tests.announcements.scene import page, statements
from tests.questions.conftest import Desk

QUESTIONS = {
    "राशन कार्ड कहाँ मिलेगा?": "ब्लॉक दफ़्तर में।",
    "पेंशन कब आती है?": "हर महीने पाँच तारीख को।",
    "बच्चे को टीका कब लगेगा?": "आंगनवाड़ी में, बुधवार को।",
}


@pytest.fixture
def known(desk: Desk) -> Desk:
    with desk.changing():
        for at, (question, answer) in enumerate(QUESTIONS.items()):
            put(desk, question, answer, key=f"known-{at}")
    return desk


def put(desk: Desk, question: str, answer: str, *, key: str, group: int | None = None, **more: object) -> Entry:
    at = db.session.get_one(Group, group or desk.grades[3])
    said = {"question": question, "answer": answer, "language": "hi", **more}
    return Entry.keep(at, desk.person("helper"), key=key, **said)


def found(desk: Desk, asked: str, typed: str = "") -> list[str]:
    browser, place = desk.browser("parent"), f"/groups/{desk.grades[3]}/answers"
    answer = (
        browser.post(f"{place}/like", data={"q": asked}) if typed else browser.get(place, query_string={"q": asked})
    )
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return [one for one in sorted(QUESTIONS, key=answer.text.find) if one in answer.text]


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("raashan kaard", "राशन कार्ड कहाँ मिलेगा?"),
        ("rasan card", "राशन कार्ड कहाँ मिलेगा?"),
        ("راشن کارڈ", "राशन कार्ड कहाँ मिलेगा?"),
        ("मुझे पेंसन कब मिलेगी", "पेंशन कब आती है?"),
        ("aanganwadi", "बच्चे को टीका कब लगेगा?"),
    ],
)
@pytest.mark.parametrize("typed", ["", "1"])
def test_it_is_found_by_how_it_sounds_in_whichever_script(known: Desk, asked: str, first: str, typed: str) -> None:
    assert found(known, asked, typed)[:1] == [first]


def test_what_nobody_knows_finds_nothing(known: Desk) -> None:
    assert found(known, "zzgrmpf") == []


def test_it_stands_in_her_language_where_it_is_said_in_it(known: Desk) -> None:
    with known.changing():
        first = db.session.scalars(sa.select(Entry).order_by(Entry.id)).first()
        assert first
        put(known, "Where is a ration card made?", "There.", key="in-english", language="en", same_id=first.id)
    text = page(known.browser("parent"), f"/groups/{known.grades[3]}/answers?lang=en")
    assert "Where is a ration card made?" in text
    assert "राशन कार्ड कहाँ मिलेगा?" not in text
    assert "पेंशन कब आती है?" in text


def test_what_is_kept_above_is_heard_below_and_not_beside(known: Desk) -> None:
    with known.changing():
        put(known, "School bus at seven?", "Yes", key="above", group=known.school)
        put(known, "Only for grade five?", "Yes", key="beside", group=known.grades[5])
    text = page(known.browser("parent"), f"/groups/{known.grades[3]}/answers")
    assert "School bus at seven?" in text
    assert "Only for grade five?" not in text
    known.newcomer("stranger")
    assert known.status("stranger", f"/groups/{known.grades[3]}/answers") == 404


def test_it_is_offered_while_asking_without_a_form_in_a_form(known: Desk) -> None:
    text = page(known.browser("parent"), f"/groups/{known.grades[3]}/questions/new")
    main = text[text.index("<main>") : text.index("</main>")]
    assert all(question in main for question in QUESTIONS)
    assert "<form" not in main
    assert "formaction=" in main


def test_without_good_answers_nothing_stands_there(desk: Desk) -> None:
    text = page(desk.browser("parent"), f"/groups/{desk.grades[3]}/questions/new")
    assert "late/answers" not in text
    assert "data-offers" not in text


def test_this_helps_me_leads_back_and_counts_each_of_us_once(known: Desk) -> None:
    with known.app.app_context():
        number = db.session.scalars(sa.select(Entry.id).where(Entry.question.startswith("पेंशन"))).one()
    for part in ("parent", "parent", "teacher"):
        answer = known.browser(part).post(f"/answers/{number}/help", data={"group": str(known.grades[3])})
        assert (answer.status_code, answer.location) == (303, f"/groups/{known.grades[3]}")
    with known.app.app_context():
        assert db.session.get_one(Entry, number).helped == 2
    text = page(known.browser("parent"), f"/groups/{known.grades[3]}/answers")
    assert sorted(QUESTIONS, key=text.find)[0] == "पेंशन कब आती है?"


def test_the_list_asks_the_same_however_many_there_are(known: Desk) -> None:
    browser = known.browser("parent")
    page(browser, f"/groups/{known.grades[3]}/answers?q=pension")
    with statements(known.app) as few:
        page(browser, f"/groups/{known.grades[3]}/answers?q=pension")
    with known.changing():
        for at in range(60):
            put(known, f"पेंशन {at} कब आती है?", "जल्दी", key=f"many-{at}")
    with statements(known.app) as many:
        page(browser, f"/groups/{known.grades[3]}/answers?q=pension")
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Where do I get a ration card?", "where do i get a RATION card", True),
        ("मेरा राशन कार्ड खो गया है", "मेरा राशन-कार्ड खो गया है!", True),
        ("Where does one get it?", "My husband Ramesh lost the ration card, where do I get another?", False),
        ("", "", False),
        ("Anything", "", False),
    ],
)
def test_the_same_words_are_known_again(one: str, other: str, same: bool) -> None:
    assert in_same_words(one, other) is same
