"""urgent help is asked for."""

revision = "20261125d"
down_revision = "20261125c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
