"""an announcement has a voice."""

import sqlalchemy as sa
from alembic import op

revision = "20261121d"
down_revision = "20261122a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "voice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("sizes", sa.JSON(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice")),
        sa.UniqueConstraint("key", name=op.f("uq_voice_key")),
    )
    with op.batch_alter_table("voice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_voice_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_voice_owner_id"), ["owner_id"], unique=False)

    with op.batch_alter_table("translation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("voice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_translation_voice_id_voice"), "voice", ["voice_id"], ["id"])
    asked = "translation_request"
    with op.batch_alter_table(asked, schema=None) as batch_op:
        batch_op.add_column(sa.Column("voice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.create_foreign_key(batch_op.f(f"fk_{asked}_voice_id_voice"), "voice", ["voice_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("translation_request", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_translation_request_voice_id_voice"), type_="foreignkey")
        batch_op.drop_column("voice_id")
    with op.batch_alter_table("translation", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_translation_voice_id_voice"), type_="foreignkey")
        batch_op.drop_column("voice_id")

    op.drop_table("voice")
