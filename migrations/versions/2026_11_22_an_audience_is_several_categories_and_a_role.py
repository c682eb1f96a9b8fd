"""an audience is several categories, and a role."""

import sqlalchemy as sa
from alembic import op

revision = "20261122c"
down_revision = "20261122f"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ALL, SOME = sa.text("category_id IS NULL"), sa.text("category_id IS NOT NULL")

MIXED = "% 2147483648 * 2654435761 % 4294967296 <"
SAMPLES = (
    ("ix_membership_sampled", "membership", ["group_id", "person_id"], f"person_id {MIXED} 536870912"),
    ("ix_membership_sampled_few", "membership", ["group_id", "person_id"], f"person_id {MIXED} 134217728"),
    ("ix_person_sampled", "person", ["id", "language"], f"id {MIXED} 536870912"),
    ("ix_listener_sampled", "listener", ["person_id", "subscription_id"], f"person_id {MIXED} 536870912"),
    ("ix_subscription_ended", "subscription", ["id"], "ended_at IS NOT NULL"),
)


def upgrade() -> None:
    op.create_table(
        "audience_category",
        sa.Column("audience_id", NUMBER, nullable=False),
        sa.Column("category_id", NUMBER, nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audience.id"], name=op.f("fk_audience_category_audience_id_audience")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_audience_category_category_id_category")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_audience_category_group_id_group")),
        sa.PrimaryKeyConstraint("audience_id", "category_id", name=op.f("pk_audience_category")),
    )
    op.create_index(op.f("ix_audience_category_community_id"), "audience_category", ["community_id"], unique=False)
    op.create_index(
        "ix_audience_category_group_id_category_id", "audience_category", ["group_id", "category_id"], unique=False
    )
    op.execute(
        "INSERT INTO audience_category (audience_id, category_id, group_id, community_id) "
        "SELECT id, category_id, group_id, community_id FROM audience WHERE category_id IS NOT NULL"
    )
    with op.batch_alter_table("audience", schema=None) as batch_op:
        batch_op.add_column(sa.Column("role", sa.String(length=10), nullable=False, server_default="member"))
        batch_op.add_column(sa.Column("narrowed", sa.String(length=250), nullable=False, server_default=""))
    op.execute("UPDATE audience SET narrowed = CAST(category_id AS VARCHAR) WHERE category_id IS NOT NULL")
    op.drop_index("uq_audience_group_id_category_id", "audience")
    op.drop_index("uq_audience_group_id", "audience")
    with op.batch_alter_table("audience", schema=None) as batch_op:
        batch_op.drop_constraint("fk_audience_category_id_category", type_="foreignkey")
        batch_op.drop_column("category_id")
        batch_op.create_unique_constraint(
            batch_op.f("uq_audience_group_id_role_narrowed"), ["group_id", "role", "narrowed"]
        )
    strong = sa.text("role <> 'member'")
    op.create_index(
        "ix_membership_strong",
        "membership",
        ["community_id", "person_id"],
        unique=False,
        sqlite_where=strong,
        postgresql_where=strong,
    )
    for name, table, columns, where in SAMPLES:
        of = sa.text(where)
        op.create_index(name, table, columns, unique=False, sqlite_where=of, postgresql_where=of)
    op.create_table(
        "headcount",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("narrowed", sa.String(length=250), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_headcount_group_id_group")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_headcount")),
        sa.UniqueConstraint("group_id", "role", "narrowed", name=op.f("uq_headcount_group_id_role_narrowed")),
    )
    op.create_index(op.f("ix_headcount_community_id"), "headcount", ["community_id"], unique=False)
    op.create_index(op.f("ix_headcount_group_id"), "headcount", ["group_id"], unique=False)


def downgrade() -> None:
    op.drop_table("headcount")
    for name, table, _columns, _where in SAMPLES:
        op.drop_index(name, table)
    op.drop_index("ix_membership_strong", "membership")
    with op.batch_alter_table("audience", schema=None) as batch_op:
        batch_op.drop_constraint("uq_audience_group_id_role_narrowed", type_="unique")
        batch_op.add_column(sa.Column("category_id", NUMBER, nullable=True))
        batch_op.create_foreign_key("fk_audience_category_id_category", "category", ["category_id"], ["id"])
    # Nobody may hear what was not for her: of several categories one is left, and what was for a role is taken away.
    op.execute(
        "UPDATE audience SET category_id = "
        "(SELECT min(category_id) FROM audience_category WHERE audience_category.audience_id = audience.id)"
    )
    op.execute(
        "UPDATE announcement SET removed_at = CURRENT_TIMESTAMP, removed_by = author_id, pinned_at = NULL "
        "WHERE removed_at IS NULL AND audience_id IN (SELECT id FROM audience WHERE role <> 'member')"
    )
    op.execute(
        "UPDATE announcement SET audience_id = (SELECT min(one.id) FROM audience AS one, audience AS its "
        "WHERE its.id = announcement.audience_id AND one.group_id = its.group_id "
        "AND coalesce(one.category_id, 0) = coalesce(its.category_id, 0))"
    )
    op.execute("DELETE FROM audience_category")
    op.execute("DELETE FROM audience WHERE id NOT IN (SELECT DISTINCT audience_id FROM announcement)")
    op.execute(
        "UPDATE audience SET pins = (SELECT count(*) FROM announcement "
        "WHERE audience_id = audience.id AND pinned_at IS NOT NULL)"
    )
    with op.batch_alter_table("audience", schema=None) as batch_op:
        batch_op.drop_column("narrowed")
        batch_op.drop_column("role")
    op.create_index(
        "uq_audience_group_id", "audience", ["group_id"], unique=True, sqlite_where=ALL, postgresql_where=ALL
    )
    op.create_index(
        "uq_audience_group_id_category_id",
        "audience",
        ["group_id", "category_id"],
        unique=True,
        sqlite_where=SOME,
        postgresql_where=SOME,
    )
    op.drop_table("audience_category")
