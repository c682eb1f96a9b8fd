"""newcomers try it out; people choose who speaks to them, and their letters."""

import sqlalchemy as sa
from alembic import op

revision = "20261122f"
down_revision = "20261121s"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("trying_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("person", sa.Column("nastaliq", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("person", sa.Column("heard_in", sa.String(length=8), nullable=True))


def downgrade() -> None:
    op.drop_column("person", "nastaliq")
    op.drop_column("person", "heard_in")
    op.drop_column("person", "trying_since")
