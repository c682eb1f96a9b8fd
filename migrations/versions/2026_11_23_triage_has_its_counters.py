"""triage has its counters."""

revision = "20261125h"
down_revision = "20261125g"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
