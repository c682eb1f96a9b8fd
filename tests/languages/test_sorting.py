"""Names sorted as a reader of each script looks for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.languages import LANGUAGES
from community.languages.sorting import ALPHABETS, in_order

# In the order of a dictionary of the language.
NAMES = {
    "hi": ["अंगूर", "अनार", "आम", "कमल", "काका", "क्यारी", "ज़मीन", "झंडा", "हाथी"],
    "mr": ["कमळ", "लता", "वन", "सण", "हत्ती", "ळकार"],
    "kok": ["कमळ", "लता", "वन", "सण", "हत्ती", "ळकार"],
    "ne": ["अन्न", "आमा", "कमल", "खेत", "हात"],
    "sa": ["अन्नम्", "आम्रम्", "कमलम्", "वनम्", "हस्तः"],
    "mai": ["अन्न", "आम", "कमल", "हाथ"],
    "doi": ["अन्न", "आम", "कमल", "हत्थ"],
    "brx": ["अन", "आदा", "खन", "हा"],
    "bn": ["অন্ন", "আম", "কমল", "ড়", "ঢাকা", "তাল", "ৎ", "যাদু", "শাক", "হাত"],
    "as": ["অন্ন", "আম", "মাছ", "ৰং", "লতা", "ৱাৰী", "শাক", "হাত"],
    "mni": ["অঙাং", "ইমা", "লৈ", "শা"],
    "gu": ["અનાજ", "કમળ", "લતા", "વન", "હાથી", "ળકાર"],
    "pa": ["ਉੱਲੂ", "ਅੰਬ", "ਆਲੂ", "ਇੱਟ", "ਸੱਪ", "ਹਾਥੀ", "ਕਮਲ", "ਖੇਤ", "ਵਣ"],
    "or": ["ଅନ୍ନ", "ମାଛ", "ରଙ୍ଗ", "ଲତା", "ଶାଗ", "ହାତ"],
    "ta": ["அம்மா", "ஆடு", "கடல்", "யானை", "லட்டு", "வயல்", "ழகரம்", "ளகரம்", "றகரம்", "னகரம்", "ஜன்னல்", "ஹரி"],
    "te": ["అమ్మ", "ఆవు", "కమలం", "లత", "వనం", "సముద్రం", "హారం", "ళకారం"],
    "kn": ["ಅಮ್ಮ", "ಆನೆ", "ಕಮಲ", "ಲತೆ", "ವನ", "ಸಮುದ್ರ", "ಹಾರ", "ಳಕಾರ"],
    "ml": ["അമ്മ", "ആന", "കടൽ", "രാവ്", "ലത", "വനം", "സമുദ്രം", "ഹാരം", "ളകാരം", "ഴകാരം", "റബ്ബർ"],
    "ur": ["آم", "بچہ", "پانی", "تارا", "ٹماٹر", "جال", "چاند", "خط", "دن", "ڈاک", "راستہ", "زمین", "کتاب", "گھر", "لوگ", "نام", "وقت", "ہاتھ", "یاد"],
    "ks": ["آب", "بٔب", "پوش", "ژونٹھ", "کٲشُر", "گام", "وۄستاد", "یار"],
    "sd": ["آيو", "ٻار", "تارو", "ٿر", "پاڻي", "ڄام", "چنڊ", "ڏينهن", "ڪتاب", "کير", "ڳوٺ", "هٿ"],
    "ar": ["أب", "باب", "تمر", "جبل", "كتاب", "نهر", "هلال", "ولد", "يوم"],
    "sat": ["ᱚᱲᱟᱜ", "ᱛᱤ", "ᱜᱟᱛᱮ", "ᱟᱹᱭᱩ", "ᱠᱟᱹᱢᱤ", "ᱤᱧ"],
    "en": ["apple", "Banana", "cherry"],
}  # fmt: skip


def test_every_language_is_sorted_here() -> None:
    assert set(NAMES) == set(LANGUAGES)


@pytest.mark.parametrize("code", NAMES)
def test_names_stand_in_the_order_of_the_alphabet(code: str) -> None:
    names = NAMES[code]
    assert sorted(reversed(names), key=lambda name: in_order(name, code)) == names


@pytest.mark.parametrize("code", ALPHABETS)
def test_an_alphabet_has_each_letter_once(code: str) -> None:
    assert len(set(ALPHABETS[code])) == len(ALPHABETS[code])
    assert code in LANGUAGES


@pytest.mark.parametrize("names", [["कक्षा 2", "कक्षा ९", "कक्षा 10"], ["Grade 2", "grade 9", "Grade 10"]])
def test_numbers_count_as_numbers(names: list[str]) -> None:
    assert sorted(reversed(names), key=lambda name: in_order(name, "hi")) == names


def test_nukta_and_spelling_do_not_part_names() -> None:
    assert sorted(["ज़ीरा", "जाल", "ज़मीन"], key=lambda name: in_order(name, "hi")) == ["ज़मीन", "जाल", "ज़ीरा"]


@given(st.lists(st.text(max_size=20), max_size=8), st.sampled_from([*LANGUAGES, "", "tlh"]))
def test_any_names_have_one_order(names: list[str], code: str) -> None:
    by = [sorted(some, key=lambda name: in_order(name, code)) for some in (names, names[::-1])]
    assert by[0] == by[1]


@pytest.mark.parametrize(
    ("code", "names"),
    [("pa", ["ਕਮ", "ਕਾ"]), ("as", ["লহ", "লা"]), ("ta", ["கன", "கா"]), ("ml", ["കറ", "കാ"]), ("or", ["କୱ", "କା"])],
)
def test_a_letter_stands_before_a_vowel_sign(code: str, names: list[str]) -> None:
    assert sorted(reversed(names), key=lambda name: in_order(name, code)) == names
