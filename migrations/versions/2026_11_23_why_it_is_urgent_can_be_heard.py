"""Why something is urgent may be spoken."""

import sqlalchemy as sa
from alembic import op

revision = "20261124p"
down_revision = "20261123h"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = "fk_urgency_voice_id_voice"


def upgrade() -> None:
    with op.batch_alter_table("urgency") as urgency:
        urgency.add_column(sa.Column("voice_id", NUMBER, nullable=True))
        urgency.create_foreign_key(KEY, "voice", ["voice_id"], ["id"])


def downgrade() -> None:
    """What was only spoken is urgent without a reason from then on."""
    with op.batch_alter_table("urgency") as urgency:
        urgency.drop_constraint(KEY, type_="foreignkey")
        urgency.drop_column("voice_id")
