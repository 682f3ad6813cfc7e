"""Django's PostgreSQL, with a pause before each statement and around each commit."""
