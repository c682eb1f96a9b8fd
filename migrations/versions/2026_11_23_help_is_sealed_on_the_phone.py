"""help is sealed on the phone."""

revision = "20261125e"
down_revision = "20261125d"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
