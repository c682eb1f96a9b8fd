"""The school, in which somebody is trained for urgent help."""

import pytest

from community.database import db
from community.duty.models import Duty
from community.groups.membership import admit
from community.groups.models import Group
from community.people.models import Person, Phone
from community.subscriptions.models import Subscription
from tests.announcements.scene import Scene
from tests.conftest import Stage


def trained(scene: Scene, part: str, group: int, *, rings: bool = True) -> None:
    """She answers there at all hours, also by night, and is trained for urgent help; her phone rings."""
    with scene.changing():
        where, person = db.session.get_one(Group, group), scene.person(part)
        if (held := admit(where, person)).role == "member":
            held.role = "responder"
            held.has_role_until(None, person.id)
        person.on_call = True
        duty = {"group": where, "community_id": where.community_id, "person": person, "made_by": person.id}
        db.session.add(Duty(**duty, urgent=True))
        if rings:
            listens(person)


def listens(*people: Person) -> Subscription:
    """On a phone of theirs, in the caller's transaction."""
    phone = Phone(label="phone")
    db.session.add(phone)
    db.session.flush()
    keys = {"p256dh": "p", "auth": "a", "key_id": "k"}
    for person in people:
        made = Subscription.save(phone, person, endpoint=f"https://push.example/{phone.id}", **keys)
    return made


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
