"""How much one person may say in a day: however many phones she says it from at once."""

from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from community.announcements.models import Announcement
from community.database import db
from community.groups.models import Group
from community.holding.quota import A_DAY
from community.people.attempts import Attempts
from tests.announcements.scene import Scene


def said_by(stage: Scene, part: str) -> int:
    with stage.app.app_context():
        mine = sa.select(sa.func.count()).where(Announcement.author_id == stage.people[part])
        return db.session.scalar(mine) or 0


def test_what_is_over_the_day_is_refused_and_kept(stage: Scene):
    stage.set(Group, stage.school, posting="everyone")
    asha = stage.newcomer("Asha", stage.school)
    for number in range(A_DAY["member"]):
        assert stage.announce(asha, f"Hello {number}", key=f"key-of-{number}").status_code == 303
    assert stage.announce(asha, "Hello 0", key="key-of-0").status_code == 303, "the same again is no other"

    over = stage.announce(asha, "One more", key="key-of-more")

    assert over.status_code == 422 and "One more" in over.text
    assert "You have said a lot today. Go on tomorrow." in over.text
    assert said_by(stage, "Asha") == A_DAY["member"]
    with stage.changing():
        db.session.execute(sa.update(Attempts).values(hour=Attempts.hour - 24))
    assert stage.announce(asha, "One more", key="key-of-more").status_code == 303, "tomorrow it goes"


def test_each_role_has_its_own_day(stage: Scene):
    days = [*A_DAY.values(), stage.app.config["SAID_A_DAY"]]
    assert list(A_DAY) == ["member", "responder", "moderator"] and sorted(days) == days
    stage.set(Group, stage.school, posting="everyone")
    helper = stage.newcomer("Helper", stage.school, role="responder")
    answers = [stage.announce(helper, f"Hello {n}", key=f"key-of-{n}") for n in range(A_DAY["responder"] + 1)]

    assert [one.status_code for one in answers] == [303] * A_DAY["responder"] + [422]


def test_many_phones_at_once_say_no_more(stage: Scene):
    """Eight phones of one person, all in the same moment."""
    stage.set(Group, stage.school, posting="everyone")
    stage.newcomer("Asha", stage.school)
    phones = [stage.browser("Asha") for _ in range(8)]

    with ThreadPoolExecutor(len(phones)) as pool:
        sent = pool.map(
            lambda each: stage.announce(each[1], f"forward {each[0]}", key=f"key-of-{each[0]}").status_code,
            enumerate(phones),
        )
        codes = list(sent)

    assert codes.count(303) == A_DAY["member"] and codes.count(422) == 8 - A_DAY["member"]
    assert said_by(stage, "Asha") == A_DAY["member"]
