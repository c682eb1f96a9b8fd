"""who asks to come in is asked."""

revision = "20261125g"
down_revision = "20261125f"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
