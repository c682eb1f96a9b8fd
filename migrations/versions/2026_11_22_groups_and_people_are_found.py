"""groups and people are found."""

import sqlalchemy as sa
from alembic import op

revision = "20261122i"
down_revision = "20261122h"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "group_word",
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("spelling", WORD, nullable=False),
        sa.Column("sound", WORD, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["group.id"], ondelete="CASCADE", name=op.f("fk_group_word_group_id_group")
        ),
        sa.PrimaryKeyConstraint("group_id", "spelling", name=op.f("pk_group_word")),
    )
    op.create_table(
        "person_word",
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("spelling", WORD, nullable=False),
        sa.Column("sound", WORD, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], ondelete="CASCADE", name=op.f("fk_person_word_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", "community_id", "spelling", name=op.f("pk_person_word")),
    )
    for table, own in (("group_word", "group_id"), ("person_word", "person_id")):
        for column in ("spelling", "sound"):
            op.create_index(f"ix_{table}_{column}", table, ["community_id", column, own])
    # The names that are there already are written by the outbox, in batches, while people go on.
    op.execute(
        "INSERT INTO outbox (kind, key, args, created, run_at, rank, attempts)"
        " SELECT 'index', 'index:groups:0', '{}', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, 5, 0"
        " WHERE EXISTS (SELECT 1 FROM \"group\") AND NOT EXISTS (SELECT 1 FROM outbox WHERE key = 'index:groups:0')"
    )


def downgrade() -> None:
    op.execute("DELETE FROM outbox WHERE kind IN ('index', 'index-people')")
    op.drop_table("person_word")
    op.drop_table("group_word")
