"""The audit log is only ever added to: the database itself refuses to change or to erase a row of it."""

import sqlalchemy as sa

REFUSED = "the audit log is only ever added to"
WATCH = {
    "sqlite": [
        *(
            f"CREATE TRIGGER audit_entry_{what} BEFORE {what.upper()} ON audit_entry "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
            for what in ("update", "delete")
        ),
        "CREATE TRIGGER audit_entry_replace BEFORE INSERT ON audit_entry WHEN EXISTS "  # noqa: S608  words of our own
        f"(SELECT 1 FROM audit_entry WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION audit_entry_lasts() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'restrict_violation'; END $$",
        "CREATE TRIGGER audit_entry_lasts BEFORE UPDATE OR DELETE ON audit_entry "
        "FOR EACH ROW EXECUTE FUNCTION audit_entry_lasts()",
        "CREATE TRIGGER audit_entry_stays BEFORE TRUNCATE ON audit_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_lasts()",
    ],
}


def guard(table: sa.FromClause) -> None:
    """Whoever makes the table makes what guards it; the migration does the same for a table that is there."""
    for dialect, statements in WATCH.items():
        for statement in statements:
            made = sa.DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
            sa.event.listen(table, "after_create", made)
