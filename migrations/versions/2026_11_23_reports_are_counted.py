"""reports are counted."""

import sqlalchemy as sa
from alembic import op

revision = "20261123h"
down_revision = "20261123b"
branch_labels = None
depends_on = None

COLUMNS = {"reports": sa.Integer(), "all_reports": sa.BigInteger().with_variant(sa.Integer(), "sqlite")}


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column("group_counter", sa.Column(name, kind, nullable=False, server_default="0"))
    _begin()


def _begin() -> None:
    """What waits already is counted once the outbox runs."""
    op.execute(
        "INSERT INTO counter_change (community_id, group_id, branch) "
        "SELECT DISTINCT community_id, desk_id, false FROM care_case WHERE decided_at IS NULL AND desk_id IS NOT NULL"
    )
    op.execute(
        "INSERT INTO outbox (kind, key, args, created, run_at, rank, attempts) "
        "SELECT 'count', 'count:reports', '{}', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, 4, 0 "
        "WHERE EXISTS (SELECT 1 FROM counter_change)"
    )


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_column("group_counter", name)
