"""What all processes remember together for a while: used codes."""

# Shared by all processes, and across restarts: a code accepted by one process is accepted by no
# other. By default Django would start evicting entries at 300.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}
