"""Alembic's entry: runs on the connection that logistics.store.migrate hands over, inside its transaction."""

from alembic import context
from sqlmodel import SQLModel

import logistics.tables  # noqa: F401 - fills SQLModel.metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
