"""the courtyard opens."""

import sqlalchemy as sa
from alembic import op

revision = "20261121a"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "hour", name=op.f("pk_attempts")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_group_id"), ["group_id"], unique=False)

    op.create_table(
        "category",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("picture", sa.String(length=24), nullable=False),
        sa.Column("colour", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
    )
    with op.batch_alter_table("category", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_category_community_id"), ["community_id"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker", sa.String(length=64), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_waiting",
            ["run_at"],
            unique=False,
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )

    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=True),
        sa.Column("picture", sa.String(length=24), nullable=False),
        sa.Column("colour", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("native_digits", sa.Boolean(), nullable=False),
        sa.Column("arrival", sa.String(length=64), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("arrival", name=op.f("uq_person_arrival")),
    )
    op.create_table(
        "phone",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone")),
    )
    op.create_table(
        "photo",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("sizes", sa.JSON(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
        sa.UniqueConstraint("key", name=op.f("uq_photo_key")),
    )
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_photo_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_photo_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "child",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("picture", sa.String(length=24), nullable=False),
        sa.Column("colour", sa.String(length=12), nullable=False),
        sa.Column("nickname", sa.String(length=30), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["person.id"], name=op.f("fk_child_parent_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_child")),
    )
    with op.batch_alter_table("child", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_child_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "group",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("path", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("ancestors", sa.JSON().with_variant(sa.ARRAY(sa.BigInteger()), "postgresql"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("picture", sa.String(length=24), nullable=False),
        sa.Column("photo_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("colour", sa.String(length=12), nullable=False),
        sa.Column("joining", sa.String(length=8), nullable=False),
        sa.Column("posting", sa.String(length=8), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("rests", sa.Boolean(), nullable=False),
        sa.Column("start_key", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["archived_by"], ["person.id"], name=op.f("fk_group_archived_by_person")),
        sa.ForeignKeyConstraint(["parent_id"], ["group.id"], name=op.f("fk_group_parent_id_group")),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_group_photo_id_photo")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group")),
        sa.UniqueConstraint("start_key", name=op.f("uq_group_start_key")),
    )
    with op.batch_alter_table("group", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_group_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_group_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_group_path"), ["path"], unique=False)

    op.create_table(
        "session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("phone_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_session_person_id_person")),
        sa.ForeignKeyConstraint(["phone_id"], ["phone.id"], name=op.f("fk_session_phone_id_phone")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_session_phone_id"), ["phone_id"], unique=False)

    op.create_table(
        "sign_in_code",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("issuer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uses_left", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["issuer_id"], ["person.id"], name=op.f("fk_sign_in_code_issuer_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_code_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_code")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_sign_in_code_code_digest")),
    )
    with op.batch_alter_table("sign_in_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_code_person_id"), ["person_id"], unique=False)

    op.create_table(
        "audience",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("category_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("pins", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_audience_category_id_category")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_audience_group_id_group")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audience")),
    )
    with op.batch_alter_table("audience", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audience_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audience_group_id"), ["group_id"], unique=False)
        batch_op.create_index(
            "uq_audience_group_id",
            ["group_id"],
            unique=True,
            sqlite_where=sa.text("category_id IS NULL"),
            postgresql_where=sa.text("category_id IS NULL"),
        )
        batch_op.create_index(
            "uq_audience_group_id_category_id",
            ["group_id", "category_id"],
            unique=True,
            sqlite_where=sa.text("category_id IS NOT NULL"),
            postgresql_where=sa.text("category_id IS NOT NULL"),
        )

    op.create_table(
        "ban",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("banned_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["banned_by"], ["person.id"], name=op.f("fk_ban_banned_by_person")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_ban_group_id_group")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ban_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ban")),
        sa.UniqueConstraint("group_id", "person_id", name=op.f("uq_ban_group_id_person_id")),
    )
    with op.batch_alter_table("ban", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ban_person_id"), ["person_id"], unique=False)

    op.create_table(
        "counter",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["group.id"], name=op.f("fk_counter_community_id_group")),
        sa.PrimaryKeyConstraint("community_id", name=op.f("pk_counter")),
    )
    op.create_table(
        "group_category",
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("category_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_group_category_category_id_category")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_group_category_group_id_group")),
        sa.PrimaryKeyConstraint("group_id", "category_id", name=op.f("pk_group_category")),
    )
    with op.batch_alter_table("group_category", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_group_category_category_id"), ["category_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("inviter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("spoken", sa.Boolean(), nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("most_uses", sa.Integer(), nullable=True),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_invitation_group_id_group")),
        sa.ForeignKeyConstraint(["inviter_id"], ["person.id"], name=op.f("fk_invitation_inviter_id_person")),
        sa.ForeignKeyConstraint(["revoked_by"], ["person.id"], name=op.f("fk_invitation_revoked_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_invitation_code_digest")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitation_group_id"), ["group_id"], unique=False)

    op.create_table(
        "membership",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("child_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("heard_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_membership_child_id_child")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_membership_group_id_group")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_membership_group_id_person_id",
            ["group_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("child_id IS NULL"),
            postgresql_where=sa.text("child_id IS NULL"),
        )
        batch_op.create_index(
            "uq_membership_group_id_person_id_child_id",
            ["group_id", "person_id", "child_id"],
            unique=True,
            sqlite_where=sa.text("child_id IS NOT NULL"),
            postgresql_where=sa.text("child_id IS NOT NULL"),
        )

    op.create_table(
        "announcement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("audience_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("author_role", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("body_digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("release_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=True),
        sa.Column("photo_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("pinned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pinned_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["audience_id"], ["audience.id"], name=op.f("fk_announcement_audience_id_audience")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_announcement_author_id_person")),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_announcement_photo_id_photo")),
        sa.ForeignKeyConstraint(["pinned_by"], ["person.id"], name=op.f("fk_announcement_pinned_by_person")),
        sa.ForeignKeyConstraint(["removed_by"], ["person.id"], name=op.f("fk_announcement_removed_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
        sa.UniqueConstraint("author_id", "key", name=op.f("uq_announcement_author_id_key")),
        sa.UniqueConstraint("community_id", "seq", name=op.f("uq_announcement_community_id_seq")),
    )
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.create_index("ix_announcement_audience_id_seq", ["audience_id", "seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_announcement_community_id"), ["community_id"], unique=False)

    op.create_table(
        "join_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("child_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("invitation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_join_request_answered_by_person")),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_join_request_child_id_child")),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], name=op.f("fk_join_request_group_id_group")),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_join_request_invitation_id_invitation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_join_request_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_request")),
    )
    with op.batch_alter_table("join_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_join_request_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_join_request_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_join_request_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_join_request_waiting",
            ["group_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("answer IS NULL AND child_id IS NULL"),
            postgresql_where=sa.text("answer IS NULL AND child_id IS NULL"),
        )

    op.create_table(
        "acknowledgement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("announcement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("child_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcement.id"], name=op.f("fk_acknowledgement_announcement_id_announcement")
        ),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_acknowledgement_child_id_child")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_acknowledgement_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgement")),
    )
    with op.batch_alter_table("acknowledgement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_acknowledgement_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_acknowledgement_announcement_id_person_id",
            ["announcement_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("child_id IS NULL"),
            postgresql_where=sa.text("child_id IS NULL"),
        )
        batch_op.create_index(
            "uq_acknowledgement_announcement_id_person_id_child_id",
            ["announcement_id", "person_id", "child_id"],
            unique=True,
            sqlite_where=sa.text("child_id IS NOT NULL"),
            postgresql_where=sa.text("child_id IS NOT NULL"),
        )

    op.create_table(
        "translation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("announcement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcement.id"], name=op.f("fk_translation_announcement_id_announcement")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_translation_author_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translation")),
        sa.UniqueConstraint("announcement_id", "language", name=op.f("uq_translation_announcement_id_language")),
    )


def downgrade() -> None:
    op.drop_table("translation")
    with op.batch_alter_table("acknowledgement", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_acknowledgement_announcement_id_person_id_child_id",
            sqlite_where=sa.text("child_id IS NOT NULL"),
            postgresql_where=sa.text("child_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_acknowledgement_announcement_id_person_id",
            sqlite_where=sa.text("child_id IS NULL"),
            postgresql_where=sa.text("child_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_acknowledgement_person_id"))

    op.drop_table("acknowledgement")
    with op.batch_alter_table("join_request", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_join_request_waiting",
            sqlite_where=sa.text("answer IS NULL AND child_id IS NULL"),
            postgresql_where=sa.text("answer IS NULL AND child_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_join_request_person_id"))
        batch_op.drop_index(batch_op.f("ix_join_request_group_id"))
        batch_op.drop_index(batch_op.f("ix_join_request_community_id"))

    op.drop_table("join_request")
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_announcement_community_id"))
        batch_op.drop_index("ix_announcement_audience_id_seq")

    op.drop_table("announcement")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_membership_group_id_person_id_child_id",
            sqlite_where=sa.text("child_id IS NOT NULL"),
            postgresql_where=sa.text("child_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_membership_group_id_person_id",
            sqlite_where=sa.text("child_id IS NULL"),
            postgresql_where=sa.text("child_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_membership_person_id"))
        batch_op.drop_index(batch_op.f("ix_membership_community_id"))

    op.drop_table("membership")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_group_id"))
        batch_op.drop_index(batch_op.f("ix_invitation_community_id"))

    op.drop_table("invitation")
    with op.batch_alter_table("group_category", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_group_category_category_id"))

    op.drop_table("group_category")
    op.drop_table("counter")
    with op.batch_alter_table("ban", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ban_person_id"))

    op.drop_table("ban")
    with op.batch_alter_table("audience", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_audience_group_id_category_id",
            sqlite_where=sa.text("category_id IS NOT NULL"),
            postgresql_where=sa.text("category_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_audience_group_id",
            sqlite_where=sa.text("category_id IS NULL"),
            postgresql_where=sa.text("category_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_audience_group_id"))
        batch_op.drop_index(batch_op.f("ix_audience_community_id"))

    op.drop_table("audience")
    with op.batch_alter_table("sign_in_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_code_person_id"))

    op.drop_table("sign_in_code")
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_phone_id"))
        batch_op.drop_index(batch_op.f("ix_session_person_id"))

    op.drop_table("session")
    with op.batch_alter_table("group", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_group_path"))
        batch_op.drop_index(batch_op.f("ix_group_parent_id"))
        batch_op.drop_index(batch_op.f("ix_group_community_id"))

    op.drop_table("group")
    with op.batch_alter_table("child", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_child_parent_id"))

    op.drop_table("child")
    with op.batch_alter_table("photo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_photo_owner_id"))
        batch_op.drop_index(batch_op.f("ix_photo_community_id"))

    op.drop_table("photo")
    op.drop_table("phone")
    op.drop_table("person")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_waiting", sqlite_where=sa.text("done_at IS NULL"), postgresql_where=sa.text("done_at IS NULL")
        )

    op.drop_table("outbox")
    with op.batch_alter_table("category", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_category_community_id"))

    op.drop_table("category")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_group_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_community_id"))

    op.drop_table("audit_entry")
    op.drop_table("attempts")
