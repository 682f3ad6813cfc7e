"""The template of our own network's profiles: GSMA's generic test profile. See ts48/SOURCES.md."""

from functools import cache
from importlib.resources import files

from limosa.domain.rsp.engine.profile_mould import Mould, mould_of


@cache
def generic_test_profile() -> bytes:
    """Return the profile package of TS.48 that ships with the product."""
    return (files("limosa.domain.rsp") / "ts48" / "generic_test_profile.der").read_bytes()


@cache
def generic_mould() -> Mould:
    """Return the mould of that template; it is read by the first call."""
    return mould_of(generic_test_profile())
