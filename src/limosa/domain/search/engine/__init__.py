"""Rules of search: pure."""
