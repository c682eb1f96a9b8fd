"""good answers are kept."""

import sqlalchemy as sa
from alembic import op

revision = "20261125b"
down_revision = "20261125a"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "good_answer",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("category_id", NUMBER, nullable=True),
        sa.Column("question_id", NUMBER, nullable=True),
        sa.Column("same_id", NUMBER, nullable=True),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("voice_id", NUMBER, nullable=True),
        sa.Column("borrowed", sa.Boolean(), nullable=False),
        sa.Column("helped", sa.Integer(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_good_answer_category_id_category")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_good_answer_ended_by_person")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_good_answer_group_id_group")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_good_answer_person_id_person")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_good_answer_question_id_question"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["same_id"], ["good_answer.id"], name=op.f("fk_good_answer_same_id_good_answer")),
        sa.ForeignKeyConstraint(["voice_id"], ["voice.id"], name=op.f("fk_good_answer_voice_id_voice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_good_answer")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_good_answer_person_id_key")),
    )
    op.create_index(op.f("ix_good_answer_community_id"), "good_answer", ["community_id"], unique=False)
    op.create_index(op.f("ix_good_answer_group_id"), "good_answer", ["group_id"], unique=False)
    op.create_index(op.f("ix_good_answer_question_id"), "good_answer", ["question_id"], unique=False)
    op.create_index(op.f("ix_good_answer_same_id"), "good_answer", ["same_id"], unique=False)
    op.create_table(
        "good_answer_permit",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("question_id", NUMBER, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=3), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["question.id"],
            name=op.f("fk_good_answer_permit_question_id_question"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_good_answer_permit")),
        sa.UniqueConstraint("question_id", name=op.f("uq_good_answer_permit_question_id")),
    )
    op.create_index(op.f("ix_good_answer_permit_community_id"), "good_answer_permit", ["community_id"], unique=False)


def downgrade() -> None:
    op.drop_table("good_answer_permit")
    op.drop_table("good_answer")
