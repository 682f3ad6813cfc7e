"""What machines send us and Django answers: usage records, and callbacks of suppliers.

Payment notifications never get as far as Django: servers/notifications.py verifies them first."""
