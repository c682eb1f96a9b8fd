"""help is sealed on the phone."""

import sqlalchemy as sa
from alembic import op

revision = "20261125e"
down_revision = "20261125d"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("erased_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "sealed_thread",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("question_id", NUMBER, nullable=False),
        sa.Column("asker_id", NUMBER, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_by", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["asker_id"], ["person.id"], name=op.f("fk_sealed_thread_asker_id_person")),
        sa.ForeignKeyConstraint(["erased_by"], ["person.id"], name=op.f("fk_sealed_thread_erased_by_person")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_sealed_thread_group_id_group")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_sealed_thread_question_id_question"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_thread")),
    )
    op.create_index(op.f("ix_sealed_thread_asker_id"), "sealed_thread", ["asker_id"], unique=False)
    op.create_index(op.f("ix_sealed_thread_community_id"), "sealed_thread", ["community_id"], unique=False)
    op.create_index(op.f("ix_sealed_thread_group_id"), "sealed_thread", ["group_id"], unique=False)
    op.create_index(op.f("ix_sealed_thread_question_id"), "sealed_thread", ["question_id"], unique=False)
    op.create_index(
        "uq_sealed_thread_question_id",
        "sealed_thread",
        ["question_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "phone_key",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("thread_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("phone_id", NUMBER, nullable=False),
        sa.Column("public", sa.String(length=88), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_phone_key_person_id_person")),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["sealed_thread.id"], name=op.f("fk_phone_key_thread_id_sealed_thread"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_key")),
        sa.UniqueConstraint("thread_id", "public", name=op.f("uq_phone_key_thread_id_public")),
    )
    op.create_index(op.f("ix_phone_key_community_id"), "phone_key", ["community_id"], unique=False)
    op.create_index(op.f("ix_phone_key_person_id"), "phone_key", ["person_id"], unique=False)
    op.create_index(op.f("ix_phone_key_thread_id"), "phone_key", ["thread_id"], unique=False)
    op.create_table(
        "sealed_message",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("thread_id", NUMBER, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("phone_key_id", NUMBER, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("ephemeral", sa.String(length=88), nullable=False),
        sa.Column("iv", sa.String(length=16), nullable=False),
        sa.Column("ciphertext", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sealed_message_person_id_person")),
        sa.ForeignKeyConstraint(
            ["phone_key_id"],
            ["phone_key.id"],
            name=op.f("fk_sealed_message_phone_key_id_phone_key"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["sealed_thread.id"],
            name=op.f("fk_sealed_message_thread_id_sealed_thread"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_message")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_sealed_message_person_id_key")),
        sa.UniqueConstraint("thread_id", "number", name=op.f("uq_sealed_message_thread_id_number")),
    )
    op.create_index(op.f("ix_sealed_message_community_id"), "sealed_message", ["community_id"], unique=False)
    op.create_index(op.f("ix_sealed_message_person_id"), "sealed_message", ["person_id"], unique=False)
    op.create_index(op.f("ix_sealed_message_phone_key_id"), "sealed_message", ["phone_key_id"], unique=False)
    op.create_table(
        "sealed_key",
        sa.Column("message_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("phone_key_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("wrapped", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["sealed_message.id"],
            name=op.f("fk_sealed_key_message_id_sealed_message"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["phone_key_id"], ["phone_key.id"], name=op.f("fk_sealed_key_phone_key_id_phone_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", "phone_key_id", name=op.f("pk_sealed_key")),
    )
    op.create_index(op.f("ix_sealed_key_phone_key_id"), "sealed_key", ["phone_key_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_sealed_key_phone_key_id"), table_name="sealed_key")
    op.drop_table("sealed_key")
    op.drop_index(op.f("ix_sealed_message_phone_key_id"), table_name="sealed_message")
    op.drop_index(op.f("ix_sealed_message_person_id"), table_name="sealed_message")
    op.drop_index(op.f("ix_sealed_message_community_id"), table_name="sealed_message")
    op.drop_table("sealed_message")
    op.drop_index(op.f("ix_phone_key_thread_id"), table_name="phone_key")
    op.drop_index(op.f("ix_phone_key_person_id"), table_name="phone_key")
    op.drop_index(op.f("ix_phone_key_community_id"), table_name="phone_key")
    op.drop_table("phone_key")
    op.drop_index("uq_sealed_thread_question_id", table_name="sealed_thread", sqlite_where=OPEN, postgresql_where=OPEN)
    op.drop_index(op.f("ix_sealed_thread_question_id"), table_name="sealed_thread")
    op.drop_index(op.f("ix_sealed_thread_group_id"), table_name="sealed_thread")
    op.drop_index(op.f("ix_sealed_thread_community_id"), table_name="sealed_thread")
    op.drop_index(op.f("ix_sealed_thread_asker_id"), table_name="sealed_thread")
    op.drop_table("sealed_thread")
