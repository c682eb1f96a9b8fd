"""members talk, and ask upwards."""

import sqlalchemy as sa
from alembic import op

revision = "20261125a"
down_revision = "20261124p"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITS = sa.text("held_id IS NOT NULL")
OPEN = sa.text("ended_at IS NULL AND answered_at IS NULL")
FREE = sa.text("ended_at IS NULL AND answered_at IS NULL AND taken_by IS NULL AND trouble IS NULL")
HELP = sa.text("ended_at IS NULL AND answered_at IS NULL AND taken_by IS NULL AND trouble IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "duty",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("category_id", NUMBER, nullable=True),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", NUMBER, nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_duty_category_id_category")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_duty_ended_by_person")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_duty_group_id_group")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_duty_made_by_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_duty_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
    )
    op.create_index(op.f("ix_duty_community_id"), "duty", ["community_id"], unique=False)
    op.create_index(op.f("ix_duty_group_id"), "duty", ["group_id"], unique=False)
    op.create_index(op.f("ix_duty_person_id"), "duty", ["person_id"], unique=False)
    op.create_table(
        "question",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("category_id", NUMBER, nullable=True),
        sa.Column("trouble", sa.String(length=10), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("photo_id", NUMBER, nullable=True),
        sa.Column("voice_id", NUMBER, nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("unnamed", sa.Boolean(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("held_id", NUMBER, nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("desk_id", NUMBER, nullable=True),
        sa.Column("moves_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by", NUMBER, nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_helped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_question_category_id_category")),
        sa.ForeignKeyConstraint(["desk_id"], ["group.id"], name=op.f("fk_question_desk_id_group")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_question_group_id_group")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_question_person_id_person")),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_question_photo_id_photo")),
        sa.ForeignKeyConstraint(["removed_by"], ["person.id"], name=op.f("fk_question_removed_by_person")),
        sa.ForeignKeyConstraint(["taken_by"], ["person.id"], name=op.f("fk_question_taken_by_person")),
        sa.ForeignKeyConstraint(["voice_id"], ["voice.id"], name=op.f("fk_question_voice_id_voice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_question_person_id_key")),
    )
    op.create_index(op.f("ix_question_community_id"), "question", ["community_id"], unique=False)
    op.create_index(
        "ix_question_desk",
        "question",
        ["desk_id", "trouble", "moves_at"],
        unique=False,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index(
        "ix_question_free", "question", ["desk_id", "id"], unique=False, sqlite_where=FREE, postgresql_where=FREE
    )
    op.create_index(
        "ix_question_help", "question", ["desk_id", "id"], unique=False, sqlite_where=HELP, postgresql_where=HELP
    )
    op.create_index("ix_question_group_id", "question", ["group_id", "id"], unique=False)
    op.create_index(op.f("ix_question_person_id"), "question", ["person_id"], unique=False)
    op.create_index(op.f("ix_question_taken_by"), "question", ["taken_by"], unique=False)
    op.create_table(
        "talk_counter",
        sa.Column("group_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("seq", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_talk_counter_group_id_group")),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_talk_counter")),
    )
    op.create_index(op.f("ix_talk_counter_community_id"), "talk_counter", ["community_id"], unique=False)
    op.create_table(
        "talk_mark",
        sa.Column("group_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("person_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("seq", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_talk_mark_group_id_group")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_talk_mark_person_id_person")),
        sa.PrimaryKeyConstraint("group_id", "person_id", name=op.f("pk_talk_mark")),
    )
    op.create_index(op.f("ix_talk_mark_community_id"), "talk_mark", ["community_id"], unique=False)
    op.create_index(op.f("ix_talk_mark_person_id"), "talk_mark", ["person_id"], unique=False)
    op.create_table(
        "answer",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("question_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("voice_id", NUMBER, nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_answer_person_id_person")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_answer_question_id_question")),
        sa.ForeignKeyConstraint(["voice_id"], ["voice.id"], name=op.f("fk_answer_voice_id_voice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_answer_person_id_key")),
    )
    op.create_index(op.f("ix_answer_community_id"), "answer", ["community_id"], unique=False)
    op.create_index(op.f("ix_answer_person_id"), "answer", ["person_id"], unique=False)
    op.create_index(op.f("ix_answer_question_id"), "answer", ["question_id"], unique=False)
    op.create_table(
        "question_step",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("question_id", NUMBER, nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", NUMBER, nullable=True),
        sa.Column("to_id", NUMBER, nullable=True),
        sa.Column("desk_id", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["desk_id"], ["group.id"], name=op.f("fk_question_step_desk_id_group")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_question_step_person_id_person")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_question_step_question_id_question")),
        sa.ForeignKeyConstraint(["to_id"], ["person.id"], name=op.f("fk_question_step_to_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_step")),
    )
    op.create_index(op.f("ix_question_step_community_id"), "question_step", ["community_id"], unique=False)
    op.create_index(op.f("ix_question_step_person_id"), "question_step", ["person_id"], unique=False)
    op.create_index(op.f("ix_question_step_question_id"), "question_step", ["question_id"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("announcement_id", NUMBER, nullable=True),
        sa.Column("parent_id", NUMBER, nullable=True),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("seq", NUMBER, nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("photo_id", NUMBER, nullable=True),
        sa.Column("voice_id", NUMBER, nullable=True),
        sa.Column("held_id", NUMBER, nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcement.id"], name=op.f("fk_message_announcement_id_announcement")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_message_group_id_group")),
        sa.ForeignKeyConstraint(["parent_id"], ["message.id"], name=op.f("fk_message_parent_id_message")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_message_person_id_person")),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_message_photo_id_photo")),
        sa.ForeignKeyConstraint(["removed_by"], ["person.id"], name=op.f("fk_message_removed_by_person")),
        sa.ForeignKeyConstraint(["voice_id"], ["voice.id"], name=op.f("fk_message_voice_id_voice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_message_person_id_key")),
    )
    op.create_index("ix_message_announcement_id", "message", ["announcement_id", "id"], unique=False)
    op.create_index(op.f("ix_message_community_id"), "message", ["community_id"], unique=False)
    op.create_index(op.f("ix_message_parent_id"), "message", ["parent_id"], unique=False)
    op.create_index(op.f("ix_message_person_id"), "message", ["person_id"], unique=False)
    op.create_index(
        "ix_message_waiting", "message", ["person_id", "group_id"], sqlite_where=WAITS, postgresql_where=WAITS
    )
    op.create_index("uq_message_group_id_seq", "message", ["group_id", "seq"], unique=True)
    op.create_table(
        "reaction",
        sa.Column("message_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("person_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("picture", sa.String(length=8), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_reaction_message_id_message")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reaction_person_id_person")),
        sa.PrimaryKeyConstraint("message_id", "person_id", name=op.f("pk_reaction")),
    )
    op.create_index(op.f("ix_reaction_community_id"), "reaction", ["community_id"], unique=False)
    op.create_index(op.f("ix_reaction_person_id"), "reaction", ["person_id"], unique=False)
    op.add_column("announcement", sa.Column("replies", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("group", sa.Column("talking", sa.String(length=8), server_default="admins", nullable=False))


def downgrade() -> None:
    op.drop_column("group", "talking")
    op.drop_column("announcement", "replies")
    op.drop_index(op.f("ix_reaction_person_id"), table_name="reaction")
    op.drop_index(op.f("ix_reaction_community_id"), table_name="reaction")
    op.drop_table("reaction")
    op.drop_index("uq_message_group_id_seq", table_name="message")
    op.drop_index(op.f("ix_message_person_id"), table_name="message")
    op.drop_index(op.f("ix_message_parent_id"), table_name="message")
    op.drop_index(op.f("ix_message_community_id"), table_name="message")
    op.drop_index("ix_message_waiting", table_name="message", sqlite_where=WAITS, postgresql_where=WAITS)
    op.drop_index("ix_message_announcement_id", table_name="message")
    op.drop_table("message")
    op.drop_index(op.f("ix_question_step_question_id"), table_name="question_step")
    op.drop_index(op.f("ix_question_step_person_id"), table_name="question_step")
    op.drop_index(op.f("ix_question_step_community_id"), table_name="question_step")
    op.drop_table("question_step")
    op.drop_index(op.f("ix_answer_question_id"), table_name="answer")
    op.drop_index(op.f("ix_answer_person_id"), table_name="answer")
    op.drop_index(op.f("ix_answer_community_id"), table_name="answer")
    op.drop_table("answer")
    op.drop_index(op.f("ix_talk_mark_person_id"), table_name="talk_mark")
    op.drop_index(op.f("ix_talk_mark_community_id"), table_name="talk_mark")
    op.drop_table("talk_mark")
    op.drop_index(op.f("ix_talk_counter_community_id"), table_name="talk_counter")
    op.drop_table("talk_counter")
    op.drop_index(op.f("ix_question_taken_by"), table_name="question")
    op.drop_index(op.f("ix_question_person_id"), table_name="question")
    op.drop_index("ix_question_group_id", table_name="question")
    op.drop_index("ix_question_help", table_name="question", sqlite_where=HELP, postgresql_where=HELP)
    op.drop_index("ix_question_free", table_name="question", sqlite_where=FREE, postgresql_where=FREE)
    op.drop_index("ix_question_desk", table_name="question", sqlite_where=OPEN, postgresql_where=OPEN)
    op.drop_index(op.f("ix_question_community_id"), table_name="question")
    op.drop_table("question")
    op.drop_index(op.f("ix_duty_person_id"), table_name="duty")
    op.drop_index(op.f("ix_duty_group_id"), table_name="duty")
    op.drop_index(op.f("ix_duty_community_id"), table_name="duty")
    op.drop_table("duty")
