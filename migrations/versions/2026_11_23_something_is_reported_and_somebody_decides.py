"""something is reported, and somebody decides."""

import sqlalchemy as sa
from alembic import op

revision = "20261123d"
down_revision = "20261122g"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
OPEN = sa.text("decided_at IS NULL")


def _numbers(*names: str, needed: bool = True) -> list[sa.Column[int]]:
    return [sa.Column(name, NUMBER, nullable=not needed) for name in names]


def _moments(*names: str, needed: bool = False) -> list[sa.Column[object]]:
    return [sa.Column(name, MOMENT, nullable=not needed) for name in names]


def _keys(table: str, **of: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [f"{to}.id"], name=op.f(f"fk_{table}_{name}_{to}")) for name, to in of.items()
    ]


def _indexes(table: str, *names: str) -> None:
    for name in names:
        op.create_index(op.f(f"ix_{table}_{name}"), table, [name], unique=False)


def upgrade() -> None:
    op.add_column("person", sa.Column("silenced_until", MOMENT, nullable=True))
    op.add_column("person", sa.Column("blocks", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("ban", sa.Column("until", MOMENT, nullable=True))
    _block()
    _measure()
    _case()
    _report()


def _block() -> None:
    op.create_table(
        "block",
        *_numbers("id", "person_id", "blocked_id"),
        *_moments("created", needed=True),
        *_keys("block", person_id="person", blocked_id="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block")),
        sa.UniqueConstraint("person_id", "blocked_id", name=op.f("uq_block_person_id_blocked_id")),
    )
    _indexes("block", "person_id", "blocked_id")


def _measure() -> None:
    op.create_table(
        "measure",
        *_numbers("id", "community_id", "group_id", "person_id"),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        *_numbers("thing_id", needed=False),
        sa.Column("kept", sa.JSON(), nullable=True),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        *_numbers("voice_id", "by_id", needed=False),
        *_moments("created", needed=True),
        *_moments("until", "heard_at", "appealed_at", "ended_at"),
        *_numbers("ended_by", needed=False),
        sa.Column("pardon", sa.String(length=10), nullable=True),
        *_keys("measure", group_id="group", person_id="person", voice_id="voice", by_id="person", ended_by="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure")),
    )
    _indexes("measure", "community_id", "person_id")
    op.create_index("ix_measure_group_id_created", "measure", ["group_id", "created"], unique=False)
    op.create_index("ix_measure_thing", "measure", ["what", "thing_id"], unique=False)


def _case() -> None:
    people = {"accused_id": "person", "other_id": "person", "decided_by": "person"}
    places = {"group_id": "group", "desk_id": "group", "photo_id": "photo", "voice_id": "voice"}
    op.create_table(
        "care_case",
        *_numbers("id", "community_id", "group_id"),
        sa.Column("what", sa.String(length=12), nullable=False),
        *_numbers("thing_id"),
        *_numbers("accused_id", "other_id", needed=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        *_numbers("photo_id", "voice_id", "desk_id", needed=False),
        sa.Column("least", sa.String(length=10), nullable=False),
        sa.Column("passed_on", sa.Integer(), nullable=False),
        *_moments("created", needed=True),
        *_moments("rung_at", "decided_at"),
        *_numbers("decided_by", needed=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        *_keys("care_case", **people, **places),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_case")),
    )
    _indexes("care_case", "community_id")
    open_ones = {"sqlite_where": OPEN, "postgresql_where": OPEN}
    op.create_index("uq_care_case_open", "care_case", ["community_id", "what", "thing_id"], unique=True, **open_ones)
    op.create_index("ix_care_case_desk", "care_case", ["desk_id"], unique=False, **open_ones)


def _report() -> None:
    op.create_table(
        "report",
        *_numbers("id", "community_id", "case_id"),
        *_numbers("person_id", needed=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        *_numbers("voice_id", needed=False),
        *_moments("created", needed=True),
        *_moments("heard_at"),
        *_keys("report", case_id="care_case", person_id="person", voice_id="voice"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("case_id", "person_id", name=op.f("uq_report_case_id_person_id")),
    )
    _indexes("report", "community_id", "case_id", "person_id")


def downgrade() -> None:
    for table in ("report", "care_case", "measure", "block"):
        op.drop_table(table)
    op.drop_column("ban", "until")
    op.drop_column("person", "blocks")
    op.drop_column("person", "silenced_until")
