"""What happens before the doors open: migrate, fill an empty database, print the ways in. Never a secret."""

import socket
from datetime import timedelta

import flask_migrate
import sqlalchemy as sa
from flask import Flask

from community import database
from community.audit.models import AuditEntry
from community.database import db, writing
from community.environment import ConfigError, is_loopback
from community.invitations.models import Invitation
from community.people.models import Person, Session
from community.people.sign_in import SignInCode
from demo import courtyard, school

PARTS = (
    "Head teacher: looks after the whole school",
    "Teacher: looks after grade 3",
    "Parent: children in 2 and 5",
    "Parent, reads Urdu: a child in grade 3",
    "Member of two groups",
    "Member, reads English",
)


def open_doors(app: Flask) -> None:
    """Bring a new database to head, fill it, and print the links. An older database is not touched unasked."""
    with app.app_context():
        if not sa.inspect(db.engine).has_table("person"):
            flask_migrate.upgrade(app.config["MIGRATIONS"])
        if database.age(app) == "head":
            _greet(app)


def _greet(app: Flask) -> None:
    with writing():
        links = _demo_links() if app.config["DEMO"] else _owner_link()
        db.session.commit()
    address = app.config["PUBLIC_URL"] or f"http://{_own_name(app.config['HOST'])}:{app.config['PORT']}"
    print(f"\nAangan is open at {address}\n")
    width = max((len(label) for label, _path in links), default=0)
    for label, path in links:
        print(f"  {label:<{width}}  {address}{path}")
    if not app.config["PUBLIC_URL"] and is_loopback(app.config["HOST"]) and app.config["HOST"] != "0.0.0.0":  # noqa: S104
        print("\nOther phones cannot reach this address. HOST=0.0.0.0 lets your network in; PUBLIC_URL names it.")
    print(flush=True)


def _own_name(host: str) -> str:
    """The host as a link can say it; for 'every address', the one that this machine has in its network."""
    if host != "0.0.0.0":  # noqa: S104
        return f"[{host}]" if ":" in host else host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # chooses a way out, sends nothing
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def _demo_links() -> list[tuple[str, str]]:
    """One link a head of the cast. They are good for a day; each start makes new ones."""
    _build_once()
    group = db.session.scalar(sa.select(Invitation).order_by(Invitation.id).limit(1))
    links = [("Newcomer: an invitation to join", f"/j/{group.code}")] if group else []
    people = db.session.scalars(sa.select(Person).order_by(Person.id).limit(len(PARTS)))
    for part, person in zip(PARTS, people, strict=False):
        links.append(
            (f"{part} (demo)", "/enter/" + SignInCode.issue(person, issuer=None, lasts=timedelta(days=1), uses=50))
        )
    return links


def _build_once() -> None:
    """The demo, in an empty database. Raises ConfigError over real people's: their links are not ours to print."""
    if db.session.scalar(sa.select(AuditEntry.id).where(AuditEntry.action == "demo").limit(1)):
        return
    if db.session.scalar(sa.select(Person.id).limit(1)):
        raise ConfigError("this database holds a real community, not the demo. Run: DEMO=0 make run")
    cast = school.build()
    courtyard.liven(cast)
    home = cast.school.id
    AuditEntry.add("demo", actor_id=cast.people["head"].id, community_id=home, group_id=home)


def _owner_link() -> list[tuple[str, str]]:
    """The way in for the first owner; none any more, once somebody has come in."""
    if db.session.scalar(sa.select(Session.id).limit(1)):
        return []
    owner = db.session.scalar(sa.select(Person).order_by(Person.id).limit(1))
    if owner is None:
        owner = Person(picture="tree", colour="haldi", language="hi")
        db.session.add(owner)
        db.session.flush()
    return [("First owner, once:", "/enter/" + SignInCode.issue(owner, issuer=None, lasts=timedelta(days=7)))]
