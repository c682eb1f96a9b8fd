"""Phone numbers, Aadhaar-like numbers and addresses, as people write them and as they hide them."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community.exposure.names import exposes
from community.exposure.numbers import checks, has_aadhaar, has_contact, plain, region_of
from community.exposure.places import has_address
from community.links.finding import has_link, risks_in
from tests.conftest import ALL
from tests.house.naughty import NASTY

pytestmark = pytest.mark.sqlite_only
# The zero of each script that India's languages are written in.
ZEROS = {
    "Devanagari": "०", "Bengali": "০", "Gurmukhi": "੦", "Gujarati": "૦", "Odia": "୦", "Tamil": "௦", "Telugu": "౦",
    "Kannada": "೦", "Malayalam": "൦", "Urdu": "۰", "Arabic": "٠", "Ol Chiki": "᱐", "Meetei Mayek": "꯰", "full-width": "０",
}  # fmt: skip
AADHAAR = "234567890124"  # passes the check, and was made of nothing


def in_script(digits: str, zero: str) -> str:
    return "".join(chr(ord(zero) + int(one)) if one.isdecimal() else one for one in digits)


@pytest.mark.parametrize("zero", ZEROS.values(), ids=ZEROS)
def test_a_number_is_one_in_the_digits_of_any_script(zero: str):
    assert has_contact(f"फोन {in_script('98765 43210', zero)}")
    assert has_aadhaar(in_script("2345 6789 0124", zero))


@pytest.mark.parametrize(
    "text",
    [
        "9876543210", "call 98765 43210", "+91 98765-43210", "098765 43210", "9 8 7 6 5 4 3 2 1 0", "98.76.54.32.10",
        "(98765)(43210)", "98765\n43210", "98765\u200b43210", "9876543210@paytm", "wa.me/919876543210", "98765O432 1O",
        "0141-2345678", "+49 1512 3456789", "write to asha@example.org", "मेरा नंबर ९८७६५४३२१० है",
    ],
)  # fmt: skip
def test_a_persons_number_is_found_however_it_is_spread(text: str):
    assert has_contact(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "112", "call 1098", "1800 11 4000", "12.11.2026 10:00", "2026-11-22 09:30 2026-11-23", "10 20 30 40 50", "₹ 1,50,000",
        "100 200 300 400", "कक्षा 3 से 5, कमरा 12", "PIN 302016", "5 km, 10 km, 21 km, 42 km", "@all come",
        "1 2 3 4 5 6 7 8 9 10 11 12",
    ],
)  # fmt: skip
def test_helplines_days_and_amounts_are_no_persons(text: str):
    assert not has_contact(text)


def test_numbers_are_dialled_as_where_the_group_is():
    assert has_contact("01512 3456789", "Europe/Berlin")
    assert region_of("Asia/Kolkata") == "IN"


def test_verhoeff_finds_each_wrong_digit_and_each_two_that_changed_places():
    assert checks(AADHAAR) and checks("2363")
    for place in range(12):
        others = (AADHAAR[:place] + one + AADHAAR[place + 1 :] for one in "0123456789" if one != AADHAAR[place])
        assert not any(map(checks, others))
    swapped = {AADHAAR[:at] + AADHAAR[at + 1] + AADHAAR[at] + AADHAAR[at + 2 :] for at in range(11)} - {AADHAAR}
    assert not any(map(checks, swapped))


@pytest.mark.parametrize(
    "text",
    [
        AADHAAR,
        "2345 6789 0124",
        "2345-6789-0124",
        "no. 2345.6789.0124!",
        "\u200e2345 6789 0124",
        "VID 2345 6789 0123 4565",
    ],
)
def test_what_looks_like_an_aadhaar_is_found(text: str):
    assert has_aadhaar(text)


@pytest.mark.parametrize("text", ["234567890123", "1234 5678 9012", "2345 67890 124", "12345678901242", "", "2345"])
def test_another_long_number_is_none(text: str):
    assert not has_aadhaar(text)


def test_of_random_numbers_one_in_ten_passes():
    draw = random.Random(7)
    passed = sum(has_aadhaar(str(draw.randrange(2 * 10**11, 10**12))) for _ in range(2000))
    assert 140 < passed < 260


@pytest.mark.parametrize(
    "text",
    [
        "House no 12, Gali 4, Shastri Nagar, Jaipur 302016", "मकान नंबर 12, गली 4, शास्त्री नगर", "H.No. 5, Ward 3",
        "Flat 12B, Lake Road", "مکان نمبر 5، گلی 3", "वह शास्त्री नगर, 302016 में रहती है", "मकान १२, टोला",
    ],
)  # fmt: skip
def test_two_signs_of_an_address_near_each_other_are_one(text: str):
    assert has_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "the blue house behind the temple", "Meeting at school, Sector 5 at 10", "The road is closed, bring 150000",
        "Class 5, room 12", "रोड बंद है", "PIN 302016", "", "Plot 12 is sold. " + "x" * 200 + " Come to the road.",
    ],
)  # fmt: skip
def test_what_it_takes_for_none_the_misses_among_them(text: str):
    """The first is an address, and is missed: words alone are beyond it (community/exposure/places.py says so)."""
    assert not has_address(text)


@pytest.mark.parametrize(
    ("name", "leads"),
    [("Asha", False), ("आशा ९८७६५४३२१०", True), ("Asha 98765 43210", True), ("https://x.in", True), ("Ward 5", False)],
)
def test_a_name_leads_to_nobody(name: str, leads: bool):
    assert exposes(name) is leads


@settings(max_examples=150 if ALL else 30, deadline=None)
@given(st.text(st.sampled_from("0123456789०९۰٩ .-+()\u200bo@a\n"), max_size=60))
def test_whatever_stands_there_it_is_looked_at_to_the_end(text: str):
    has_contact(text), has_aadhaar(text), has_address(text)
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize("text", NASTY)
def test_nasty_text_is_looked_at_to_the_end(text: str):
    assert not has_aadhaar(text)
    has_contact(text), has_address(text)


@pytest.mark.parametrize("piece", ["a", "1", "1 ", "9-", "a@", "a.", "गली ", "12, ", "bit.ly/", "https://", "(", "."])
def test_the_longest_text_is_looked_at_in_no_time(piece: str):
    """Nobody can keep the server busy with 2,000 characters."""
    text, begun = (piece * 2000)[:2000], time.process_time()
    has_contact(text), has_aadhaar(text), has_address(text), has_link(text), risks_in(text)
    assert time.process_time() - begun < 1
