"""Who comes into a group hears what holds there, and the last ten announcements, before anything else."""

import re
from datetime import timedelta

import pytest
import time_machine

from community.database import db, now
from community.groups.models import Group
from tests.announcements.conftest import app, house
from tests.announcements.conftest import stage as stage
from tests.announcements.scene import Scene, page

__all__ = ["app", "house", "stage"]
SHEET = re.compile(r'<article class="card[^"]*" id="a(\d+)"')


@pytest.fixture
def rules(stage: Scene) -> str:
    return f"/groups/{stage.grades[3]}/rules"


def test_she_is_led_there_until_she_has_understood(stage: Scene, rules: str) -> None:
    newcomer = stage.newcomer("नई", stage.grades[3])
    room = f"/groups/{stage.grades[3]}"
    assert f'class="note gold" href="{rules}"' in page(newcomer, room)
    shown = page(newcomer, rules)
    assert "data-listen" in shown
    assert f"{rules}/hearing" in shown
    for _tap in range(2):
        assert newcomer.post(f"{rules}/hearing").location == room
    assert f'class="note gold" href="{rules}"' not in page(newcomer, room)
    assert rules in page(newcomer, room)  # at any time
    assert f"{rules}/hearing" not in page(newcomer, rules)


def test_after_a_week_nobody_is_new(stage: Scene, rules: str) -> None:
    newcomer = stage.newcomer("नई", stage.grades[3])
    with time_machine.travel(now() + timedelta(days=8)):
        assert f'class="note gold" href="{rules}"' not in page(newcomer, f"/groups/{stage.grades[3]}")


def test_the_last_ten_announcements_newest_first(stage: Scene, rules: str) -> None:
    numbers = [stage.release("head", f"बात {number}", group=stage.grades[3]) for number in range(12)]
    shown = [int(number) for number in SHEET.findall(page(stage.newcomer("नई", stage.grades[3]), rules))]
    assert shown == numbers[::-1][:10]


def test_its_own_words_or_the_ready_ones(stage: Scene, rules: str) -> None:
    newcomer, head = stage.newcomer("नई", stage.grades[3]), stage.browser("head")
    assert "kind" in page(newcomer, rules)
    settings = f"/groups/{stage.grades[3]}/settings"
    assert 'name="rules"' in page(head, settings)
    assert head.post(settings, data={"name": "कक्षा ३", "rules": "जूते बाहर"}).status_code == 303
    shown = page(newcomer, rules)
    assert "जूते बाहर" in shown
    assert "Be kind" not in shown
    assert head.post(settings, data={"name": "कक्षा ३"}).status_code == 303  # a page of before
    assert "जूते बाहर" in page(newcomer, rules)
    answer = head.post(settings, data={"name": "कक्षा ३", "rules": "क" * 501})
    assert answer.status_code == 422
    assert "क" * 501 in answer.text


def test_at_the_door_the_rules_and_no_news(stage: Scene, rules: str) -> None:
    stage.release("head", "सिर्फ़ अंदर", group=stage.grades[3])
    with stage.changing():
        db.session.get_one(Group, stage.grades[3]).rules = "जूते बाहर"
    outside = stage.newcomer("बाहर", stage.grades[5])
    assert "जूते बाहर" in page(outside, f"/groups/{stage.grades[3]}")
    shown = page(outside, rules)
    assert "जूते बाहर" in shown
    assert "सिर्फ़ अंदर" not in shown
    assert outside.post(f"{rules}/hearing").status_code == 404


def test_what_rules_say_is_words_and_no_markup(stage: Scene, rules: str) -> None:
    with stage.changing():
        db.session.get_one(Group, stage.grades[3]).rules = "<script>alert(1)</script>"
    assert "<script>alert" not in page(stage.newcomer("नई", stage.grades[3]), rules)
