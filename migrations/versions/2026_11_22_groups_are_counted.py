"""groups are counted."""

import sqlalchemy as sa
from alembic import op

revision = "20261122j"
down_revision = "20261122br"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
OWN = (
    "groups",
    "people",
    "new_7",
    "new_30",
    "phones",
    "died",
    "reached",
    "heard",
    "said",
    "waiting",
    "asleep",
    "needs",
)
SMALL = ("groups", "asleep", "needs")


def upgrade() -> None:
    own = [sa.Column(name, sa.Integer(), nullable=False) for name in (*OWN, "why", "need", "admins")]
    sums = [sa.Column(f"all_{name}", sa.Integer() if name in SMALL else NUMBER, nullable=False) for name in OWN]
    op.create_table(
        "group_counter",
        sa.Column("community_id", NUMBER, nullable=False, autoincrement=False),
        sa.Column("group_id", NUMBER, nullable=False, autoincrement=False),
        sa.Column("counted_at", MOMENT, nullable=False),
        *own,
        *sums,
        sa.PrimaryKeyConstraint("community_id", "group_id", name=op.f("pk_group_counter")),
    )
    needed = sa.text("need > 0")
    op.create_index(
        "ix_group_counter_need",
        "group_counter",
        ["community_id", "need", "group_id"],
        sqlite_where=needed,
        postgresql_where=needed,
    )
    op.create_table(
        "counter_change",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("branch", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_change")),
    )
    op.create_table(
        "counter_check",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("looked", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_check")),
        sa.UniqueConstraint("community_id", "day", name=op.f("uq_counter_check_community_id_day")),
    )
    op.create_table(
        "admin_call",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("called_by", NUMBER, nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_admin_call_group_id_group")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_admin_call_person_id_person")),
        sa.ForeignKeyConstraint(["called_by"], ["person.id"], name=op.f("fk_admin_call_called_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_call")),
    )
    with op.batch_alter_table("admin_call", schema=None) as batch_op:
        for column in ("group_id", "person_id"):
            batch_op.create_index(batch_op.f(f"ix_admin_call_{column}"), [column], unique=False)
    _begin()


def _begin() -> None:
    """The communities that there are: each is counted once the outbox runs."""
    op.execute(
        "INSERT INTO counter_change (community_id, group_id, branch) "
        'SELECT community_id, id, true FROM "group" WHERE parent_id IS NULL'
    )
    op.execute(
        "INSERT INTO outbox (kind, key, args, created, run_at, rank, attempts) "
        "SELECT 'count', 'count:first', '{}', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, 4, 0 "
        "WHERE EXISTS (SELECT 1 FROM counter_change)"
    )


def downgrade() -> None:
    op.execute("DELETE FROM outbox WHERE kind IN ('count', 'recount', 'call-admin')")
    for table in ("admin_call", "counter_check", "counter_change", "group_counter"):
        op.drop_table(table)
