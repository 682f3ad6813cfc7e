"""The options of the phone's commands. It imports nothing heavy: `limosa --help` reads it too."""

import argparse
import re
from pathlib import Path

DEFAULT_PHONE = "phone"
PKI_FOLDER = Path(".limosa/pki")
PHONES_FOLDER = Path(".limosa/phones")
SMDP_FQDN = "smdp.limosa.example"
CURVES = ("P-256", "brainpoolP256r1")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_ARC = re.compile(r"0|[1-9][0-9]{0,9}")
CALLS = (
    "initiateAuthentication",
    "authenticateClient",
    "getBoundProfilePackage",
    "cancelSession",
    "handleNotification",
)


def add_pki_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--pki", type=Path, default=PKI_FOLDER, metavar="DIR", help="the PKI's folder (%(default)s)"
    )
    parser.add_argument(
        "--fqdn",
        type=_host_name,
        default=SMDP_FQDN,
        metavar="NAME",
        help="the server's name, in its TLS certificate (%(default)s)",
    )
    parser.add_argument(
        "--oid",
        type=_oid,
        default="2.999.10",
        metavar="OID",
        help="the server's OID (%(default)s)",
    )


def add_phone_options(
    parser: argparse.ArgumentParser, *, phone: str | None = DEFAULT_PHONE
) -> None:
    """Add the options that say which phone, and how it connects."""
    said = "" if phone is None else f" ({phone})"
    parser.add_argument("--phone", default=phone, metavar="NAME", help=f"the phone{said}")
    _add_folders(parser)
    parser.add_argument(
        "--retries",
        type=_count,
        default=1,
        metavar="N",
        help="how often a call is repeated whose answer was lost (%(default)s)",
    )
    parser.add_argument(
        "--keep-connection",
        action="store_true",
        help="use one connection for all calls to a server; otherwise each call has its own",
    )
    parser.add_argument(
        "--lose-answer",
        choices=CALLS,
        metavar="CALL",
        help=f"for tests: drop the connection before the answer to {', '.join(CALLS[:-1])} or "
        f"{CALLS[-1]} arrives, once",
    )


def add_install_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE", help="the activation code, or a link with it")
    _add_way(parser)
    parser.add_argument(
        "--curve",
        choices=CURVES,
        default="",
        metavar="CURVE",
        help=f"a new phone's only curve, {' or '.join(CURVES)}; otherwise it has both",
    )
    parser.add_argument(
        "--confirmation-code",
        default="",
        metavar="CODE",
        help="the confirmation code, if the profile needs one",
    )
    parser.add_argument(
        "--decline", action="store_true", help="see what would be installed, and say no"
    )
    parser.add_argument(
        "--stop-at-segment",
        type=_count,
        metavar="N",
        help="for tests: stop before the card gets segment N of the profile, as if the power went",
    )


def add_iccid(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--iccid",
        metavar="ICCID",
        help="the profile; may be left out if the phone has only one",
    )


def add_page_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=_count, default=8004, metavar="N", help="(%(default)s)")
    parser.add_argument(
        "--phone", action="append", default=[], metavar="NAME", help="a phone to make if it is new"
    )
    parser.add_argument(
        "--network", default="", metavar="URL", help="the virtual network, whose data eSIMs use"
    )
    _add_folders(parser)
    _add_way(parser)


def _add_folders(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--phones",
        type=Path,
        default=PHONES_FOLDER,
        metavar="DIR",
        help="the folder with all phones (%(default)s)",
    )
    parser.add_argument(
        "--pki",
        type=Path,
        default=PKI_FOLDER,
        metavar="DIR",
        help="the PKI's folder, from which a new phone gets its card's certificates (%(default)s)",
    )
    parser.add_argument(
        "--ca",
        type=Path,
        metavar="FILE",
        help="certificates that TLS trusts, as PEM (default: the PKI's ci.pem)",
    )


def _add_way(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--connect",
        type=_host_and_port,
        metavar="HOST:PORT",
        help="where the server is, if its name doesn't lead there; the phone remembers it "
        "for this server's later codes, and for notifications",
    )


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 5:
        raise argparse.ArgumentTypeError(f"{text!r} is not a small whole number")
    return int(text)


def _host_name(text: str) -> str:
    labels = text.split(".")
    if len(text) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise argparse.ArgumentTypeError(f"{text!r} is not a host name, such as smdp.example.com")
    return text


def _oid(text: str) -> str:
    arcs = text.split(".")
    is_dotted = len(arcs) > 1 and all(_ARC.fullmatch(arc) for arc in arcs)
    if not is_dotted or int(arcs[0]) > 2 or (int(arcs[0]) < 2 and int(arcs[1]) > 39):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not an object identifier (OID), such as 2.999.10"
        )
    return text


def _host_and_port(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not (port.isascii() and port.isdecimal() and 0 < int(port) < 65_536):
        raise argparse.ArgumentTypeError(f"{text!r} is not like 127.0.0.1:9101")
    return host, int(port)
