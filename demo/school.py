"""A school that does not exist, so that a newcomer can look around: people and words are made up, and say so."""

from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa

from community.announcements.models import Announcement, Audience
from community.announcements.releasing import release
from community.database import db, now
from community.groups.membership import admit
from community.groups.models import Category, Group
from community.invitations.models import Invitation, JoinRequest
from community.people.models import Child, Person, Phone, Session

NAME = "रामपुर स्कूल (नमूना)"


@dataclass
class Cast:
    """Who is there, by the part each plays."""

    school: Group
    grades: dict[int, Group] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    invitation: Invitation | None = None


def _person(name: str, picture: str, colour: str, language: str = "hi") -> Person:
    made = Person(name=name, picture=picture, colour=colour, language=language)
    db.session.add(made)
    db.session.flush()
    return made


def build() -> Cast:
    """The whole school, in the caller's transaction."""
    cast = Cast(Group.plant(name=NAME, language="hi", picture="school", colour="haldi", level="स्कूल", joining="ask"))
    _people(cast)
    _grades(cast)
    _members(cast)
    _news(cast)
    grade = cast.grades[3]
    cast.invitation = Invitation.make(grade, cast.people["teacher"])
    JoinRequest.ask(grade, _person("फ़ातिमा", "bird", "neela", "ur"))
    _neglect(cast.grades[22])
    return cast


def _neglect(group: Group) -> None:
    """A group that needs somebody: its admin was not here for three weeks, and a wish waits since five days."""
    coach = _person("इमरान (नमूना)", "goat", "geru")
    admit(group, coach, role="admin")
    phone = Phone(label="Android · Chrome")
    db.session.add(phone)
    own, _token = Session.open(coach, phone)
    own.created = own.seen = now() - timedelta(days=21)
    asked = JoinRequest.ask(group, _person("राधा (नमूना)", "leaf", "neem"))
    asked.created = now() - timedelta(days=5)


def _people(cast: Cast) -> None:
    cast.people = {
        "head": _person("रमेश गुरुजी", "tree", "neela"),
        "teacher": _person("सुनीता देवी", "parrot", "gulab"),
        "parent": _person("मीना कुमारी", "fish", "neem"),
        "urdu parent": _person("شبانہ", "butterfly", "jamun", "ur"),
        "member": _person("कमला", "bucket", "mor"),
        "english reader": _person("Asha", "leaf", "moong", "en"),
    }


def _grades(cast: Cast) -> None:
    colours = ("geru", "neela", "neem", "jamun", "gulab")
    for number, colour in enumerate(colours, start=1):
        looks = {"picture": f"n{number}", "colour": colour, "level": "कक्षा", "position": number}
        cast.grades[number] = Group.plant(cast.school, name=f"कक्षा {number}", language="hi", joining="ask", **looks)
    for position, (name, picture, colour, joining) in enumerate(
        (
            ("माताएँ", "mother", "gulab", "link"),
            ("खाना समिति", "food", "moong", "link"),
            ("खेल", "shuttle", "geru", "ask"),
        ),
        20,
    ):
        looks = {"picture": picture, "colour": colour, "position": position, "joining": joining}
        cast.grades[position] = Group.plant(cast.school, name=name, language="hi", level="समूह", **looks)
    for name, picture, colour, numbers in (
        ("छोटे बच्चे", "baby", "haldi", (1, 2)),
        ("बड़े बच्चे", "sums", "neela", (3, 4, 5)),
    ):
        category = Category(community_id=cast.school.id, name=name, language="hi", picture=picture, colour=colour)
        db.session.add(category)
        db.session.flush()
        for number in numbers:
            cast.grades[number].carry(category)


def _members(cast: Cast) -> None:
    who, grades = cast.people, cast.grades
    admit(cast.school, who["head"], role="admin")
    admit(grades[3], who["teacher"], role="admin")
    admit(grades[20], who["teacher"])
    for number, picture, colour, name in ((2, "rabbit", "mor", "लक्ष्मी"), (5, "carrot", "geru", "रवि")):
        child = Child(parent=who["parent"], picture=picture, colour=colour, nickname=name)
        db.session.add(child)
        admit(grades[number], who["parent"], child)
    admit(grades[20], who["parent"])
    child = Child(parent=who["urdu parent"], picture="duck", colour="haldi", nickname="سنا")
    db.session.add(child)
    admit(grades[3], who["urdu parent"], child)
    admit(grades[3], who["member"])
    admit(grades[21], who["member"])
    admit(grades[3], who["english reader"])


def _news(cast: Cast) -> None:
    who, grades = cast.people, cast.grades
    said = (
        (cast.school, "head", "hi", "news", "सोमवार से स्कूल सुबह 8 बजे खुलेगा। बच्चों को समय पर भेजें।", 3 * 24),
        (grades[20], "head", "hi", "news", "बुधवार को आँगनवाड़ी में टीका लगेगा। कार्ड साथ लाएँ।", 26),
        (grades[2], "head", "hi", "activity", "आज बच्चे के साथ दस तक गिनें: चम्मच, पत्ते या पत्थर।", 5),
        (grades[5], "head", "hi", "activity", "आज बच्चा घर के सबसे बड़े व्यक्ति से एक पुरानी कहानी सुने।", 4),
        (grades[3], "teacher", "hi", "activity", "कल बच्चे एक पत्ता लेकर आएँ। हम पत्तों की गिनती करेंगे।", 3),
        (grades[3], "head", "ur", "news", "جمعہ کو آدھی چھٹی ہوگی۔ بچوں کو بارہ بجے لے جائیں۔", 2),
        (cast.school, "head", "hi", "news", "कल सुबह 7 बजे पानी आएगा। अपने पड़ोसी को भी बता दें।", 1),
    )
    for group, author, language, kind, text, hours in said:
        made = Announcement.publish(
            Audience.of(group), who[author], key=f"demo-{hours}-{author}", text=text, language=language, kind=kind
        )
        release(made.id)
        made.created = made.released_at = now() - timedelta(hours=hours)
    db.session.flush()


def is_built() -> bool:
    return db.session.scalar(sa.select(Group.id).where(Group.parent_id.is_(None)).limit(1)) is not None
