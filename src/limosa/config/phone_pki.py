"""What an SM-DP+ is set up with whose certificates `limosa phone pki` made."""

from pathlib import Path

_CURVES = ("P-256", "brainpoolP256r1")


def smdp_settings(pki: Path, *, address: str) -> dict[str, str]:
    """Return its settings, for both curves. address: with a port where it is not 443."""

    def files(name: str) -> str:
        return ",".join(str(pki / curve / name) for curve in _CURVES)

    return {
        "LIMOSA_SMDP_ADDRESS": address,
        "LIMOSA_SMDP_CI_CERTIFICATES": str(pki / "ci.pem"),
        "LIMOSA_SMDP_CRLS": files("ci.crl"),
        "LIMOSA_SMDP_AUTHENTICATION_CERTIFICATES": files("dp_auth.pem"),
        "LIMOSA_SMDP_AUTHENTICATION_KEYS": files("dp_auth.key"),
        "LIMOSA_SMDP_BINDING_CERTIFICATES": files("dp_pb.pem"),
        "LIMOSA_SMDP_BINDING_KEYS": files("dp_pb.key"),
        "LIMOSA_SMDP_TLS_CERTIFICATE": str(pki / _CURVES[0] / "dp_tls.pem"),
        "LIMOSA_SMDP_TLS_KEY": str(pki / _CURVES[0] / "dp_tls.key"),
    }
