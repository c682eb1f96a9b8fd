from gettext import c2py

import pytest
from babel import Locale
from babel.core import get_global
from flask import Flask

from community.languages import tongues
from community.languages.compiled import TRANSLATIONS, read_whole
from community.languages.reviews import Review
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
    assert get_global("likely_subtags")[locale.language].split("_")[1] == tongue.script


def test_a_language_is_offered_once_its_translators_declare_it_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {"hi", "ur", "en"} <= {tongue.code for tongue in offered()}

    monkeypatch.setattr(tongues, "_review", lambda code: Review(complete=code in ("hi", "sat")))
    assert [tongue.code for tongue in offered()] == ["hi", "sat"]


def test_nobody_has_read_a_language_until_a_name_stands_in_its_review(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tongues, "_review", lambda code: Review(native_speaker="Asha" if code == "hi" else ""))

    assert [code for code, tongue in LANGUAGES.items() if tongue.reviewed] == ["hi", "en"]


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


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_catalogue_counts_as_the_language_does(code: str) -> None:
    """One rule in the header of the .po, in the .mo that the app reads, and in CLDR."""
    header = read_whole(TRANSLATIONS / code / "LC_MESSAGES" / "messages.po")
    rule = Locale.parse(LANGUAGES[code].locale).plural_form
    forms = [*(tag for tag in ("zero", "one", "two", "few", "many") if tag in rule.tags), "other"]
    spoken = c2py(header.plural_expr)

    assert header.num_plurals == len(forms)
    assert [forms[spoken(count)] for count in range(250)] == [rule(count) for count in range(250)]
