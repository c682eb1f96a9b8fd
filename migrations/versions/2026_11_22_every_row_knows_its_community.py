"""every row knows its community; what waits, what is pinned, who asks to come in is found among millions."""

import sqlalchemy as sa
from alembic import op

revision = "20261122k"
down_revision = "20261122j"
branch_labels = None
depends_on = None

TABLES = {
    "acknowledgement": "announcement", "delivery": "announcement", "filled_sentence": "announcement",
    "reach_count": "announcement", "translation": "announcement", "translation_request": "announcement", "ban": "group",
}  # fmt: skip
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FEW = (
    ("ix_announcement_waiting", "announcement", "author_id", "seq IS NULL"),
    ("ix_announcement_pinned", "announcement", "audience_id", "pinned_at IS NOT NULL"),
    ("ix_join_request_waiting", "join_request", "id", "answer IS NULL"),
)


def upgrade() -> None:
    for table, of in TABLES.items():
        # With a constant default no table is written anew for it; the filling writes each row once.
        op.add_column(table, sa.Column("community_id", BIG, nullable=False, server_default="0"))
        op.execute(
            f'UPDATE {table} SET community_id = (SELECT o.community_id FROM "{of}" o WHERE o.id = {table}.{of}_id)'  # noqa: S608
        )
    op.create_index("ix_membership_group_id_person_id", "membership", ["group_id", "person_id"])
    for name, table, column, where in FEW:
        only = sa.text(where)
        op.create_index(name, table, [column], sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    op.drop_index("ix_membership_group_id_person_id", table_name="membership")
    for name, table, _column, _where in FEW:
        op.drop_index(name, table_name=table)
    for table in TABLES:
        op.drop_column(table, "community_id")
