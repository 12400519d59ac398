"""PostgreSQL: engine, transactions, bulk statements, migrations and the embedded server."""
