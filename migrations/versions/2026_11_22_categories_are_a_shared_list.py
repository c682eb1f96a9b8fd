"""categories are a shared list, said in every language."""

import sqlalchemy as sa
from alembic import op

revision = "20261122d"
down_revision = "20261122f"
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


def downgrade() -> None:
    op.drop_index("uq_category_community_id_likeness", "category")
    op.drop_index("uq_category_community_id_key", "category")
    for column in ("retired_by", "retired_at", "likeness", "key"):
        op.drop_column("category", column)
