"""who asks to come in is asked."""

import sqlalchemy as sa
from alembic import op

revision = "20261125g"
down_revision = "20261125f"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "door_question",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("pictures", sa.String(length=80), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", NUMBER, nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_door_question_group_id_group")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_door_question_made_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_question")),
        sa.UniqueConstraint("group_id", "key", name=op.f("uq_door_question_group_id_key")),
    )
    op.create_index(op.f("ix_door_question_community_id"), "door_question", ["community_id"], unique=False)
    op.create_table(
        "door_answer",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("request_id", NUMBER, nullable=False),
        sa.Column("question_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("picture", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=120), nullable=False),
        sa.Column("voice_id", NUMBER, nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_door_answer_person_id_person")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["door_question.id"], name=op.f("fk_door_answer_question_id_door_question")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["join_request.id"], name=op.f("fk_door_answer_request_id_join_request")
        ),
        sa.ForeignKeyConstraint(["voice_id"], ["voice.id"], name=op.f("fk_door_answer_voice_id_voice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_answer")),
        sa.UniqueConstraint("request_id", "question_id", name=op.f("uq_door_answer_request_id_question_id")),
    )
    op.create_index(op.f("ix_door_answer_community_id"), "door_answer", ["community_id"], unique=False)
    op.create_index(op.f("ix_door_answer_person_id"), "door_answer", ["person_id"], unique=False)
    op.create_index(op.f("ix_door_answer_request_id"), "door_answer", ["request_id"], unique=False)
    op.add_column("join_request", sa.Column("has_answers", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("join_request", "has_answers")
    op.drop_index(op.f("ix_door_answer_request_id"), table_name="door_answer")
    op.drop_index(op.f("ix_door_answer_person_id"), table_name="door_answer")
    op.drop_index(op.f("ix_door_answer_community_id"), table_name="door_answer")
    op.drop_table("door_answer")
    op.drop_index(op.f("ix_door_question_community_id"), table_name="door_question")
    op.drop_table("door_question")
