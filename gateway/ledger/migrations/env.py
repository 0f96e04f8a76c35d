"""How Alembic reaches our two sets of tables: a connection is always handed over, never made."""

from alembic import context

config = context.config
connection = config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=config.attributes["metadata"],
    version_table=config.attributes["version_table"],
)
with context.begin_transaction():
    context.run_migrations()
