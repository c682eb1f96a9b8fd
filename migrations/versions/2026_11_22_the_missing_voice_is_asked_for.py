"""the missing voice is asked for."""

import sqlalchemy as sa
from alembic import op

revision = "20261122a"
down_revision = "20261121w"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "translation_request",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("announcement_id", NUMBER, nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("person_id", NUMBER, nullable=True),
        sa.Column("asked_by", NUMBER, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=10), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", NUMBER, nullable=True),
        sa.Column("reason", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcement.id"], name=op.f("fk_translation_request_announcement_id_announcement")
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_translation_request_answered_by_person")),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_translation_request_asked_by_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_translation_request_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translation_request")),
        sa.UniqueConstraint(
            "announcement_id",
            "language",
            "person_id",
            name=op.f("uq_translation_request_announcement_id_language_person_id"),
        ),
    )
    with op.batch_alter_table("translation_request", schema=None) as batch_op:
        for column in ("announcement_id", "asked_by", "person_id"):
            batch_op.create_index(batch_op.f(f"ix_translation_request_{column}"), [column], unique=False)
    machine = sa.text("person_id IS NULL")
    op.create_index(
        "uq_translation_request_machine",
        "translation_request",
        ["announcement_id", "language"],
        unique=True,
        sqlite_where=machine,
        postgresql_where=machine,
    )
    op.create_table(
        "helper",
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_helper_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "language", name=op.f("pk_helper")),
    )
    op.create_index(op.f("ix_helper_language"), "helper", ["language"], unique=False)
    op.create_table(
        "machine_words",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("engine", sa.String(length=20), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_machine_words")),
    )
    with op.batch_alter_table("translation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("words_digest", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("origin", sa.String(length=10), nullable=False, server_default="person"))
        batch_op.add_column(sa.Column("approved_by", NUMBER, nullable=True))
        batch_op.add_column(sa.Column("stale_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_translation_approved_by_person"), "person", ["approved_by"], ["id"])
        batch_op.create_index(batch_op.f("ix_translation_words_digest"), ["words_digest"], unique=False)
    op.add_column("announcement", sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("person", sa.Column("asked_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("delivery", sa.Column("language", sa.String(length=8), nullable=True))


def downgrade() -> None:
    op.drop_column("delivery", "language")
    op.drop_column("person", "asked_until")
    op.drop_column("announcement", "waits_until")
    with op.batch_alter_table("translation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_translation_words_digest"))
        batch_op.drop_constraint(batch_op.f("fk_translation_approved_by_person"), type_="foreignkey")
        for column in ("stale_at", "approved_by", "origin", "words_digest"):
            batch_op.drop_column(column)
    op.drop_table("machine_words")
    op.drop_table("helper")
    op.drop_table("translation_request")
