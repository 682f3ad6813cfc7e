from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import Q

from limosa.domain.esims.changes import announce_esim
from limosa.domain.esims.engine.installation_life import (
    ON_CARD,
    InstallationState,
    KnownDownload,
    ProfileReport,
    Standing,
    after_report,
    download_meant,
)
from limosa.domain.esims.models import (
    FAILURE_LENGTH_MAX,
    Device,
    Esim,
    EsimState,
    Installation,
    Move,
)
from limosa.domain.esims.operations.finish_move import finish_move
from limosa.foundation.identifiers import random_code


class ReportNoted(StrEnum):
    """What became of a report. UNKNOWN: no eSIM has or had that ICCID."""

    CHANGED = "changed"
    NOTHING_NEW = "nothing_new"
    UNKNOWN = "unknown"


@transaction.atomic
def note_profile_report(
    *, iccid: str, eid: str, report: ProfileReport, now: datetime
) -> ReportNoted:
    """Note what was reported of a profile on a device; pages that watch the eSIM are notified.

    `eid` empty: not known. The first report from a card makes its person's device. A profile that
    is on a card makes its eSIM `installed`, and ends the move that waits for it. A report from the
    future counts as made now. A repeated report, and one older than what is known, undo nothing.
    Locks: the eSIM.
    """
    esim = _lock_esim(iccid)
    if esim is None:
        return ReportNoted.UNKNOWN
    report = replace(
        report,
        happened_at=min(report.happened_at, now),
        failure=report.failure[:FAILURE_LENGTH_MAX],
    )
    found = _installation(esim, iccid, report, eid=eid)
    before = _standing(found) if found.pk else None
    after = after_report(before, report)
    is_named = bool(eid) and found.device is None
    if after == before and not is_named:
        return ReportNoted.NOTHING_NEW
    if is_named:
        found.device = _device(esim.subscriber_id, eid, now)
    _store(found, after)
    if report.state in ON_CARD and esim.state == EsimState.READY and esim.iccid == iccid:
        esim.state, esim.installed_at = EsimState.INSTALLED, report.happened_at
        esim.save(update_fields=["state", "installed_at"])
    elif report.state in ON_CARD:
        finish_move(esim=esim, iccid=iccid, device=found.device, now=report.happened_at)
    announce_esim(esim.public_id)
    return ReportNoted.CHANGED


def _lock_esim(iccid: str) -> Esim | None:
    """Lock the eSIM that has an ICCID, had it before, or is to have it. Of several, since some
    suppliers reuse ICCIDs: the newest."""
    esims = Esim.objects.select_for_update(of=("self",))
    esim = esims.filter(iccid=iccid).order_by("id").last()
    if esim is None:
        moved = Move.objects.filter(Q(iccid=iccid) | Q(old_iccid=iccid)).order_by("id").last()
        other = moved or Installation.objects.filter(iccid=iccid).order_by("id").last()
        esim = esims.filter(pk=other.esim_id).first() if other else None
    return esim


def _installation(esim: Esim, iccid: str, report: ProfileReport, *, eid: str) -> Installation:
    """Return the row that a report is about; it has no key yet if it is new."""
    rows = list(
        Installation.objects.filter(esim=esim, iccid=iccid)
        .select_related("device")
        .order_by("download")
    )
    known = [
        KnownDownload(
            download=row.download,
            eid=(row.device.eid or "") if row.device else "",
            state=InstallationState(row.state),
            reported_at=row.reported_at,
        )
        for row in rows
    ]
    download = download_meant(known, report, eid=eid)
    found = next((row for row in rows if row.download == download), None)
    return found or Installation(esim=esim, iccid=iccid, download=download)


def _standing(row: Installation) -> Standing:
    times = {state: getattr(row, f"{state}_at") for state in InstallationState}
    return Standing(
        latest=ProfileReport(
            state=InstallationState(row.state),
            happened_at=row.reported_at,
            sequence=row.sequence,
            download=row.download,
            failure=row.failure,
        ),
        times={state: at for state, at in times.items() if at is not None},
    )


def _store(row: Installation, standing: Standing) -> None:
    latest = standing.latest
    row.state, row.failure = latest.state.value, latest.failure
    row.sequence, row.reported_at = latest.sequence, latest.happened_at
    for state, at in standing.times.items():
        setattr(row, f"{state}_at", at)
    row.save()


def _device(subscriber_id: int, eid: str, now: datetime) -> Device:
    """Return the person's device with a card. Two eSIMs that report the same one at once both get
    the one that was made first."""
    mine = Device.objects.filter(subscriber_id=subscriber_id)
    device, _ = mine.get_or_create(
        eid=eid,
        defaults={
            "public_id": random_code(12),
            "subscriber_id": subscriber_id,
            "number": mine.count() + 1,
            "created_at": now,
        },
    )
    return device
