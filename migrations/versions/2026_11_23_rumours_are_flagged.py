"""rumours are flagged."""

import sqlalchemy as sa
from alembic import op

revision = "20261125c"
down_revision = "20261125b"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "rumour",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("thing_id", NUMBER, nullable=True),
        sa.Column("author_id", NUMBER, nullable=True),
        sa.Column("words_digest", sa.String(length=64), nullable=False),
        sa.Column("category_id", NUMBER, nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("photo_id", NUMBER, nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("desk_id", NUMBER, nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("said_in", sa.String(length=8), nullable=True),
        sa.Column("voice_id", NUMBER, nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", NUMBER, nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_rumour_answered_by_person")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_rumour_author_id_person")),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_rumour_category_id_category")),
        sa.ForeignKeyConstraint(["desk_id"], ["group.id"], name=op.f("fk_rumour_desk_id_group")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_rumour_group_id_group")),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_rumour_photo_id_photo")),
        sa.ForeignKeyConstraint(["removed_by"], ["person.id"], name=op.f("fk_rumour_removed_by_person")),
        sa.ForeignKeyConstraint(["voice_id"], ["voice.id"], name=op.f("fk_rumour_voice_id_voice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rumour")),
        sa.UniqueConstraint("group_id", "words_digest", name=op.f("uq_rumour_group_id_words_digest")),
    )
    op.create_index(op.f("ix_rumour_community_id"), "rumour", ["community_id"], unique=False)
    op.create_index(
        "ix_rumour_open",
        "rumour",
        ["desk_id", "id"],
        unique=False,
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_index("ix_rumour_words", "rumour", ["community_id", "words_digest"], unique=False)
    op.create_table(
        "rumour_flag",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("rumour_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_rumour_flag_person_id_person")),
        sa.ForeignKeyConstraint(
            ["rumour_id"], ["rumour.id"], name=op.f("fk_rumour_flag_rumour_id_rumour"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rumour_flag")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_rumour_flag_person_id_key")),
        sa.UniqueConstraint("rumour_id", "person_id", name=op.f("uq_rumour_flag_rumour_id_person_id")),
    )
    op.create_index(op.f("ix_rumour_flag_community_id"), "rumour_flag", ["community_id"], unique=False)
    op.create_index(op.f("ix_rumour_flag_person_id"), "rumour_flag", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("rumour_flag")
    op.drop_table("rumour")
