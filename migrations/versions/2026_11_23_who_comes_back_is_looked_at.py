"""who comes back is looked at."""

import sqlalchemy as sa
from alembic import op

revision = "20261123c"
down_revision = "20261123g"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "recovery",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("issuer_id", NUMBER, nullable=True),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("refused_at", MOMENT, nullable=True),
        sa.Column("restored_at", MOMENT, nullable=True),
        sa.Column("restored_by", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["issuer_id"], ["person.id"], name=op.f("fk_recovery_issuer_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recovery_person_id_person")),
        sa.ForeignKeyConstraint(["restored_by"], ["person.id"], name=op.f("fk_recovery_restored_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery")),
    )
    op.create_index(op.f("ix_recovery_person_id"), "recovery", ["person_id"], unique=False)
    op.create_table(
        "passkey",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("credential", sa.Text(), nullable=False),
        sa.Column("credential_digest", sa.String(length=64), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sign_count", NUMBER, nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("asks_until", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_passkey_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_digest", name=op.f("uq_passkey_credential_digest")),
    )
    op.create_index(op.f("ix_passkey_person_id"), "passkey", ["person_id"], unique=False)
    op.create_table(
        "number",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=True),
        sa.Column("expires", MOMENT, nullable=True),
        sa.Column("proven_at", MOMENT, nullable=True),
        sa.Column("created", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_number_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number")),
        sa.UniqueConstraint("person_id", name=op.f("uq_number_person_id")),
    )
    proven = sa.text("proven_at IS NOT NULL")
    op.create_index(
        "uq_number_mark", "number", ["mark"], unique=True, sqlite_where=proven, postgresql_where=proven
    )  # fmt: skip
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("proved_at", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("recovery_id", NUMBER, nullable=True))
        batch_op.add_column(sa.Column("without_roles", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_foreign_key(batch_op.f("fk_session_recovery_id_recovery"), "recovery", ["recovery_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_session_recovery_id"), ["recovery_id"], unique=False)
    with op.batch_alter_table("sign_in_code", schema=None) as batch_op:
        batch_op.add_column(sa.Column("recovery_id", NUMBER, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_sign_in_code_recovery_id_recovery"), "recovery", ["recovery_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_sign_in_code_recovery_id"), ["recovery_id"], unique=False)


def downgrade() -> None:
    """What was opened without roles, and codes that would open so, must not have them now: they end."""
    op.execute("UPDATE session SET ended_at = seen WHERE without_roles AND ended_at IS NULL")
    op.execute("UPDATE sign_in_code SET uses_left = 0 WHERE recovery_id IS NOT NULL")
    op.execute("UPDATE appointment SET answer = 'withdrawn' WHERE answer = 'pending'")
    for table, columns in (
        ("sign_in_code", ["recovery_id"]),
        ("session", ["without_roles", "recovery_id", "proved_at"]),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(batch_op.f(f"ix_{table}_recovery_id"))
            batch_op.drop_constraint(batch_op.f(f"fk_{table}_recovery_id_recovery"), type_="foreignkey")
            for column in columns:
                batch_op.drop_column(column)
    op.drop_table("number")
    op.drop_table("passkey")
    op.drop_table("recovery")
