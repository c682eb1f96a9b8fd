import pytest
from flask import g

from community.languages import all_of, one_of

pytestmark = pytest.mark.usefixtures("page")


@pytest.mark.parametrize(
    ("code", "said", "either"),
    [
        ("en", "Asha, Bina and Chitra", "Asha, Bina or Chitra"),
        ("hi", "Asha, Bina और Chitra", "Asha, Bina या Chitra"),
        ("ur", "Asha، Bina اور Chitra", "Asha، Bina یا Chitra"),
    ],
)
def test_things_are_said_in_one_breath(code: str, said: str, either: str) -> None:
    g.language = code

    assert all_of(["Asha", "Bina", "Chitra"]) == said
    assert one_of(["Asha", "Bina", "Chitra"]) == either


def test_one_thing_is_itself_and_a_percent_sign_is_no_placeholder() -> None:
    assert (all_of([]), one_of([])) == ("", "")
    assert (all_of(["100%"]), one_of(["%(last)s"])) == ("100%", "%(last)s")
    assert all_of(["100%", "%(some)s"]) == "100% और %(some)s"
