"""The demo's wholesalers as a process: where they listen, and where they get their profiles."""

import json
import shlex
import sys
from pathlib import Path

from limosa.config.demo_phones import NAME

REQUESTER = "2.999.20"  # Below 2.999, the arc for examples.
PROFILE_TYPE = "wholesale"
_MAKE = (
    *("-m", "limosa.config.cli", "smdp", "profile", "make"),
    *("--type", PROFILE_TYPE, "--count"),
)


def arguments(
    folder: Path, *, url: str, web_url: str, smdp_port: int, es2plus_port: int
) -> list[str]:
    """Return the arguments of their process. `url`: their own."""
    return [
        *("--port", url.rpartition(":")[2], "--data", str(folder / "wholesale")),
        *("--callbacks", f"{web_url}/suppliers/{{code}}/callback"),
        *("--smdp-url", f"https://{NAME}:{es2plus_port}"),
        *("--smdp-address", f"{NAME}:{smdp_port}"),
        *("--smdp-ca", str(folder / "pki" / "ci.pem")),
        *("--requester", REQUESTER, "--profile-type", PROFILE_TYPE),
        *("--make-profiles", shlex.join([sys.executable, *_MAKE])),
    ]


def smdp_settings(folder: Path, *, url: str, es2plus_port: int) -> dict[str, str]:
    """Return by what the SM-DP+ takes their orders and tells them of downloads."""
    return {
        "LIMOSA_SMDP_ES2PLUS_PORT": str(es2plus_port),
        "LIMOSA_SMDP_ES2PLUS_CLIENT_CA": str(folder / "wholesale" / "operators.pem"),
        "LIMOSA_SMDP_PROGRESS_URLS": f"{REQUESTER}={url}/smdp/told",
    }


def account_settings(folder: Path) -> dict[str, str]:
    """Return the settings of our accounts with them, as they prepared them."""
    file = folder / "wholesale" / "buyer.json"
    settings: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return settings
