"""What a voice is given, tested by what it makes of it: the letters of the IPA."""

import pytest

from community.environment import BORROWED
from community.languages import LANGUAGES
from community.speech.machine import phonemes
from community.speech.pronunciation import prepared
from community.speech.scripts import in_bengali, in_devanagari
from community.speech.voices import MACHINES, UNUSABLE, heard_as, speaker_of, voice_of

pytestmark = [pytest.mark.sqlite_only, pytest.mark.sampled]
NUKTA = {"Deva": "\u093c", "Beng": "\u09bc", "Guru": "\u0a3c", "Orya": "\u0b3c"}


def heard(text: str, code: str) -> str:
    return phonemes(prepared(text, code), MACHINES[code].name)


def said(text: str, code: str) -> str:
    """As the engine says it where nobody prepares it."""
    return phonemes(text, MACHINES[code].name)


@pytest.mark.parametrize(
    ("code", "apart", "whole"),
    [("bn", "দয" + NUKTA["Beng"] + "া", "দ\u09dfা"), ("as", "অসমীয" + NUKTA["Beng"] + "া", "অসমী\u09dfা")],
)
def test_a_letter_and_its_dot_are_one_letter(code: str, apart: str, whole: str) -> None:
    assert said(apart, code) != said(whole, code), "the engine has learnt it: the step can go"
    assert heard(apart, code) == said(whole, code)


@pytest.mark.parametrize(
    ("code", "text", "plain"), [("or", "ଗାଡ" + NUKTA["Orya"] + "ି", "ଗାଡି"), ("or", "ଓ\u0b5cିଆ", "ଓଡିଆ"), ("or", "ନୟା", "ନଇଆ")]
)
def test_odia_keeps_its_syllables(code: str, text: str, plain: str) -> None:
    assert said(text, code) != said(plain, code)
    assert heard(text, code) == said(plain, code)


@pytest.mark.parametrize(
    ("code", "nine", "eight"), [("hi", "nˈɔː", "ˈaːʈʰ"), ("ur", "nˈaʊ", "ˈaːtʰ"), ("en", "nˈaɪn", "ˈeɪt")]
)
@pytest.mark.parametrize("number", ["9876543210", "98765 43210", "+91 98765-43210"])
def test_a_phone_number_is_said_digit_by_digit(code: str, nine: str, eight: str, number: str) -> None:
    found = heard(number, code).split()
    assert len(found) in (10, 12)
    assert (found[-10], found[-9]) == (nine, eight)


def test_a_digit_alone_at_the_end_is_heard() -> None:
    assert heard("5, 0, 5", "ur").split()[-1] == heard("5", "ur")


@pytest.mark.parametrize(
    ("text", "plain"),
    [("5:05", "5, 0, 5."), ("5:00 बजे", "5 बजे"), ("५:३० बजे", "5, 30 बजे"), ("10:45", "10, 45."), ("1:2:3", "1:2:3.")],
)
def test_a_time_is_its_hour_and_its_minutes(text: str, plain: str) -> None:
    assert prepared(text, "hi") == plain


@pytest.mark.parametrize(
    ("text", "code", "plain"),
    [
        ("11/3", "hi", "11 मार्च"),
        ("11/3/2026", "en", "11 March, 2026."),
        ("1-3-26", "en", "1 March, 2026."),
        ("31/2", "en", "31/2."),
        ("3/13", "en", "3/13."),
        ("3-4", "en", "3-4."),
        ("12.5", "en", "12.5."),
        ("29/2", "en", "29 February"),
        ("0/0", "en", "0/0."),
    ],
)
def test_a_date_has_a_month(text: str, code: str, plain: str) -> None:
    assert prepared(text, code) == plain


def test_a_date_is_not_heard_as_a_slash() -> None:
    assert "slˈaʃ" in said("11/3", "hi")
    assert "mˈaːɾc" in heard("11/3", "hi")


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_rupees_are_said(code: str) -> None:
    text = prepared("₹1,50,000", code)
    assert "₹" not in text
    assert len(text.split()) == 2
    if code != "ne":
        assert text.split()[0] == "150000"


