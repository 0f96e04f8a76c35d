"""Alembic revisions of the ledger, oldest first."""
