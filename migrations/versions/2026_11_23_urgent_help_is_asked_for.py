"""urgent help is asked for."""

import sqlalchemy as sa
from alembic import op

revision = "20261125d"
down_revision = "20261125c"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "group_place",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_group_place_group_id_group")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_place")),
        sa.UniqueConstraint("group_id", name=op.f("uq_group_place_group_id")),
    )
    op.create_index(op.f("ix_group_place_community_id"), "group_place", ["community_id"], unique=False)
    op.create_table(
        "aid",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("question_id", NUMBER, nullable=True),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_aid_group_id_group")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_aid_person_id_person")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_aid_question_id_question"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_aid_person_id_key")),
    )
    op.create_index(op.f("ix_aid_community_id"), "aid", ["community_id"], unique=False)
    op.create_index(op.f("ix_aid_group_id"), "aid", ["group_id"], unique=False)
    op.create_index(op.f("ix_aid_person_id"), "aid", ["person_id"], unique=False)
    op.create_index(op.f("ix_aid_question_id"), "aid", ["question_id"], unique=False)


def downgrade() -> None:
    op.drop_table("aid")
    op.drop_table("group_place")
