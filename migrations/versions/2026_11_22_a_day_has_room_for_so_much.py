"""a day has room for so much."""

import sqlalchemy as sa
from alembic import op

revision = "20261123g"
down_revision = "20261123a"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("answered_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "spent",
        sa.Column("person_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("slot", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("community_id", NUMBER, nullable=True),
        sa.Column("announcement_id", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("person_id", "day", "slot", name=op.f("pk_spent")),
    )
    op.create_index("ix_spent_day", "spent", ["day"], postgresql_using="brin")
    op.create_table(
        "budget",
        sa.Column("community_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("a_day", sa.SmallInteger(), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name=op.f("fk_budget_changed_by_person")),
        sa.PrimaryKeyConstraint("community_id", name=op.f("pk_budget")),
    )
    op.create_table(
        "urgency",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("announcement_id", NUMBER, nullable=False),
        sa.Column("asked_by", NUMBER, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcement.id"], name=op.f("fk_urgency_announcement_id_announcement")
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_urgency_answered_by_person")),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_urgency_asked_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_urgency")),
        sa.UniqueConstraint("announcement_id", name=op.f("uq_urgency_announcement_id")),
    )
    op.create_index(op.f("ix_urgency_asked_by"), "urgency", ["asked_by"])
    op.create_index("ix_urgency_open", "urgency", ["community_id"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.add_column("person", sa.Column("ceiling", sa.SmallInteger(), nullable=False, server_default="6"))
    op.add_column("person", sa.Column("on_call", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("announcement", sa.Column("urgent_reason", sa.String(length=160), nullable=True))
    op.add_column("announcement", sa.Column("urgent_alone", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for column in ("urgent_alone", "urgent_reason"):
        op.drop_column("announcement", column)
    for column in ("on_call", "ceiling"):
        op.drop_column("person", column)
    op.drop_table("urgency")
    op.drop_table("budget")
    op.drop_table("spent")
