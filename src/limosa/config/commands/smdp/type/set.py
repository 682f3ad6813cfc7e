"""Add a profile type, or change one.

Profiles of a type are alike: devices show the same name and icon, and their orders have the same
terms unless an order says otherwise. What no option names stays as it is. See
docs/howto/keep-profiles-in-stock.md.
"""

import argparse
from base64 import b64encode
from pathlib import Path
from typing import Any

from limosa.config import smdp_options
from limosa.config.command import CommandFault, set_up_django, whole_number

CLASSES = ("test", "provisioning", "operational")
_PLAIN = ("name", "service_provider", "owner_plmn", "profile_class", "redownload", "low_below")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "code",
        type=smdp_options.type_code,
        metavar="CODE",
        help="its name in other commands and in ES2+",
    )
    parser.add_argument("--name", help="the profile's name on the device, at most 64 bytes")
    parser.add_argument(
        "--service-provider", metavar="NAME", help="whose profile it is, at most 32 bytes"
    )
    parser.add_argument(
        "--owner-plmn", metavar="PLMN", help="the owner's MCC and MNC, such as 310260"
    )
    parser.add_argument(
        "--icon", type=Path, metavar="FILE", help="a PNG or JPEG of 64 by 64 pixels, at most 1 kB"
    )
    parser.add_argument("--profile-class", choices=CLASSES, help="what a card takes it for")
    smdp_options.add_terms(parser)
    parser.add_argument(
        "--tells-switching",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="have cards report that the profile is switched on or off",
    )
    parser.add_argument(
        "--low-below",
        type=whole_number(0),
        metavar="N",
        help="tell staff when fewer are available; 0: never",
    )


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.utils import timezone

    from limosa.domain.rsp.operations.set_profile_type import (
        ProfileTypeFields,
        ProfileTypeInvalid,
        set_profile_type,
    )

    try:
        kind = set_profile_type(
            code=arguments.code, fields=ProfileTypeFields(values=_given(arguments)),
            now=timezone.now(),
        )  # fmt: skip
    except ProfileTypeInvalid as error:
        raise CommandFault(f"{arguments.code} was not stored: {error}.") from error
    print(f"{kind.code} is stored: {kind.name}, {kind.service_provider}.")
    return 0


def _given(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the fields that the options name."""
    given = {name: value for name in _PLAIN if (value := getattr(arguments, name)) is not None}
    if arguments.needs_delete is not None:
        given["needs_delete"] = arguments.needs_delete
    if arguments.tells_switching is not None:
        given["tells_enabling"] = given["tells_disabling"] = arguments.tells_switching
    if arguments.downloads_max is not None:
        given["downloads_max"] = arguments.downloads_max or None
    if arguments.icon is not None:
        try:
            given["icon"] = b64encode(arguments.icon.read_bytes()).decode()
        except OSError as error:
            raise CommandFault(f"{arguments.icon} can't be read: {error.strerror}.") from error
    return given
