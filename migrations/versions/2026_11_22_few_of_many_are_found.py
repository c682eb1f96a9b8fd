"""What few of many are has indexes of its own: what waits, what is pinned, who asks to come in.

Revision ID: 20261122k
Revises: 20261122f
"""

import sqlalchemy as sa
from alembic import op

revision = "20261122k"
down_revision = "20261122f"
branch_labels = None
depends_on = None

FEW = (
    ("ix_announcement_waiting", "announcement", "author_id", "seq IS NULL"),
    ("ix_announcement_pinned", "announcement", "audience_id", "pinned_at IS NOT NULL"),
    ("ix_join_request_waiting", "join_request", "id", "answer IS NULL"),
)


def upgrade():
    for name, table, column, where in FEW:
        only = sa.text(where)
        op.create_index(name, table, [column], sqlite_where=only, postgresql_where=only)


def downgrade():
    for name, table, _column, _where in FEW:
        op.drop_index(name, table_name=table)
