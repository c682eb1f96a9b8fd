"""what shows a photo or a voice is found, and what a group may see of its questions."""

import sqlalchemy as sa
from alembic import op

revision = "20261127v"
down_revision = "20261127r"
branch_labels = None
depends_on = None

PHOTOS = ("announcement", "care_case", "group", "message", "question", "rumour")
VOICES = (
    "answer", "care_case", "correction", "door_answer", "good_answer", "measure", "message", "question", "report",
    "rumour", "translation", "translation_request", "urgency",
)  # fmt: skip
SHOW = [(table, "photo_id") for table in PHOTOS] + [(table, "voice_id") for table in VOICES]
STANDS = sa.text("trouble IS NULL AND ended_at IS NULL AND removed_at IS NULL AND held_id IS NULL")


def upgrade() -> None:
    for table, column in SHOW:
        shown = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_{table}_{column}", table, [column], sqlite_where=shown, postgresql_where=shown)
    columns = ["group_id", "shared", "id"]
    op.create_index("ix_question_shared", "question", columns, sqlite_where=STANDS, postgresql_where=STANDS)


def downgrade() -> None:
    op.drop_index("ix_question_shared", table_name="question")
    for table, column in reversed(SHOW):
        op.drop_index(f"ix_{table}_{column}", table_name=table)
