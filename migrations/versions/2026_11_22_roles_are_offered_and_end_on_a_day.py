"""roles are offered and end on a day."""

import sqlalchemy as sa
from alembic import op

revision = "20261122e"
down_revision = "20261122i"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def upgrade() -> None:
    held = sa.text("role <> 'member'")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.add_column(sa.Column("role_until", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("role_since", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("role_by", NUMBER, nullable=True))
        batch_op.add_column(sa.Column("has_office", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("ix_membership_roles", "membership", ["group_id"], sqlite_where=held, postgresql_where=held)
    op.create_table(
        "office",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("category_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("given_by", NUMBER, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by", NUMBER, nullable=True),
        _key("office", "group_id", "group"),
        _key("office", "category_id", "category"),
        _key("office", "person_id", "person"),
        _key("office", "given_by", "person"),
        _key("office", "ended_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office")),
    )
    _index("office", "community_id", "group_id", "category_id", "person_id")
    going_on = sa.text("ended_at IS NULL")
    columns = ["group_id", "category_id", "person_id"]
    op.create_index("uq_office_held", "office", columns, unique=True, sqlite_where=going_on, postgresql_where=going_on)
    op.create_table(
        "appointment",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("category_id", NUMBER, nullable=True),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("hands_over", sa.Boolean(), nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("issuer_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=True),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("spoken", sa.Boolean(), nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("digits_digest", sa.String(length=64), nullable=True),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("expires", MOMENT, nullable=False),
        sa.Column("taken_by", NUMBER, nullable=True),
        sa.Column("answer", sa.String(length=10), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answered_by", NUMBER, nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        _key("appointment", "group_id", "group"),
        _key("appointment", "category_id", "category"),
        _key("appointment", "issuer_id", "person"),
        _key("appointment", "person_id", "person"),
        _key("appointment", "taken_by", "person"),
        _key("appointment", "answered_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_appointment_code_digest")),
        sa.UniqueConstraint("digits_digest", name=op.f("uq_appointment_digits_digest")),
    )
    _index("appointment", "community_id", "group_id", "issuer_id", "person_id")
    op.create_table(
        "role_end",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=True),
        _key("role_end", "group_id", "group"),
        _key("role_end", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_end")),
    )
    _index("role_end", "community_id", "group_id", "person_id")
    op.create_table(
        "level_template",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("made_by", NUMBER, nullable=False),
        _key("level_template", "group_id", "group"),
        _key("level_template", "made_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level_template")),
        sa.UniqueConstraint("group_id", "level", name=op.f("uq_level_template_group_id_level")),
    )
    _index("level_template", "community_id")
    op.create_table(
        "template_group",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("template_id", NUMBER, nullable=False),
        sa.Column("category_id", NUMBER, nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("picture", sa.String(length=24), nullable=False),
        sa.Column("colour", sa.String(length=12), nullable=False),
        _key("template_group", "template_id", "level_template"),
        _key("template_group", "category_id", "category"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_group")),
    )
    _index("template_group", "community_id", "template_id")


def downgrade() -> None:
    for table in ("template_group", "level_template", "role_end", "appointment", "office"):
        op.drop_table(table)
    # A role whose day has passed is a member's; without the column it would come to life again.
    op.execute("UPDATE membership SET role = 'member' WHERE role_until <= CURRENT_TIMESTAMP")
    op.drop_index("ix_membership_roles", table_name="membership")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        for column in ("has_office", "role_by", "role_since", "role_until"):
            batch_op.drop_column(column)
