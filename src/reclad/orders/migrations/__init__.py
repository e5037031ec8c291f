"""How the tables of the order book came to be; alembic runs these files."""
