"""people see who sees them, leave in peace, and are erased; the audit log is only ever added to."""

import sqlalchemy as sa
from alembic import op

revision = "20261123f"
down_revision = "20261123d"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
OPEN = sa.text("done_at IS NULL AND undone_at IS NULL")
REFUSED = "the audit log is only ever added to"
WATCH = {
    "sqlite": [
        *(
            f"CREATE TRIGGER audit_entry_{what} BEFORE {what.upper()} ON audit_entry "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
            for what in ("update", "delete")
        ),
        "CREATE TRIGGER audit_entry_replace BEFORE INSERT ON audit_entry WHEN EXISTS "  # noqa: S608  words of our own
        f"(SELECT 1 FROM audit_entry WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION audit_entry_lasts() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'restrict_violation'; END $$",
        "CREATE TRIGGER audit_entry_lasts BEFORE UPDATE OR DELETE ON audit_entry "
        "FOR EACH ROW EXECUTE FUNCTION audit_entry_lasts()",
        "CREATE TRIGGER audit_entry_stays BEFORE TRUNCATE ON audit_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_lasts()",
    ],
}
FREE = {
    "sqlite": [f"DROP TRIGGER audit_entry_{what}" for what in ("update", "delete", "replace")],
    "postgresql": [
        "DROP TRIGGER audit_entry_stays ON audit_entry",
        "DROP TRIGGER audit_entry_lasts ON audit_entry",
        "DROP FUNCTION audit_entry_lasts()",
    ],
}


def upgrade() -> None:
    _placed("silence", sa.Column("created", MOMENT, nullable=False), sa.Column("until", MOMENT, nullable=False))
    _placed(
        "contact",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
    )
    _placed(
        "consent", sa.Column("notice", sa.String(length=20), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False), sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("created", MOMENT, nullable=False), unique=("notice", "version", "language"),
    )  # fmt: skip
    _erasures()
    for statement in WATCH[op.get_bind().dialect.name]:
        op.execute(statement)
    op.execute(
        "INSERT INTO outbox (kind, key, args, created, run_at, rank, attempts) "
        "VALUES ('tidy', 'tidy:first', '{}', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, 5, 0)"
    )


def _placed(name: str, *columns: sa.Column, unique: tuple[str, ...] = ()) -> None:
    """What somebody has, said or accepted in a group."""
    key = ("group_id", "person_id", *unique)
    op.create_table(
        name,
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f(f"fk_{name}_group_id_group")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f(f"fk_{name}_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(*key, name=op.f(f"uq_{name}_{'_'.join(key)}")),
    )
    for column in ("community_id", "group_id", "person_id"):
        if (name, column) != ("contact", "group_id"):
            op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def _erasures() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("why", sa.String(length=10), nullable=False),
        sa.Column("takes_voices", sa.Boolean(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("due", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_erasure_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index(op.f("ix_erasure_person_id"), "erasure", ["person_id"])
    op.create_index("uq_erasure_open", "erasure", ["person_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    """Whoever was erased stays erased: nothing of hers is there any more."""
    op.execute("DELETE FROM outbox WHERE kind IN ('tidy', 'erase', 'erase-files', 'last-call')")
    for statement in FREE[op.get_bind().dialect.name]:
        op.execute(statement)
    for name in ("erasure", "consent", "contact", "silence"):
        op.drop_table(name)
