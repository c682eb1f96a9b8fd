"""talk is reported and told later."""

import sqlalchemy as sa
from alembic import op

revision = "20261125f"
down_revision = "20261125e"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.String().with_variant(sa.String(collation="C"), "postgresql")
RINGS = sa.text("rings")


def upgrade() -> None:
    op.create_table(
        "message_word",
        sa.Column("group_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("word", WORD, nullable=False),
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("message_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_message_word_group_id_group")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], ondelete="CASCADE", name=op.f("fk_message_word_message_id_message")
        ),
        sa.PrimaryKeyConstraint("group_id", "word", "seq", name=op.f("pk_message_word")),
    )
    op.create_index(op.f("ix_message_word_message_id"), "message_word", ["message_id"], unique=False)
    op.add_column("talk_mark", sa.Column("rings", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "ix_talk_mark_rings", "talk_mark", ["group_id", "person_id"], unique=False, sqlite_where=RINGS,
        postgresql_where=RINGS,
    )  # fmt: skip
    op.add_column("group", sa.Column("rules", sa.String(length=500), server_default="", nullable=False))
    op.add_column("membership", sa.Column("greeted", sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade() -> None:
    op.drop_column("membership", "greeted")
    op.drop_column("group", "rules")
    op.drop_index("ix_talk_mark_rings", table_name="talk_mark", sqlite_where=RINGS, postgresql_where=RINGS)
    op.drop_column("talk_mark", "rings")
    op.drop_index(op.f("ix_message_word_message_id"), table_name="message_word")
    op.drop_table("message_word")
