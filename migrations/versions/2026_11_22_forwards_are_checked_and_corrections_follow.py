"""forwards are checked and corrections follow."""

import sqlalchemy as sa
from alembic import op

revision = "20261123a"
down_revision = "20261123e"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("announcement", sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("delivery", sa.Column("correction", NUMBER, nullable=True))
    op.create_table(
        "correction",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("announcement_id", NUMBER, nullable=False),
        sa.Column("author_id", NUMBER, nullable=False),
        sa.Column("author_role", sa.String(length=10), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("voice_id", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcement.id"], name=op.f("fk_correction_announcement_id_announcement")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_correction_author_id_person")),
        sa.ForeignKeyConstraint(["voice_id"], ["voice.id"], name=op.f("fk_correction_voice_id_voice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    for column in ("announcement_id", "author_id"):
        op.create_index(op.f(f"ix_correction_{column}"), "correction", [column], unique=False)
    op.create_table(
        "open_news",
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_open_news_group_id_group")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_open_news_person_id_person")),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_open_news")),
    )
    for column in ("community_id", "person_id"):
        op.create_index(op.f(f"ix_open_news_{column}"), "open_news", [column], unique=False)


def downgrade() -> None:
    op.drop_table("open_news")
    op.drop_table("correction")
    op.drop_column("delivery", "correction")
    op.drop_column("announcement", "corrected_at")
