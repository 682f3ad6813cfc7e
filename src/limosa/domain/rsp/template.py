"""The template of our own network's profiles: GSMA's generic test profile. See ts48/SOURCES.md."""

from functools import cache
from importlib.resources import files


@cache
def generic_test_profile() -> bytes:
    """Return the profile package of TS.48 that ships with the product."""
    return (files("limosa.domain.rsp") / "ts48" / "generic_test_profile.der").read_bytes()
