"""What Aangan is measured against: Flask, Jinja and one SELECT of twenty rows, giving a page of the same bytes.

No sign-in, no languages, no roles, no headers: the least that a Flask developer could write for such a list.
Run: python -m bench.plain BYTES (PORT and THREADS from the environment).
"""

import os
import sys
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from flask import Flask, render_template
from flask_sqlalchemy import SQLAlchemy
from markupsafe import Markup
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from waitress import serve

from bench.news import NEWS

DRAWING = "M6 4h9a3 3 0 0 1 3 3v21a3 3 0 0 0-3-3H6zM27 4h-6a3 3 0 0 0-3 3v21a3 3 0 0 1 3-3h6z"
RULE = '<i class="rule"></i>'


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    author: Mapped[str] = mapped_column(sa.String(60))
    colour: Mapped[str] = mapped_column(sa.String(12))
    drawing: Mapped[str] = mapped_column(sa.Text)
    language: Mapped[str] = mapped_column(sa.String(8))
    said_at: Mapped[datetime]
    text: Mapped[str] = mapped_column(sa.Text)


db = SQLAlchemy(metadata=Base.metadata)


def create_app(wanted: int) -> Flask:
    """The plain app, each row of its page filled with constant markup so that the page has about `wanted` bytes."""
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{os.environ['INSTANCE']}/plain.db"
    db.init_app(app)
    with app.app_context():
        _fill()
    filling = _filling(app, wanted)

    @app.get("/")
    def show() -> str:
        return _render(filling)

    return app


def _filling(app: Flask, wanted: int) -> Markup:
    with app.test_request_context():
        missing = wanted - len(_render(Markup("")).encode())
    return Markup(RULE * max(0, missing // (len(RULE) * len(NEWS))))


def _fill() -> None:
    Base.metadata.create_all(db.engine)
    start = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=7)
    for number, (author, text) in enumerate(NEWS):
        said_at = start + timedelta(hours=8 * number)
        db.session.add(Note(author=author, colour="neela", drawing=DRAWING, language="hi", said_at=said_at, text=text))
    db.session.commit()


def _render(filling: Markup) -> str:
    newest = sa.select(Note).order_by(Note.said_at.desc()).limit(20)
    return render_template("plain.html", title="कक्षा 3", notes=db.session.scalars(newest).all(), filling=filling)


def main() -> None:
    app = create_app(int(sys.argv[1]))
    serve(app, host="127.0.0.1", port=int(os.environ["PORT"]), threads=int(os.environ["THREADS"]), ident=None)


if __name__ == "__main__":
    main()
