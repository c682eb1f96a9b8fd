"""The tree at full size: an organisation of five levels beside a school, on a PostgreSQL of its own."""
