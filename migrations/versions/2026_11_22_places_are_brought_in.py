"""places are brought in."""

import sqlalchemy as sa
from alembic import op

revision = "20261122br"
down_revision = "20261122e"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "place_code",
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_place_code_group_id_group")),
        sa.PrimaryKeyConstraint("community_id", "code", name=op.f("pk_place_code")),
        sa.UniqueConstraint("group_id", name=op.f("uq_place_code_group_id")),
    )
    op.create_table(
        "brought_sheet",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("asked_by", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_brought_sheet_asked_by_person")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_brought_sheet_group_id_group")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_brought_sheet_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brought_sheet")),
        sa.UniqueConstraint("key", name=op.f("uq_brought_sheet_key")),
    )
    op.create_table(
        "sheet_part",
        sa.Column("sheet_id", NUMBER, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("became", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["sheet_id"], ["brought_sheet.id"], name=op.f("fk_sheet_part_sheet_id_brought_sheet")),
        sa.PrimaryKeyConstraint("sheet_id", "number", name=op.f("pk_sheet_part")),
    )
    op.create_table(
        "office_bearer",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("community_id", NUMBER, nullable=False),
        sa.Column("group_id", NUMBER, nullable=False),
        sa.Column("sheet_id", NUMBER, nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=True),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("expires", MOMENT, nullable=False),
        sa.Column("person_id", NUMBER, nullable=True),
        sa.Column("came_at", MOMENT, nullable=True),
        sa.Column("answer", sa.String(length=10), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answered_by", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_office_bearer_answered_by_person")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_office_bearer_group_id_group")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_office_bearer_person_id_person")),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["brought_sheet.id"], name=op.f("fk_office_bearer_sheet_id_brought_sheet")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_bearer")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_office_bearer_code_digest")),
        sa.UniqueConstraint("group_id", "role", name=op.f("uq_office_bearer_group_id_role")),
    )
    for table, columns in (
        ("brought_sheet", ("community_id", "group_id")),
        ("office_bearer", ("community_id", "person_id", "sheet_id")),
    ):
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def downgrade() -> None:
    for table in ("office_bearer", "sheet_part", "brought_sheet", "place_code"):
        op.drop_table(table)
