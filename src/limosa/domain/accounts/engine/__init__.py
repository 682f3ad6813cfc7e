"""Rules about people, without database, clock or network."""
