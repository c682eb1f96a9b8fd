"""Before roles change hands or another phone is opened: a PIN proves that it is she, on its own phone and for ten minutes; and no PIN for a passkey."""

from datetime import datetime, timedelta

import pytest
import time_machine

from community.database import now
from tests.conftest import Browser, Stage
from tests.groups.town import membership_id, role_of
from tests.phones.test_pins import HERS, OTHERS, WRONG, chooses, doors
from tests.recovery.lock import Lock
from tests.recovery.test_passkeys import keys, made, proved


@pytest.fixture
def teacher(stage: Stage) -> Browser:
    return stage.browser("teacher")


def appoints(stage: Stage, browser: Browser, role: str = "moderator") -> tuple[int, str]:
    """(status, what the page says) of making a member of her group something else."""
    held = membership_id(stage, "member", stage.grades[3])
    answer = browser.post(
        f"/memberships/{held}/role", data={"role": role}, headers={"Referer": f"http://localhost/memberships/{held}"}
    )
    return answer.status_code, answer.text


def later(minutes: int) -> datetime:
    return now() + timedelta(minutes=minutes)


def test_who_has_set_up_nothing_is_asked_for_nothing(stage: Stage, teacher: Browser) -> None:
    assert appoints(stage, teacher)[0] == 303


def test_a_pin_is_asked_for_where_she_has_one_and_is_proof_for_ten_minutes(stage: Stage, teacher: Browser) -> None:
    chooses(teacher, HERS)
    [door] = doors(teacher)
    held = membership_id(stage, "member", stage.grades[3])
    with time_machine.travel(later(11)):
        status, page = appoints(stage, teacher)
        assert status == 403
        assert 'name="proof"' in page, "her PIN on this phone is asked for"
        assert role_of(stage, "member", stage.grades[3]) == "member"
        assert teacher.post(door, data={"pin": WRONG}).status_code == 422
        assert appoints(stage, teacher)[0] == 403
        typed = teacher.post(door, data={"pin": HERS, "next": f"/memberships/{held}"})
        assert typed.location == f"/memberships/{held}"
        assert appoints(stage, teacher)[0] == 303
    with time_machine.travel(later(22)):
        assert appoints(stage, teacher, "member")[0] == 403, "only so long"
        assert appoints(stage, stage.browser("teacher"), "member")[0] == 303, "on another phone of hers there is none"


def test_no_other_phone_is_opened_without_it(stage: Stage, teacher: Browser) -> None:
    """There is no PIN of hers there: whoever holds her open phone would go on without one."""
    chooses(teacher, HERS)
    with time_machine.travel(later(11)):
        for sent, code in (({}, 403), ({"proof": WRONG}, 422)):
            refused = teacher.post("/me/phones/new", data=sent)
            assert refused.status_code == code
            assert 'name="proof"' in refused.text
            assert 'class="qr' not in refused.text
        opened = teacher.post("/me/phones/new", data={"proof": HERS})
        assert (opened.status_code, 'class="qr' in opened.text) == (200, True)


def test_no_pin_stands_for_a_passkey(stage: Stage, teacher: Browser) -> None:
    """A thief of an open phone chooses a PIN, types it, and has proven nothing by it."""
    lock = Lock()
    assert made(teacher, lock) == 303
    chooses(teacher, HERS)
    [door] = doors(teacher)
    assert teacher.post(door, data={"pin": HERS}).status_code == 303
    status, page = appoints(stage, teacher)
    assert (status, "data-passkey" in page, 'inputmode="numeric"' in page) == (403, True, False)
    assert made(teacher, Lock(name=b"the thief's own key")) == 403
    teacher.post(f"/passkeys/{keys(stage)[0].id}/removal")
    assert appoints(stage, teacher)[0] == 403, "taken away without being shown, it is asked for still"
    assert len(keys(stage)) == 1


def test_with_both_the_passkey_is_proof(stage: Stage, teacher: Browser) -> None:
    lock = Lock()
    made(teacher, lock)
    chooses(teacher, HERS)
    assert proved(stage, teacher, lock) == 303
    assert appoints(stage, teacher)[0] == 303


def test_a_pin_is_neither_changed_nor_taken_off_without_it(stage: Stage, teacher: Browser) -> None:
    """Else whoever holds her open phone needs no PIN for what asks for it."""
    chooses(teacher, HERS)
    [door] = doors(teacher)
    with time_machine.travel(later(11)):
        assert teacher.post("/me/pin", data={"pin": OTHERS, "again": OTHERS}).status_code == 422
        assert teacher.post(f"{door}/removal").location == f"{door}?next=/me/pin"
        assert doors(teacher) == [door]
        assert appoints(stage, teacher)[0] == 403
        assert teacher.post(door, data={"pin": HERS}).status_code == 303
        assert teacher.post(f"{door}/removal").location == "/me/pin"
        assert teacher.get("/phone").location == "/", "there are no doors any more"
        assert appoints(stage, teacher)[0] == 303
