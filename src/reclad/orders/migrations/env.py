"""Run by alembic: the migrations go over the connection, and in the transaction, of the store."""

from alembic import context

from reclad.orders.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
