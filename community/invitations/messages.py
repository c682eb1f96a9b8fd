"""A message to paste into a chat app: for one invitation, or for each group of a branch, in that group's language."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from community.compression import leave_plain
from community.database import db, now
from community.form import Form
from community.groups.gates import led_by
from community.groups.models import Group
from community.groups.proof import prove
from community.http import Changed, missing, signed_in, writes
from community.invitations.desk import _live, address_of
from community.invitations.models import Invitation
from community.invitations.views import blueprint
from community.languages import current, offered, speaking
from community.languages import gettext as _
from community.languages.numbers import digits
from community.people.pictures import picture_word
from community.people.session import me

PAGE = 30  # groups at once
MOST = 5000  # in a file


@dataclass(frozen=True)
class Message:
    """What is pasted: whom it lets in where, and how to open it."""

    group: Group
    language: str
    text: str

    @classmethod
    def of(cls, invitation: Invitation, root: Group) -> "Message":
        """In the group's language; where that is not offered, in that of who looks."""
        code = invitation.group.language
        code = code if code in {tongue.code for tongue in offered()} else current().code
        with speaking(code):
            return cls(invitation.group, code, _said(invitation, root))


def _said(invitation: Invitation, root: Group) -> str:
    group = invitation.group
    name = group.name if group.id == root.id else f"{group.name}, {root.name}"
    look = _("Tap the link. You see this picture: %(picture)s", picture=picture_word(group.picture))
    steps = (f"{digits('1')}. {look}", f"{digits('2')}. {_('Tap the big button')}")
    invited = _("Come into our courtyard: %(group)s", group=name)
    return "\n".join((invited, address_of(invitation), *steps, _("Free. No phone number is asked.")))


@blueprint.get("/invitations/<int:invitation_id>/message")
@signed_in
def message(invitation_id: int) -> ResponseReturnValue:
    found = _live(invitation_id)
    if found.spoken:
        missing()
    leave_plain()
    made = Message.of(found, found.group.root)
    return render_template("invitations/message.html", invitation=found, message=made)


@blueprint.get("/groups/<int:group_id>/messages")
@signed_in
def messages(group_id: int) -> ResponseReturnValue:
    """Of a branch, a page at a time: those groups that have an open link, and which have none."""
    group, page = led_by(me(), group_id, "moderator"), _page()
    here = _awake(group).offset(page * PAGE).limit(PAGE + 1)
    groups = list(db.session.scalars(here))
    links = _links(groups[:PAGE])
    leave_plain()
    return render_template(
        "invitations/messages.html", group=group, groups=groups[:PAGE], page=page, more=len(groups) > PAGE,
        made={one: Message.of(link, group.root) for one, link in links.items()},
    )  # fmt: skip


def _page() -> int:
    return min(Form(request.values).number("page") or 0, 10_000)


def _awake(group: Group) -> sa.Select[Group]:
    """The group and all below it that do not rest, as the tree has them."""
    return sa.select(Group).where(Group.below(group.path), Group.rests.is_(False)).order_by(Group.path)


def _links(groups: list[Group]) -> dict[int, Invitation]:
    """The newest open link into each of these groups that lets in any number of people."""
    at = Invitation.group_id.in_([group.id for group in groups])
    found = db.session.scalars(_open().where(at).order_by(Invitation.id))
    return {link.group_id: link for link in found}


def _open() -> sa.Select[Invitation]:
    live = (Invitation.revoked_at.is_(None), Invitation.expires > now(), Invitation.most_uses.is_(None))
    return sa.select(Invitation).where(*live, Invitation.spoken.is_(False)).options(joinedload(Invitation.group))


@blueprint.post("/groups/<int:group_id>/messages")
@signed_in
@prove
@writes
def open_all(group_id: int) -> ResponseReturnValue:
    """A link for each group of this page that has none."""
    group, page = led_by(me(), group_id, "moderator"), _page()
    if group.rests:
        raise Changed(_l("This group rests. Bring it back first, then invite."))
    groups = list(db.session.scalars(_awake(group).offset(page * PAGE).limit(PAGE)))
    links = _links(groups)
    for one in groups:
        if one.id not in links:
            Invitation.make(one, me())
    return redirect(f"/groups/{group.id}/messages?page={page}", code=303)


@blueprint.get("/groups/<int:group_id>/messages.txt")
@signed_in
def messages_text(group_id: int) -> ResponseReturnValue:
    """All of them as plain text, as far as there are links."""
    group = led_by(me(), group_id, "moderator")
    text = "\n\n\n".join(_all(group)) + "\n"
    answer = Response(text, content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="aangan.txt"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _all(group: Group) -> Iterator[str]:
    """Parents first; a group's newest link alone."""
    below = _open().join(Group, Invitation.group_id == Group.id).where(Group.below(group.path), Group.rests.is_(False))
    links = db.session.scalars(below.order_by(Group.path, Invitation.id).limit(MOST))
    newest = {link.group_id: link for link in links}
    root = group.root
    return (Message.of(link, root).text for link in newest.values())
