"""talk is reported and told later."""

revision = "20261125f"
down_revision = "20261125e"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
