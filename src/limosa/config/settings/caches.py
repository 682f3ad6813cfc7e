"""What all processes remember together for a while: codes that were used."""

# Of all processes, and after a restart too: a code that one has taken, no other takes again. Django
# would forget anything after 300 entries.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}
