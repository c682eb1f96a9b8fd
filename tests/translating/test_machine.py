"""The machine's turn: asked by the outbox alone, once for the same words, shown to the admin, marked for ever."""

import logging
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from community.config import settings
from community.database import db
from community.environment import ConfigError
from community.outbox.models import Outbox
from community.translating.machine import MachineWords
from community.translating.models import TranslationRequest
from tests.announcements.scene import Scene, page
from tests.promises import keep_all
from tests.translating.translators import Libre

pytestmark = pytest.mark.sampled

SAID = "PLANTED कल छुट्टी है"


@pytest.fixture
def libre(stage: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[Libre]:
    with Libre() as made:
        found = {"TRANSLATOR": "libretranslate", "TRANSLATOR_URL": made.url, "TRANSLATOR_LOOPBACK": True}
        for name, value in found.items():
            monkeypatch.setitem(stage.app.config, name, value)
        yield made


def let_machine(stage: Scene, number: int, language: str = "en") -> int:
    return stage.browser("head").post(f"/announcements/{number}/languages/{language}/requests").status_code


def keep(stage: Scene) -> None:
    """Everything that is due, and what is to be tried again, too."""
    with stage.app.app_context():
        keep_all()


def hurry(stage: Scene) -> None:
    with stage.changing():
        db.session.execute(sa.update(Outbox).where(Outbox.kind == "machine").values(run_at=Outbox.created))


def the_request(stage: Scene) -> TranslationRequest:
    with stage.app.app_context():
        return db.session.scalars(sa.select(TranslationRequest).where(TranslationRequest.person_id.is_(None))).one()


def test_off_by_default(stage: Scene):
    number = stage.release("head", SAID)
    assert stage.app.config["TRANSLATOR"] == "none"
    assert "/requests" in page(stage.browser("head"), f"/announcements/{number}/languages/en")
    assert "machine" not in page(stage.browser("head"), f"/announcements/{number}/languages/en")
    assert let_machine(stage, number) == 409


def test_asked_by_the_outbox_shown_to_the_admin_marked_for_readers(stage: Scene, libre: Libre):
    number = stage.release("head", SAID)
    assert let_machine(stage, number) == 303
    assert libre.asked == [], "nothing goes out in a request"
    keep(stage)
    assert [path for _method, path, _sent in libre.asked] == ["/languages", "/translate"]
    found = the_request(stage)
    assert (found.text, found.origin) == (f"en: {SAID}", "machine")
    assert f"en: {SAID}" not in page(stage.browser("english reader"), "/")
    stage.browser("head").post(f"/translations/{found.id}/approval")
    hers = page(stage.browser("english reader"), "/")
    assert f"en: {SAID}" in hers
    assert "Said by a machine" in hers
    assert stage.state(number).translations[1].origin == "machine"


def test_the_same_words_are_asked_for_once(stage: Scene, libre: Libre):
    for key in ("one", "two"):
        let_machine(stage, stage.release("head", SAID, key=key))
        keep(stage)
    assert [path for _method, path, _sent in libre.asked].count("/translate") == 1
    with stage.app.app_context():
        said = db.session.scalars(sa.select(TranslationRequest.text)).all()
        kept = db.session.scalars(sa.select(MachineWords)).one()
    assert said == [f"en: {SAID}"] * 2
    assert kept.engine == "libretranslate"


def test_trouble_is_tried_again(stage: Scene, libre: Libre):
    libre.says = lambda: (503, b"{}")
    let_machine(stage, stage.release("head", SAID))
    keep(stage)
    assert the_request(stage).text is None
    libre.says = None
    hurry(stage)
    keep(stage)
    assert the_request(stage).text == f"en: {SAID}"


def test_after_some_tries_it_is_given_up_and_said(stage: Scene, libre: Libre, caplog: pytest.LogCaptureFixture):
    libre.says = lambda: (503, b"{}")
    number = stage.release("head", SAID)
    with caplog.at_level(logging.DEBUG):
        let_machine(stage, number)
        for _time in range(7):
            keep(stage)
            hurry(stage)
    assert the_request(stage).answer == "failed"
    assert len(libre.asked) == 5
    assert "PLANTED" not in caplog.text
    libre.says = None
    let_machine(stage, number)
    keep(stage)
    assert the_request(stage).text == f"en: {SAID}", "the admin may ask anew"


def test_a_wrong_answer_is_not_asked_for_again(stage: Scene, libre: Libre):
    libre.says = lambda: (200, b'{"translatedText": 3}')
    let_machine(stage, stage.release("head", SAID))
    keep(stage)
    assert the_request(stage).answer == "failed"


def test_a_language_that_it_does_not_know_is_said(stage: Scene, libre: Libre, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tests.translating.translators.KNOWN", ("hi",))
    let_machine(stage, stage.release("head", SAID))
    keep(stage)
    assert the_request(stage).answer == "failed"
    assert [path for _method, path, _sent in libre.asked] == ["/languages"]


def test_nobody_is_asked_for_what_is_there_already(stage: Scene, libre: Libre):
    number = stage.release("head", SAID)
    let_machine(stage, number)
    stage.browser("head").post(f"/announcements/{number}/removal")
    keep(stage)
    assert libre.asked == []


@pytest.mark.parametrize(
    "given",
    [
        {"TRANSLATOR": "google"},
        {"TRANSLATOR": "libretranslate"},
        {"TRANSLATOR": "bhashini"},
        {"TRANSLATOR": "bhashini", "TRANSLATOR_KEY": "two words"},
        {"TRANSLATOR": "bhashini", "TRANSLATOR_KEY": "चाबी"},
        {"TRANSLATOR": "libretranslate", "TRANSLATOR_URL": "translate.example.org"},
        {"TRANSLATOR": "libretranslate", "TRANSLATOR_URL": "https://u:p@translate.example.org"},
    ],
)
def test_a_half_set_up_machine_is_refused_in_words(given: dict[str, str]):
    with pytest.raises(ConfigError, match="TRANSLATOR"):
        settings(given)


def test_bhashini_needs_only_its_key():
    found = settings({"TRANSLATOR": "bhashini", "TRANSLATOR_KEY": "k"})
    assert (found["TRANSLATOR"], found["TRANSLATOR_URL"]) == ("bhashini", "")


def test_the_operator_can_try_it(stage: Scene, libre: Libre):
    asked = stage.app.test_cli_runner().invoke(args=["translating", "try"])
    assert asked.exit_code == 0
    assert "libretranslate answers, and knows 6 pairs" in asked.output
    libre.says = lambda: (500, b"")
    asked = stage.app.test_cli_runner().invoke(args=["translating", "try"])
    assert asked.exit_code == 1
    assert "does not answer" in asked.output


def test_where_there_is_none_it_says_so(stage: Scene):
    asked = stage.app.test_cli_runner().invoke(args=["translating", "try"])
    assert asked.exit_code == 1
    assert "TRANSLATOR" in asked.output
