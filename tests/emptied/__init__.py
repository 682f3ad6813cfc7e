"""PostgreSQL for tests that commit: between two of them every table is emptied, kept or not."""
