"""categories are a shared list, said in every language; what others were told can be looked up."""

import sqlalchemy as sa
from alembic import op

revision = "20261122d"
down_revision = "20261122c"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("category", sa.Column("key", sa.String(length=24), nullable=True))
    op.add_column("category", sa.Column("likeness", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("category", sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("category", sa.Column("retired_by", NUMBER, nullable=True))
    # Two that stand there may be alike: each keeps a sign of its own until it is named anew.
    op.execute("UPDATE category SET likeness = 'before ' || id")
    op.create_index("uq_category_community_id_key", "category", ["community_id", "key"], unique=True)
    op.create_index("uq_category_community_id_likeness", "category", ["community_id", "likeness"], unique=True)
    op.create_table(
        "unlisted",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_unlisted_group_id_group")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_unlisted_person_id_person")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_unlisted_ended_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unlisted")),
    )
    op.create_index(op.f("ix_unlisted_community_id"), "unlisted", ["community_id"], unique=False)
    now = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_unlisted_group_id", "unlisted", ["group_id"], unique=True, sqlite_where=now, postgresql_where=now
    )
    # What was said before stays with those it was said to: nobody announced it for all to look up.
    op.add_column("announcement", sa.Column("told", sa.String(length=8), nullable=True))
    told = sa.text("told IS NOT NULL")
    op.create_index(
        "ix_announcement_told",
        "announcement",
        ["community_id", "told", "seq"],
        unique=False,
        sqlite_where=told,
        postgresql_where=told,
    )


def downgrade() -> None:
    op.drop_index("ix_announcement_told", "announcement")
    op.drop_column("announcement", "told")
    op.drop_table("unlisted")
    op.drop_index("uq_category_community_id_likeness", "category")
    op.drop_index("uq_category_community_id_key", "category")
    for column in ("retired_by", "retired_at", "likeness", "key"):
        op.drop_column("category", column)
