"""what somebody has taken is counted."""

import sqlalchemy as sa
from alembic import op

revision = "20261127r"
down_revision = "20261125h"
branch_labels = None
depends_on = None

TAKEN = sa.text("ended_at IS NULL AND answered_at IS NULL AND taken_by IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_question_taken", "question", ["taken_by", "id"], unique=False, sqlite_where=TAKEN, postgresql_where=TAKEN
    )


def downgrade() -> None:
    op.drop_index("ix_question_taken", table_name="question", sqlite_where=TAKEN, postgresql_where=TAKEN)
