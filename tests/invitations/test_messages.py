"""What is pasted into a chat: in the group's language, for one group or for all of a branch."""

import re

import sqlalchemy as sa

from community.database import db, writing
from community.groups.models import Group
from community.invitations.models import Invitation
from tests.house.village import Village

FIELD = re.compile(r"<textarea[^>]*readonly[^>]*>([^<]*)</textarea>")


def test_a_message_has_the_link_two_steps_and_the_picture(village: Village) -> None:
    things = village.known()
    answer = village.browser("admin").get(f"/invitations/{things['invitation']}/message")
    assert answer.status_code == 200
    lines = FIELD.findall(answer.text)[0].splitlines()
    assert "Group group, Group root" in lines[0]
    assert lines[1].endswith(f"/j/{things['code']}")
    assert [line[:2] for line in lines[2:4]] == ["1.", "2."]
    assert "School" in lines[2], "the picture is named"
    assert answer.headers.get("Content-Encoding") is None, "its length says nothing of the code"


def test_digits_to_say_are_no_message(village: Village) -> None:
    with village.app.app_context():
        spoken = db.session.scalar(sa.select(Invitation.id).where(Invitation.spoken))
        db.session.remove()
    assert village.browser("admin").get(f"/invitations/{spoken}/message").status_code == 404


def test_a_branch_has_one_for_each_group_once_there_are_links(village: Village) -> None:
    things, admin = village.known(), village.browser("above")
    with village.app.app_context():
        awake = sum(not group.rests for group in db.session.get_one(Group, int(things["root"])).branch())
        db.session.remove()
    before = admin.get(f"/groups/{things['root']}/messages").text
    assert len(FIELD.findall(before)) == 1
    assert admin.post(f"/groups/{things['root']}/messages", data={"page": "0"}).status_code == 303
    assert admin.post(f"/groups/{things['root']}/messages", data={"page": "0"}).status_code == 303
    fields = FIELD.findall(admin.get(f"/groups/{things['root']}/messages").text)
    links = [re.search(r"/j/(\w+)", field) for field in fields]
    assert len({link[1] for link in links if link}) == len(fields) == awake, "all but those that rest, each once"
    plain = admin.get(f"/groups/{things['root']}/messages.txt")
    assert plain.mimetype == "text/plain"
    assert plain.text.count("/j/") == awake
    assert all(field.splitlines()[1] in plain.text for field in fields)


def test_a_message_speaks_the_groups_language(village: Village) -> None:
    things = village.known()
    with village.app.app_context(), writing():
        db.session.get_one(Group, int(things["group"])).language = "hi"
        db.session.commit()
    page = village.browser("admin").get(f"/invitations/{things['invitation']}/message").text
    assert re.search(r'<textarea[^>]*lang="hi"', page)
    assert "Tap the big button" not in FIELD.findall(page)[0]
