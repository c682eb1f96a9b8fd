"""triage has its counters."""

import sqlalchemy as sa
from alembic import op

revision = "20261125h"
down_revision = "20261125g"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = ("urgent", "questions", "rumours")
PRESS = ("press", "press_plain")
COLUMNS = (
    {kind: sa.Integer() for kind in KINDS} | {f"all_{kind}": NUMBER for kind in KINDS} | dict.fromkeys(PRESS, NUMBER)
)


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column("group_counter", sa.Column(name, kind, nullable=False, server_default="0"))
    for name in PRESS:
        there = sa.text(f"{name} > 0")
        columns = ["community_id", name, "group_id"]
        op.create_index(
            f"ix_group_counter_{name}", "group_counter", columns, sqlite_where=there, postgresql_where=there
        )
    _begin()


def _begin() -> None:
    """What waits already is counted once the outbox runs."""
    op.execute(
        "INSERT INTO counter_change (community_id, group_id, branch) "
        "SELECT community_id, group_id, false FROM group_counter WHERE waiting > 0 OR reports > 0 "
        "UNION SELECT community_id, COALESCE(desk_id, group_id), false FROM question "
        "WHERE ended_at IS NULL AND answered_at IS NULL"
    )
    op.execute(
        "INSERT INTO outbox (kind, key, args, created, run_at, rank, attempts) "
        "SELECT 'count', 'count:triage', '{}', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, 4, 0 "
        "WHERE EXISTS (SELECT 1 FROM counter_change)"
    )


def downgrade() -> None:
    for name in reversed(PRESS):
        op.drop_index(f"ix_group_counter_{name}", table_name="group_counter")
    for name in reversed(COLUMNS):
        op.drop_column("group_counter", name)
