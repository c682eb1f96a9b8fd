"""several people share a phone, each behind six digits."""

import sqlalchemy as sa
from alembic import op

revision = "20261123b"
down_revision = "20261123c"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENTS = ("opened_at", "locked_at")


def upgrade() -> None:
    for name in MOMENTS:
        op.add_column("session", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "pin",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("phone_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("picture", sa.String(length=24), nullable=False),
        sa.Column("colour", sa.String(length=12), nullable=False),
        sa.Column("digits", sa.String(length=120), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("wait_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["phone_id"], ["phone.id"], name=op.f("fk_pin_phone_id_phone")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_pin_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pin")),
        sa.UniqueConstraint("phone_id", "person_id", name=op.f("uq_pin_phone_id_person_id")),
    )
    for name in ("phone_id", "person_id"):
        op.create_index(op.f(f"ix_pin_{name}"), "pin", [name], unique=False)
    op.create_table(
        "pin_tries",
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("wait_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_pin_tries_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_pin_tries")),
    )


def downgrade() -> None:
    op.drop_table("pin_tries")
    op.drop_table("pin")
    for name in reversed(MOMENTS):
        op.drop_column("session", name)
