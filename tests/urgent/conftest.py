"""The school, in which somebody is trained for urgent help."""

import pytest

from community.database import db
from community.duty.models import Duty
from community.groups.membership import admit
from community.groups.models import Group
from tests.announcements.scene import Scene
from tests.conftest import Stage


def trained(scene: Scene, part: str, group: int) -> None:
    """She answers there at all hours, also by night, and is trained for urgent help."""
    with scene.changing():
        where, person = db.session.get_one(Group, group), scene.person(part)
        if (held := admit(where, person)).role == "member":
            held.role = "responder"
            held.has_role_until(None, person.id)
        person.on_call = True
        duty = {"group": where, "community_id": where.community_id, "person": person, "made_by": person.id}
        db.session.add(Duty(**duty, urgent=True))


@pytest.fixture
def scene(stage: Stage) -> Scene:
    """Nobody is trained; she who needs help is a member of grade 3."""
    made = Scene(stage)
    made.newcomer("Rani", made.grades[3])
    return made


@pytest.fixture
def there(scene: Scene) -> Scene:
    """Two are trained, in the school above her grade."""
    scene.newcomer("Meena", scene.school)
    scene.newcomer("Tara", scene.school)
    for part in ("Meena", "Tara"):
        trained(scene, part, scene.school)
    return scene
