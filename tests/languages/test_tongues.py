import pytest
from babel import Locale
from flask import Flask

from community.languages.tongues import LANGUAGES, UnknownLanguage, current, language, offered


def test_there_are_twenty_four() -> None:
    assert len(LANGUAGES) == 24
    assert all(code == tongue.code for code, tongue in LANGUAGES.items())


@pytest.mark.parametrize("tongue", LANGUAGES.values(), ids=LANGUAGES)
def test_babel_knows_the_locale_and_agrees_on_direction_and_name(tongue) -> None:
    locale = Locale.parse(tongue.locale)

    assert str(locale) == tongue.locale
    assert locale.text_direction == tongue.direction
    assert locale.languages[locale.language] == tongue.autonym
    assert "M11" not in locale.months["format"]["wide"].values()


def test_what_is_offered_has_a_name_and_a_direction() -> None:
    assert [tongue.code for tongue in offered()] == ["hi", "ur", "en"]
    assert all(tongue.autonym and tongue.direction in ("ltr", "rtl") for tongue in offered())


def test_four_are_written_from_the_right() -> None:
    assert {code for code, tongue in LANGUAGES.items() if tongue.direction == "rtl"} == {
        "ks",
        "sd",
        "ur",
        "ar",
    }


@pytest.mark.parametrize("code", ["", "HI", "hi_IN", "xx", "../hi", "hi\x00", "h" * 10_000])
def test_an_unknown_code_is_a_value_error(code: str) -> None:
    with pytest.raises(ValueError) as refusal:
        language(code)
    assert isinstance(refusal.value, UnknownLanguage)


def test_the_pseudo_language_is_there_by_config_only(app: Flask) -> None:
    with app.app_context():
        assert "xx" not in [tongue.code for tongue in offered()]
        app.config["PSEUDO_LANGUAGE"] = True
        assert offered()[-1] is language("xx")


def test_hindi_until_someone_has_chosen(app: Flask) -> None:
    with app.app_context():
        assert current() is LANGUAGES["hi"]
