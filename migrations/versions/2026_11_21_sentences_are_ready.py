"""sentences are ready."""

import sqlalchemy as sa
from alembic import op

revision = "20261121r"
down_revision = "20261121c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "filled_sentence",
        sa.Column("announcement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sentence", sa.String(length=20), nullable=False),
        sa.Column("slots", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcement.id"], name=op.f("fk_filled_sentence_announcement_id_announcement")
        ),
        sa.PrimaryKeyConstraint("announcement_id", name=op.f("pk_filled_sentence")),
    )


def downgrade() -> None:
    op.drop_table("filled_sentence")
