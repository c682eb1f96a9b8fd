import flask_babel
import pytest
from flask import Flask, g, render_template_string

from community.languages import gettext, ngettext, npgettext, pgettext, speaking

SENTENCE = "today, %(clock)s"


def test_the_page_speaks_its_language(app: Flask) -> None:
    with app.test_request_context():
        assert gettext(SENTENCE, clock="9") == "आज 9"
        g.language = "ur"
        assert gettext(SENTENCE, clock="9") == "آج 9"
        assert flask_babel.gettext(SENTENCE, clock="9") == "آج 9"
        assert str(flask_babel.get_locale()) == "ur_IN"


def test_one_app_speaks_two_languages_in_turn(app: Flask) -> None:
    with app.test_request_context():
        g.language = "ur"
        with speaking("en"):
            assert gettext("today") == "today"
            assert str(flask_babel.get_locale()) == "en_IN"
            with speaking("hi"):
                assert gettext("today") == "आज"
        assert gettext("today") == "آج"
        assert str(flask_babel.get_locale()) == "ur_IN"


def test_a_failure_inside_gives_the_language_back(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(ZeroDivisionError), speaking("ur"):
        raise ZeroDivisionError
    with app.test_request_context(), pytest.raises(ValueError), speaking("klingon"):
        pass


def test_a_message_without_a_translation_is_english(app: Flask) -> None:
    with app.test_request_context():
        assert gettext("100% nowhere") == "100% nowhere"
        assert ngettext("%(num)s goat of nowhere", "%(num)s goats of nowhere", 2) == "2 goats of nowhere"
        assert pgettext("verb", "nowhere") == "nowhere"
        assert npgettext("milk", "a goat of nowhere", "goats of nowhere", 1) == "a goat of nowhere"


def test_without_an_app_messages_are_english() -> None:
    assert gettext(SENTENCE, clock="9") == "today, 9"


def test_the_pseudo_language_brackets_and_keeps_placeholders(pseudo_app: Flask) -> None:
    with pseudo_app.test_request_context():
        g.language = "xx"
        assert gettext(SENTENCE, clock="9") == "⟦today, 9⟧"
        assert flask_babel.gettext(SENTENCE, clock="9") == "⟦today, 9⟧"
        assert ngettext("%(num)s goat", "%(num)s goats", 3) == "⟦3 goats⟧"
        assert flask_babel.ngettext("%(num)s goat", "%(num)s goats", 1) == "⟦1 goat⟧"
        assert pgettext("verb", "open") == flask_babel.pgettext("verb", "open") == "⟦open⟧"
        assert npgettext("milk", "a goat", "goats", 2) == "⟦goats⟧"


@pytest.mark.usefixtures("three")
def test_templates_speak(pseudo_app: Flask) -> None:
    source = """
      {%- macro greeting(name) -%}
        {{ _("Good day, %(name)s", name=name) }} {{ language.direction }}
      {%- endmacro -%}
      {{ greeting("<Asha>") }}|{% trans count=2 %}
        one goat
      {% pluralize %}
        {{ count }} goats
      {% endtrans %}|{{ ngettext("%(num)s cow", "%(num)s cows", 1) }}
      {%- for tongue in offered() %}|{{ tongue.code }}{% endfor %}|{{ 150000|number }}
    """
    with pseudo_app.test_request_context():
        g.language = "xx"
        assert render_template_string(source).strip() == (
            "⟦Good day, &lt;Asha&gt;⟧ ltr|⟦2 goats⟧|⟦1 cow⟧|hi|ur|en|xx|1,50,000"
        )


def test_templates_say_moments(app: Flask) -> None:
    from datetime import UTC, datetime

    with app.test_request_context():
        said = render_template_string(
            "{{ moment|in_words('Asia/Kolkata') }}, {{ moment|day('UTC') }}, {{ moment|clock('UTC') }}",
            moment=datetime(2020, 1, 2, 9, tzinfo=UTC),
        )
    assert said == "2 जनवरी 2020, 2 जनवरी 2020, सुबह 9 बजे"


@pytest.mark.parametrize(
    ("code", "native", "said"),
    [
        ("en", False, "1,50,000 people|1 person"),
        ("hi", False, "1,50,000 लोग|1 जन"),
        ("hi", True, "१,५०,००० लोग|१ जन"),
        ("ur", True, "۱,۵۰,۰۰۰ لوگ|۱ شخص"),
    ],
)
def test_what_is_counted_is_written_as_people_write_numbers(app: Flask, code: str, native: bool, said: str) -> None:
    one, many = "%(num)s person", "%(num)s people"
    with app.test_request_context():
        g.language, g.native_digits = code, native
        assert f"{ngettext(one, many, 150_000)}|{ngettext(one, many, 1)}" == said
        assert (
            render_template_string("{{ ngettext(one, many, 150000) }}|{{ ngettext(one, many, 1) }}", one=one, many=many)
            == said
        )
