"""words wait for a look."""

import sqlalchemy as sa
from alembic import op

revision = "20261123e"
down_revision = "20261123f"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITS = sa.text("answer IS NULL")


def upgrade() -> None:
    op.create_table(
        "held",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", NUMBER, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("why", sa.String(length=80), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", NUMBER, nullable=True),
        sa.Column("reason", sa.String(length=10), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_held_answered_by_person")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_held_group_id_group")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_held_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held")),
    )
    op.create_index(op.f("ix_held_community_id"), "held", ["community_id"], unique=False)
    op.create_index(op.f("ix_held_person_id"), "held", ["person_id"], unique=False)
    op.create_index("ix_held_waiting", "held", ["group_id"], sqlite_where=WAITS, postgresql_where=WAITS)
    op.create_index(
        "uq_held_waiting", "held", ["community_id", "kind", "subject_id"], unique=True, sqlite_where=WAITS,
        postgresql_where=WAITS,
    )  # fmt: skip
    op.add_column("announcement", sa.Column("held_id", NUMBER, nullable=True))
    op.add_column("group", sa.Column("looks_at_new", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("group", "looks_at_new")
    op.drop_column("announcement", "held_id")
    op.drop_table("held")
