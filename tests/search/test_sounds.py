"""One word in many scripts is one word; what sounds otherwise is another."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community.search.sounds import sound, spellings, words


def sounds(text: str) -> list[set[str]]:
    return [{sound(way) for way in spellings(word)} for word in words(text)]


def alike(one: str, other: str) -> bool:
    mine, theirs = sounds(one), sounds(other)
    return len(mine) == len(theirs) and all(a & b for a, b in zip(mine, theirs, strict=True))


@pytest.mark.parametrize(
    "same",
    [
        "anita Aneeta अनीता अनिता অনিতা انیتا ਅਨੀਤਾ અનીતા ଅନିତା அனிதா అనిత ಅನಿತಾ അനിത",
        "ramgarh Ramgadh रामगढ़ रामगढ রামগড় ਰਾਮਗੜ੍ਹ رامگڑھ",
        "mumbai मुंबई मुम्बई ممبئی मुम्‍बई",
        "chhattisgarh chattisgarh छत्तीसगढ़",
        "vikas bikash विकास বিকাশ وکاس",
        "lakshmi laxmi लक्ष्मी লক্ষ্মী",
        "muhammad mohammed محمد मोहम्मद",
        "gandhi गांधी गान्धी காந்தி గాంధీ",
        "kolkata কলকাতা कोलकाता",
        "udaipur उदयपुर",
        "kozhikode കോഴിക്കോട്",
        "manipur ꯃꯅꯤꯄꯨꯔ मणिपुर",
        "school स्कूल স্কুল اسکول ஸ்கூல்",
        "station स्टेशन",
        "3 ३ ৩ ۳ ୩",
        "sita seeta सीता سیتا",
    ],
)
def test_scripts_and_lengths_of_vowels_make_no_difference(same: str) -> None:
    first, *others = same.split()
    assert [other for other in others if not alike(first, other)] == []


@pytest.mark.parametrize("pair", ["anita sunita", "ramgarh rampur", "3 4", "अनीता सुनीता", "school ward"])
def test_other_words_are_others(pair: str) -> None:
    assert not alike(*pair.split())


LETTERS = st.characters(min_codepoint=0x21, max_codepoint=0xABFF, exclude_categories=("Cs",))


@settings(max_examples=200)
@given(st.text(LETTERS, max_size=80))
def test_any_text_has_few_short_spellings(text: str) -> None:
    for word in words(text):
        ways = spellings(word)
        assert len(ways) <= 4
        assert all(way and len(way) <= 40 and "\0" not in way for way in ways)
        assert all(0 < len(sound(way)) <= 24 for way in ways)
        assert spellings(word) == ways


@settings(max_examples=100)
@given(st.text(st.sampled_from("कखगघचजटडतदनपबमयरलवसह"), min_size=2, max_size=6))
def test_what_is_typed_so_far_finds_the_whole_word(name: str) -> None:
    """Also where what follows is not typed yet."""
    for end in range(1, len(name) + 1):
        so_far = {sound(way) for way in spellings(name[:end])}
        assert any(sound(way).startswith(tuple(so_far)) for way in spellings(name)), name[:end]
