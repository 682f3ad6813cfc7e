"""The product's settings for tests and type checks: what a deployment must give is filled in."""

import os

os.environ.setdefault("LIMOSA_SECRET_KEY", "for tests only; a deployment has its own")

from limosa.config.settings import *  # noqa: F403

# Argon2 is slow on purpose; the tests sign in hundreds of times.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Style sheets come from their folders: no test waits for them to be gathered.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_AUTOREFRESH = True

# Tests that commit empty the tables afterwards, which the product refuses.
DATABASES["default"]["ENGINE"] = "tests.emptied"  # noqa: F405
