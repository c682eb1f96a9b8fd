"""The address: made by this server alone, found by no guessing, and stored nowhere."""

import random

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from community.genuine.code import LETTERS, PICTURES, SIGNED, code_of, number_in, pictures_of, typed
from tests.conftest import ALL

pytestmark = pytest.mark.sqlite_only
BASE = "abcdefghijklmnopqrstuvwxyz234567"


@pytest.fixture
def inside(house: Flask):
    with house.app_context():
        yield


@pytest.mark.usefixtures("inside")
def test_each_number_has_an_address_of_its_own_and_back() -> None:
    numbers = [*range(1, 400), 2**31, 2**32 - 1]
    codes = {code_of(number) for number in numbers}
    assert len(codes) == len(numbers)
    assert {len(code) for code in codes} == {LETTERS}
    assert [number_in(code_of(number)) for number in numbers] == numbers
    assert SIGNED >= 50
    # Neighbours say nothing of each other: about every letter is another one.
    near = [sum(a == b for a, b in zip(code_of(n), code_of(n + 1), strict=True)) for n in range(1, 300)]
    assert sum(near) / len(near) < 1.5


@pytest.mark.usefixtures("inside")
def test_guesses_find_nothing_and_neither_does_one_letter_changed() -> None:
    chance = random.Random(7)
    assert not any(number_in("".join(chance.choices(BASE, k=LETTERS))) for _ in range(10_000 if ALL else 1_000))
    right = code_of(12)
    for at in range(0, LETTERS, 1 if ALL else 5):
        for letter in BASE:
            assert number_in(right[:at] + letter + right[at + 1 :]) == (12 if letter == right[at] else None)


@settings(max_examples=60 if ALL else 20, deadline=None)
@given(text=st.text(max_size=40))
def test_anything_typed_is_an_address_or_none(house: Flask, text: str) -> None:
    with house.app_context():
        assert number_in(text) is None
        assert set(typed(text)) <= set("abcdefghijklmnopqrstuvwxyz2345679")
        right = code_of(7)
        assert number_in(right.upper()) is None  # one spelling alone: `typed` makes it
        assert typed(f" https://aangan.example/f/{right[:6].upper()} - {right[6:]} ") == right


@pytest.mark.usefixtures("inside")
def test_three_different_pictures_stand_for_it() -> None:
    drawn = [pictures_of(number) for number in range(1, 400)]
    assert all(len(set(three)) == 3 and set(three) <= set(PICTURES) for three in drawn)
    assert len(set(drawn)) > 390
    assert {name for three in drawn for name in three} == set(PICTURES)


def test_another_server_makes_other_ones(house: Flask) -> None:
    with house.app_context():
        mine, shown = code_of(7), pictures_of(7)
    before, house.secret_key = house.secret_key, "another"
    try:
        with house.app_context():
            assert number_in(mine) is None
            assert pictures_of(7) != shown
    finally:
        house.secret_key = before
