"""What waits for a look before it goes out can not come in afterwards, as a correction."""

import pytest

from community.groups.models import Group
from tests.announcements.scene import Scene
from tests.holding.test_holding import AADHAAR, NUMBER, is_out, say


@pytest.mark.parametrize("text", [NUMBER, f"Her card: {AADHAAR}", "She lives in House no 5, Gali 3"])
def test_no_correction_gives_somebody_away(stage: Scene, text: str) -> None:
    stage.set(Group, stage.school, posting="everyone")
    asha = stage.newcomer("Asha", stage.school)
    number = say(stage, asha, "Ask the office")
    assert is_out(stage, number)

    refused = asha.post(f"/announcements/{number}/correction", data={"text": text, "vouched": "1"})
    assert refused.status_code == 422, "a member vouches for nobody"
    assert text in refused.text, "what she wrote is kept"
    assert stage.state(number).original.text == "Ask the office"
    assert asha.post(f"/announcements/{number}/correction", data={"text": "Ask at ten"}).status_code == 303
    assert stage.state(number).original.text == "Ask at ten"
