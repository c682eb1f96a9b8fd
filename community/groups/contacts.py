"""The only number that anybody may be shown: one that whoever holds a role somewhere puts up there herself."""

from collections.abc import Collection

import sqlalchemy as sa
from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column

from community.database import Base, BigId, db, foreign, moment, pk
from community.form import Form
from community.groups.membership import Membership, standing
from community.groups.models import Group
from community.groups.offices import Office
from community.groups.views import blueprint
from community.http import missing, signed_in, writes
from community.people.models import Person
from community.people.session import me

FEWEST, MOST = 3, 15  # digits: from a helpline to the longest number that there is
WRONG = _l("That is no number that can be called.")


class Contact(Base):
    """Of her office and not of hers: it is shown where she stands with her role, for as long as she holds it."""

    __tablename__ = "contact"

    id: Mapped[pk]
    community_id: Mapped[foreign]
    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey(Group.id))
    person_id: Mapped[foreign] = mapped_column(sa.ForeignKey(Person.id))
    number: Mapped[str] = mapped_column(sa.String(20))
    created: Mapped[moment]

    __table_args__ = (sa.UniqueConstraint("group_id", "person_id"),)

    @classmethod
    def at(cls, groups: Collection[int]) -> dict[tuple[int, int], str]:
        """(group, person): number, of what was put up in these. Whether she still holds the role, the caller asks."""
        found = db.session.execute(sa.select(cls.group_id, cls.person_id, cls.number).where(cls.group_id.in_(groups)))
        return {(group_id, person_id): number for group_id, person_id, number in found}

    @classmethod
    def answering(cls, groups: Collection[int]) -> dict[int, list[str]]:
        """The numbers that can be called in each of these groups: of whoever holds a role right there now."""
        here = (Membership.group_id == cls.group_id, Membership.person_id == cls.person_id, Membership.role != "member")
        given = (Office.group_id == cls.group_id, Office.person_id == cls.person_id, Office.lasts())
        holds = sa.or_(sa.exists().where(*here), sa.exists().where(*given))
        put_up = sa.select(cls.group_id, cls.number).where(cls.group_id.in_(groups), holds)
        found: dict[int, list[str]] = {}
        for group_id, number in db.session.execute(put_up.order_by(cls.id)):
            found.setdefault(group_id, []).append(number)
        return found

    @classmethod
    def put(cls, group: Group, person: Person, number: str) -> None:
        """Instead of the one of before; an empty one takes it down."""
        mine = (cls.group_id == group.id, cls.person_id == person.id)
        db.session.execute(sa.delete(cls).where(*mine).execution_options(synchronize_session=False))
        if number:
            place = {"community_id": group.community_id, "group_id": group.id}
            db.session.add(cls(**place, person_id=person.id, number=number))
        group.note("contact" if number else "contact ended", person)


def callable_number(text: str) -> str:
    """As a phone dials it, whatever script and signs it was typed in. Raises ValueError."""
    plain = "".join(str(int(one)) if one.isdecimal() else one for one in text if one not in " -–().\u00a0")
    digits = plain.removeprefix("+")
    if not plain or (digits.isdecimal() and FEWEST <= len(digits) <= MOST):
        return plain
    raise ValueError("no number")


def my_office(group_id: int) -> Group | None:
    """The group, if I hold a role right here: by membership, or by an office that was given here."""
    stand = standing(me())
    held = [one.group for one in stand.memberships if one.group_id == group_id and one.role != "member"]
    given = [one.group for one in stand.offices.held if one.group_id == group_id]
    return next(iter([*held, *given]), None)


@blueprint.get("/groups/<int:group_id>/contact")
@signed_in
def contact(group_id: int) -> ResponseReturnValue:
    group = my_office(group_id) or missing()
    return _page(group, Form({"number": Contact.at([group.id]).get((group.id, me().id), "")}))


def _page(group: Group, form: Form) -> str:
    return render_template("groups/contact.html", group=group, form=form)


@blueprint.post("/groups/<int:group_id>/contact")
@signed_in
@writes
def put_up(group_id: int) -> ResponseReturnValue:
    group, form = my_office(group_id) or missing(), Form(request.form)
    try:
        number = callable_number(form.line("number", most=40))
    except ValueError:
        form.wrong["number"] = str(WRONG)
        return _page(group, form), 422
    Contact.put(group, me(), number)
    return redirect(f"/groups/{group.id}/overseers", code=303)