def test_no_digit_of_nepali_is_said_in_english() -> None:
    assert "(en)" in said("25 बजे", "ne")
    assert "(en)" not in heard("25 बजे", "ne")


def test_digits_of_every_script_are_heard() -> None:
    assert heard("۷", "ur") == heard("7", "ur")


def test_pictures_hidden_marks_and_long_addresses_are_not_read_out() -> None:
    assert prepared("देखें 😀 → \u2066https://example.org/a?b=c\u2069", "hi") == "देखें example.org"


def test_ol_chiki_is_heard() -> None:
    """Johar, and: water will come tomorrow morning at seven."""
    assert in_devanagari("ᱡᱚᱦᱟᱨ") == "जॉहार्"
    assert in_devanagari("ᱫᱟᱜ ᱜᱟᱯᱟ ᱥᱮᱛᱟᱜ") == "दाग् गापा सेताग्"
    assert in_devanagari("ᱡᱷᱟᱱᱛ ᱟᱹᱰᱤ ᱮᱸ᱾") == "झान्त् अडि एँ।"
    assert heard("ᱜᱟᱯᱟ", "sat") == said("गापा", "sat")


def test_meetei_mayek_is_heard() -> None:
    assert in_bengali("ꯃꯩꯇꯩꯂꯣꯟ") == "মৈতৈলোন্"
    assert in_bengali("ꯑꯥꯃ ꯏꯁꯤꯡ꯫") == "আম ইসিং।"
    assert said("ꯏꯁꯤꯡ", "mni") != said("ইসিং", "mni")
    assert heard("ꯏꯁꯤꯡ", "mni") == said("ইসিং", "mni")


@pytest.mark.parametrize("script", ["ᱚᱛᱜᱝᱞᱟᱠᱡᱢᱣᱤᱥᱦᱧᱨᱩᱪᱫᱬᱭᱮᱯᱰᱱᱲᱳᱴᱵᱶᱷ", "ꯀꯁꯂꯃꯄꯅꯆꯇꯈꯉꯊꯋꯌꯍꯎꯏꯐꯑꯒꯓꯔꯕꯖꯗꯘꯙꯚꯛꯜꯝꯞꯟꯠꯡꯢꯣꯤꯥꯦꯧꯨꯩꯪ"])
def test_no_letter_of_ours_is_left_over(script: str) -> None:
    """Each alone and after each other, as nobody writes them."""
    written = in_bengali(in_devanagari(script + script[::-1] + " ".join(script)))
    assert not set(written) & set(script)


def test_every_language_has_a_line_in_the_table() -> None:
    assert set(MACHINES) == set(LANGUAGES)


def test_who_has_no_voice_is_spoken_for() -> None:
    off = {code for code in LANGUAGES if voice_of(code) is None}
    assert off == {"brx", "doi", "ks", "mai", "sa", "sat"}
    assert off - {"ks"} == BORROWED
    assert all(voice_of(speaker_of(code)) for code in LANGUAGES)
    assert speaker_of("ks") == "ur"
    assert speaker_of("kok") == "kok"
    assert MACHINES["kok"].name == "mr"


def test_the_operator_may_want_a_borrowed_voice_but_not_an_unusable_one() -> None:
    assert speaker_of("sat", ("sat",)) == "sat"
    assert MACHINES["ks"].off == UNUSABLE
    assert speaker_of("ks", ("ks",)) == "ur"


@pytest.mark.parametrize(
    ("code", "text", "read"), [("en", "कल पानी", "hi"), ("hi", "কাল", "bn"), ("mr", "कल", "mr"), ("ur", "hello", "ur"), ("hi", "12", "hi")]
)  # fmt: skip
def test_a_script_is_read_by_who_can(code: str, text: str, read: str) -> None:
    assert heard_as(code, text) == read
