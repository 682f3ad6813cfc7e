"""Tells operators how the downloads of their orders go: ES2+ HandleDownloadProgressInfo.

At least once, and in order for each order. A worker that knows no address leaves the reports to
those that know one. No call is made inside a transaction.

Source: SGP.22 section 5.3.5.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from limosa.domain.http.messages import MessageLine
from limosa.domain.rsp.engine.requesters import identifier_in
from limosa.domain.rsp.engine.telling import Telling
from limosa.domain.rsp.models import ProgressReport
from limosa.domain.rsp.operations.give_up_progress_reports import give_up_progress_reports
from limosa.domain.rsp.operations.keep_progress_answer import keep_progress_answer
from limosa.domain.rsp.operations.take_progress_report import take_progress_report
from limosa.foundation.errors import ProviderError
from limosa.foundation.variables import File
from limosa.protocols.sgp22 import es2plus
from limosa.protocols.sgp22.certificates import CertificateInvalidError, read_certificates
from limosa.protocols.sgp22.es2plus import Execution, Header, Progress, ProgressPoint
from limosa.protocols.sgp22.status import RspStatus

logger = logging.getLogger(__name__)


def tell_progress(*, until: datetime, clock: Callable[[], datetime]) -> int:
    """Tell what is due, until a time; return how many reports were taken by their operators.

    An operator that does not take one is left alone for the rest of this round, so that the others
    need not wait for it. What this worker has no address for is left to another that has it, as it
    is; after a week and ten minutes it is given up.
    """
    told, given_up, silent = 0, 0, set[str]()
    urls = settings.SMDP_PROGRESS_URLS
    if not urls:
        return told
    known = None if "" in urls else urls.keys()
    while (now := clock()) < until:
        report = take_progress_report(known=known, without=silent, now=now)
        if report is None:
            break
        result = _tell(report)
        if result is Telling.IN_VAIN:
            silent.add(report.order.requester)
        given_up += keep_progress_answer(report=report, result=result, now=clock())
        told += result is Telling.TOLD
    given_up += give_up_progress_reports(now=clock())
    if given_up:
        logger.warning("operators were not told of downloads in time: %d given up", given_up)
    return told


def progress_message(report: ProgressReport) -> bytes:
    """Return the message. Repeated, it has the same function call identifier."""
    return Progress(
        header=Header(_our_identifier(), f"progress-{report.pk}"),
        iccid=report.order.profile.iccid,
        profile_type=report.order.profile.profile_type.code,
        at=report.happened_at,
        point=ProgressPoint(report.point),
        execution=_execution(report.failure),
        eid=report.eid,
    ).body()


def _execution(failure: str) -> Execution:
    """Return what became of a point: a status of ours, or what the eUICC said."""
    if not failure:
        return Execution()
    if failure in RspStatus.__members__:
        status = RspStatus[failure]
        text = status.text
    else:
        status = RspStatus.EUICC_FAILED
        text = f"{status.text} ({failure})"
    return Execution(es2plus.FAILED, status.subject_code, status.reason_code, text)


def _tell(report: ProgressReport) -> Telling:
    url = _url_of(identifier_in(report.order.requester))
    try:
        reply = _line().post(url, progress_message(report), headers=es2plus.HEADERS)
    except ProviderError as error:
        logger.warning("an operator was not told of a download: %s", error)
        return Telling.IN_VAIN
    if not 200 <= reply.status < 300:
        logger.warning("an operator was not told of a download: HTTP %d", reply.status)
        return Telling.IN_VAIN
    return Telling.TOLD


def _our_identifier() -> str:
    """Return our object identifier. A worker without the certificates knows only the address."""
    files = File.paths(settings.SMDP_AUTHENTICATION_CERTIFICATES)
    found = settings.SMDP_OID or (_registered_id(files[0]) if files else "")
    return found or settings.SMDP_ADDRESS


@cache
def _registered_id(file: str) -> str:
    try:
        return read_certificates(Path(file).read_bytes())[0].registered_id
    except (OSError, CertificateInvalidError) as error:
        logger.warning("LIMOSA_SMDP_AUTHENTICATION_CERTIFICATES: %s", error)
        return ""


def _url_of(identifier: str) -> str:
    """Return where an operator is told, for which there is an address."""
    urls = settings.SMDP_PROGRESS_URLS
    url: str = urls.get(identifier) or urls[""]
    has_path = urlsplit(url).path not in ("", "/")
    return url if has_path else f"{url.rstrip('/')}{es2plus.PATH}{es2plus.PROGRESS}"


@cache
def _line() -> MessageLine:
    return MessageLine(
        certificate=settings.SMDP_PROGRESS_CERTIFICATE,
        key=settings.SMDP_PROGRESS_KEY,
        ca=settings.SMDP_PROGRESS_CA,
    )
