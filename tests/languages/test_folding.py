import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.languages.folding import folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ज़िला", "जिला"),
        ("\u095bिला", "ज\u093cिला"),
        ("লা\u09dc", "লা\u09a1"),
        ("क\u094d\u200dष", "क\u094dष"),
        ("കാര്‍", "കാര്"),
        ("അവര്‍", "അവർ"),
        ("উৎসব", "উত্‍সব"),
        ("আমাৰ", "আমার"),
        ("आँगन", "आंगन"),
        ("कक्षा १२", "कक्षा 12"),
        ("۱۲", "١٢"),
        ("كتاب", "کتاب"),
        ("مَدرَسہ", "مدرسه"),
        ("ي", "ی"),
        ("ＡＢＣ", "abc"),
        ("Straße", "STRASSE"),
        ("हिन्दी", "हिंदी"),
        ("सम्बन्ध", "संबंध"),
        ("गङ्गा", "गंगा"),
        ("ગુજરાતી સમ્બન્ધ", "ગુજરાતી સંબંધ"),
        ("హిన్దీ", "హిందీ"),
        ("ಹಿನ್ದಿ", "ಹಿಂದಿ"),
    ],
)
def test_what_people_take_for_the_same_is_folded_alike(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("आज", "कल"), ("کل", "گل"), ("ଦ", "ଧ"), ("समूह", "समुह"), ("अन्न", "अंन"), ("न्याय", "ंयाय"), ("सम्मान", "संमान")],
)
def test_other_words_stay_others(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@given(st.text(max_size=80))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)
