"""The pages of who oversees: for admins of that group, by counts alone; and what members see of those who oversee."""

from tests.conftest import Stage


def test_the_head_sees_how_the_groups_are(stage: Stage) -> None:
    stage.release_all()
    page = stage.browser("head").get(f"/groups/{stage.school}/oversight")
    assert page.status_code == 200
    assert "Look again" not in page.text
    level = stage.browser("head").get(f"/groups/{stage.school}/oversight/map")
    assert level.status_code == 200
    assert "<svg" in level.text
