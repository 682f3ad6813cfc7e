"""Order a profile, and print its activation code.

Any available profile of a type is taken, or one by its ICCID; the order is confirmed, and released
unless told otherwise. Its terms are the type's, or those of --one-time or --reusable, except for
what --redownload, --needs-delete and --downloads-max say. The activation code contains the address
in LIMOSA_SMDP_ADDRESS.
"""

import argparse
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from limosa.config import smdp_options
from limosa.config.command import CommandFault, set_up_django, whole_number

if TYPE_CHECKING:
    from datetime import datetime

    from limosa.domain.rsp.engine.order_calls import OrderTerms
    from limosa.domain.rsp.engine.redownload import DownloadPolicy
    from limosa.protocols.sgp22.status import RspStatus

_CODE_DIGITS = 8
_ONE_TIME_TRIES = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    profile = parser.add_mutually_exclusive_group(required=True)
    profile.add_argument(
        "--type", dest="kind", default="", metavar="TYPE", help="any available profile of it"
    )
    profile.add_argument("--iccid", default="", metavar="ICCID", help="this profile")
    parser.add_argument(
        "--eid",
        type=smdp_options.eid,
        metavar="EID",
        help="only this eUICC may download it",
    )
    found = parser.add_mutually_exclusive_group()
    found.add_argument(
        "--matching-id",
        type=smdp_options.matching_id,
        metavar="ID",
        help="letters, digits, hyphens; else made",
    )
    found.add_argument(
        "--by-eid", action="store_true", help="without a matching id: the device comes by its EID"
    )
    code = parser.add_mutually_exclusive_group()
    code.add_argument("--with-code", action="store_true", help="make a confirmation code")
    code.add_argument("--code", metavar="CODE", help="this confirmation code")
    parser.add_argument("--unreleased", action="store_true", help="do not release it yet")
    terms = parser.add_mutually_exclusive_group()
    terms.add_argument("--one-time", action="store_true", help="never again once it is installed")
    terms.add_argument(
        "--reusable",
        action="store_true",
        help="any eUICC, any number of times, without a report of deletion: for tests",
    )
    smdp_options.add_terms(parser)
    parser.add_argument(
        "--days", type=whole_number(1, 3650), metavar="N", help="it expires after this many days"
    )


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.db import transaction
    from django.utils import timezone

    from limosa.config.smdp import refusals_told
    from limosa.config.smdp_shown import print_order
    from limosa.domain.rsp.engine.order_calls import Caller, Confirmation
    from limosa.domain.rsp.operations.confirm_download_order import confirm_download_order
    from limosa.domain.rsp.operations.order_profile import order_profile

    if arguments.code == "":
        raise CommandFault(
            "--code is empty. For an order without a confirmation code, leave it out."
        )
    code = _made_code() if arguments.with_code else arguments.code or ""
    now = timezone.now()
    with refusals_told(_meaning(arguments)), transaction.atomic():
        order = order_profile(
            caller=Caller(),
            iccid=arguments.iccid,
            profile_type=arguments.kind,
            eid=arguments.eid or "",
            terms=_terms(arguments, now),
            now=now,
        )
        confirmed = confirm_download_order(
            caller=Caller(),
            iccid=order.profile.iccid,
            confirmation=Confirmation(
                matching_id="" if arguments.by_eid else arguments.matching_id,
                code=code,
                is_released=not arguments.unreleased,
            ),
            now=now,
        )
    print_order(confirmed, has_code=bool(code), code=code)
    return 0


def _meaning(arguments: argparse.Namespace) -> "dict[RspStatus, str]":
    """Return what refusals mean for what was asked, and what to do."""
    from limosa.protocols.sgp22.status import RspStatus

    kind, iccid = arguments.kind, arguments.iccid
    return {
        RspStatus.PROFILE_TYPE_UNKNOWN: f"{kind} is no profile type. See: limosa smdp type list",
        RspStatus.PROFILE_NONE_LEFT: f"No profile of type {kind} is left. Add some: limosa smdp "
        f"profile import PATH --type {kind}, or limosa smdp profile make --count N --type {kind}.",
        RspStatus.PROFILE_UNKNOWN: f"{iccid} is no profile in stock.",
        RspStatus.PROFILE_IN_USE: f"{iccid} is ordered. See: limosa smdp order show {iccid}",
        RspStatus.PROFILE_STATE_INVALID: f"{iccid} was put aside for good.",
        RspStatus.MATCHING_ID_IN_USE: f"Another order has, or had, the matching id "
        f"{arguments.matching_id}: choose another.",
        RspStatus.EID_MISSING: "--by-eid needs --eid.",
    }


def _made_code() -> str:
    return f"{secrets.randbelow(10**_CODE_DIGITS):0{_CODE_DIGITS}}"


def _terms(arguments: argparse.Namespace, now: "datetime") -> "OrderTerms":
    from limosa.domain.rsp.engine.order_calls import OrderTerms
    from limosa.domain.rsp.engine.redownload import DownloadPolicy, Redownload

    policy = None
    if arguments.one_time:
        # Attempts that fail count as well, so more than one is allowed.
        policy = DownloadPolicy(
            redownload=Redownload.NEVER, needs_delete=True, downloads_max=_ONE_TIME_TRIES
        )
    elif arguments.reusable:
        policy = DownloadPolicy(
            redownload=Redownload.ANY_EUICC, needs_delete=False, downloads_max=None
        )
    if changed := _changed(arguments):
        policy = replace(policy or _policy_of_type(arguments), **changed)
    expires_at = now + timedelta(days=arguments.days) if arguments.days else None
    return OrderTerms(policy=policy, expires_at=expires_at)


def _changed(arguments: argparse.Namespace) -> dict[str, Any]:
    from limosa.domain.rsp.engine.redownload import Redownload

    changed: dict[str, Any] = {}
    if arguments.redownload is not None:
        changed["redownload"] = Redownload(arguments.redownload)
    if arguments.needs_delete is not None:
        changed["needs_delete"] = arguments.needs_delete
    if arguments.downloads_max is not None:
        changed["downloads_max"] = arguments.downloads_max or None
    return changed


def _policy_of_type(arguments: argparse.Namespace) -> "DownloadPolicy":
    from limosa.config.smdp import profile_type_of
    from limosa.domain.rsp.loading import policy_of
    from limosa.domain.rsp.models import Profile

    if arguments.kind:
        return policy_of(profile_type_of(arguments.kind))
    profile = Profile.objects.select_related("profile_type").defer("package")
    found = profile.filter(iccid=arguments.iccid).first()
    if found is None:
        raise CommandFault(f"{arguments.iccid} is no profile in stock.")
    return policy_of(found.profile_type)
