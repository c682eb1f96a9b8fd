"""big tasks are done in batches."""

import sqlalchemy as sa
from alembic import op

revision = "20261122h"
down_revision = "20261122d"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "errand",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("total", "done", "refused", "turns")),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("stopped_at", MOMENT, nullable=True),
        sa.Column("stopped_for", sa.String(length=40), nullable=True),
        sa.Column("undo_at", MOMENT, nullable=True),
        sa.Column("undo_by", NUMBER, nullable=True),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_errand_group_id_group")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_errand_person_id_person")),
        sa.ForeignKeyConstraint(["undo_by"], ["person.id"], name=op.f("fk_errand_undo_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_errand")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_errand_person_id_key")),
    )
    for column in ("community_id", "group_id"):
        op.create_index(op.f(f"ix_errand_{column}"), "errand", [column])
    op.create_table(
        "deed",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("errand_id", NUMBER, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("what", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["errand_id"], ["errand.id"], name=op.f("fk_deed_errand_id_errand")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deed")),
        sa.UniqueConstraint("errand_id", "number", name=op.f("uq_deed_errand_id_number")),
    )
    op.create_index(op.f("ix_deed_community_id"), "deed", ["community_id"])
    op.create_index("ix_deed_of", "deed", ["errand_id", "outcome", "number"])


def downgrade() -> None:
    op.drop_table("deed")
    op.drop_table("errand")
