"""communities come together."""

import sqlalchemy as sa
from alembic import op

revision = "20261122g"
down_revision = "20261122k"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GROUPS = ("guest_id", "host_id")
PEOPLE = ("asked_by", "answered_by", "agreed_by", "closed_by", "undone_by")
MOMENTS = ("answered_at", "agreed_at", "closed_at", "undone_at")


def upgrade() -> None:
    op.add_column("group", sa.Column("joined", sa.String(length=600), nullable=True))
    op.add_column("group", sa.Column("merged_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "merger",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        *(sa.Column(name, NUMBER, nullable=True) for name in GROUPS),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        *(sa.Column(name, NUMBER, nullable=name != "asked_by") for name in PEOPLE),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in MOMENTS),
        sa.Column("shift", NUMBER, nullable=False),
        sa.Column("floor", NUMBER, nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        *(sa.ForeignKeyConstraint([name], ["group.id"], name=op.f(f"fk_merger_{name}_group")) for name in GROUPS),
        *(sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_merger_{name}_person")) for name in PEOPLE),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merger")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_merger_code_digest")),
    )
    for name in ("community_id", *GROUPS, "asked_by", "answered_by"):
        op.create_index(op.f(f"ix_merger_{name}"), "merger", [name], unique=False)
    standing = sa.text("agreed_at IS NOT NULL AND undone_at IS NULL")
    op.create_index(
        "uq_merger_standing", "merger", ["guest_id"], unique=True, sqlite_where=standing, postgresql_where=standing
    )


def downgrade() -> None:
    op.drop_table("merger")
    op.drop_column("group", "merged_at")
    op.drop_column("group", "joined")
