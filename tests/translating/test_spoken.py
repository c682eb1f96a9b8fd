"""A translation may be spoken, and what was only spoken has no words for a machine or the memory."""

import re
from io import BytesIO

from tests.announcements.scene import Scene, cards_on, page
from tests.announcements.test_voice import CLIP
from tests.translating.test_missing_voice import ask, judge, requests, words

VOICE = re.compile(r'class="voice" href="(/voices/[^"]+/voice\.ogg)"')


def speak(stage: Scene, request: int, text: str = "", content: bytes = CLIP) -> int:
    form = {"text": text, "voice": (BytesIO(content), "voice.webm")}
    return stage.browser("urdu parent").post(f"/translations/{request}", data=form).status_code


def test_her_voice_is_heard_by_who_judges_and_then_by_who_reads_in_the_language(stage: Scene):
    number = stage.release("head", "कल छुट्टी है")
    request = ask(stage, number)
    assert speak(stage, request) == 303
    hers = page(stage.browser("urdu parent"), f"/translations/{request}")
    judged = page(stage.browser("head"), f"/announcements/{number}/languages/ur")
    assert VOICE.findall(hers) == VOICE.findall(judged) != []
    assert not VOICE.search(page(stage.browser("urdu parent"), "/"))

    assert judge(stage, request, "approval") == 303
    for place in ("/", f"/announcements/{number}"):
        address = VOICE.findall(page(stage.browser("urdu parent"), place))
        assert address == VOICE.findall(judged)
        assert stage.browser("urdu parent").get(address[0]).status_code == 200
        assert not VOICE.search(page(stage.browser("parent"), place)), "others read the original"


def test_what_is_no_voice_is_refused_and_the_written_words_are_kept(stage: Scene):
    number = stage.release("head", "कल छुट्टी है")
    request = ask(stage, number)
    form = {"text": "کل چھٹی ہے", "voice": (BytesIO(b"no sound"), "voice.webm")}
    refused = stage.browser("urdu parent").post(f"/translations/{request}", data=form)
    assert refused.status_code == 422
    assert "کل چھٹی ہے" in refused.get_data(as_text=True)
    assert requests(stage, number)[-1].sent_at is None


def test_an_announcement_that_was_only_spoken_is_heard_by_the_volunteer_and_not_remembered(stage: Scene):
    for key in ("a-key-of-one", "a-key-of-another"):
        spoken = {"voice": (BytesIO(CLIP), "voice.webm"), "key": key}
        assert stage.announce(stage.browser("head"), "", **spoken).status_code == 303
    stage.release_all()
    numbers = cards_on(page(stage.browser("parent"), "/"))[:2]
    first = ask(stage, numbers[0])
    assert VOICE.search(page(stage.browser("urdu parent"), f"/translations/{first}"))
    stage.browser("urdu parent").post(f"/translations/{first}", data={"text": "کل چھٹی ہے"})
    assert judge(stage, first, "approval") == 303
    there = words(stage, numbers[0])
    assert there and there.text == "کل چھٹی ہے"

    assert "کل چھٹی ہے" not in page(stage.browser("head"), f"/announcements/{numbers[1]}/languages/ur")
    assert stage.browser("head").post(f"/announcements/{numbers[1]}/languages/ur/memory").status_code == 409
