"""An invitation speaks the language of its group to who has chosen none, and to nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from community.database import db, writing
from community.groups.models import Group
from community.people.models import Person

if TYPE_CHECKING:
    from tests.conftest import Browser, Stage


@pytest.fixture
def urdu(stage: Stage) -> str:
    """The address of an invitation into a group that speaks Urdu."""
    with stage.app.app_context(), writing():
        db.session.execute(sa.update(Group).where(Group.id == stage.grades[3]).values(language="ur"))
        db.session.commit()
    return f"/j/{stage.invitation}"


def newest(stage: Stage) -> str:
    with stage.app.app_context():
        return str(db.session.scalars(sa.select(Person.language).order_by(Person.id.desc()).limit(1)).one())


def phone(stage: Stage, accept: str = "ta-IN,en;q=0.5") -> Browser:
    client: Browser = stage.app.test_client()  # type: ignore[assignment]
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = accept
    return client


def test_a_newcomer_sees_and_keeps_the_language_of_the_group(stage: Stage, urdu: str) -> None:
    newcomer = phone(stage)
    assert '<html lang="ur" dir="rtl"' in newcomer.get(urdu).text
    assert newcomer.post(urdu).status_code == 303
    assert newest(stage) == "ur"
    assert '<html lang="ur" dir="rtl"' in newcomer.get("/me").text


def test_what_was_chosen_before_counts_more(stage: Stage, urdu: str) -> None:
    newcomer = phone(stage)
    newcomer.post("/language", data={"language": "bn", "next": urdu})
    assert '<html lang="bn"' in newcomer.get(urdu).text
    newcomer.post(urdu)
    assert newest(stage) == "bn"


def test_who_is_signed_in_keeps_her_own(stage: Stage, urdu: str) -> None:
    assert '<html lang="hi"' in stage.browser("member").get(urdu).text


def test_a_language_in_the_link_counts_more_and_goes_on_with_the_tap(stage: Stage, urdu: str) -> None:
    newcomer = phone(stage)
    page = newcomer.get(f"{urdu}?lang=te").text
    assert '<html lang="te"' in page
    assert f'action="{urdu}?lang=te"' in page
    newcomer.post(f"{urdu}?lang=te")
    assert newest(stage) == "te"


@pytest.mark.parametrize("code", ["tlh", "xx", "%00", "<b>"])
def test_one_from_nowhere_in_the_link_is_passed_over(stage: Stage, urdu: str, code: str) -> None:
    newcomer = phone(stage)
    assert f'action="{urdu}?lang=ur"' in newcomer.get(f"{urdu}?lang={code}").text
    newcomer.post(f"{urdu}?lang={code}")
    assert newest(stage) == "ur"


def test_a_group_whose_language_is_not_offered_leaves_it_to_the_browser(stage: Stage, urdu: str) -> None:
    with stage.app.app_context(), writing():
        db.session.execute(sa.update(Group).values(language="gone"))
        db.session.commit()
    assert '<html lang="ta"' in phone(stage).get(urdu).text


def test_a_closed_invitation_says_so_in_the_language_of_the_browser(stage: Stage) -> None:
    answer = phone(stage).get("/j/aaaaaaaaaaaaaaaa")
    assert answer.status_code == 410
    assert '<html lang="ta"' in answer.text
