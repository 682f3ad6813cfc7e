"""Reads what a device's call needs, in one statement each, composed once (ADR 11, 24)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from limosa.domain.encryption.cipher import blind_indexes
from limosa.domain.rows import Columns
from limosa.domain.rsp.engine.order_calls import may_be_matching_id
from limosa.domain.rsp.engine.order_life import DownloadState
from limosa.domain.rsp.engine.redownload import (
    Download,
    DownloadPolicy,
    DownloadsSoFar,
    Redownload,
    judge_download,
)
from limosa.domain.rsp.models import DownloadOrder, DownloadSession, Profile, ProfileType
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus


@dataclass(frozen=True, slots=True)
class Found:
    """An order with its profile and the profile's type. `has_code`: it needs a confirmation
    code."""

    order: DownloadOrder
    has_code: bool


def load_session(transaction_id: bytes, *, now: datetime) -> DownloadSession:
    """Return the session that goes on. Raises RspRefusal(TRANSACTION_UNKNOWN)."""
    with connection.cursor() as cursor:
        cursor.execute(_SESSION_NOW, [transaction_id.hex(), now])
        found = cursor.fetchone()
    if found is None:
        raise RspRefusal(RspStatus.TRANSACTION_UNKNOWN)
    return _SESSION.row(found)


def find_order(*, matching_id: str, eid: str) -> Found | None:
    """Return the order that a device means: by a matching id, or the one for its EID.

    The database is not asked for what can't be a matching id: it takes no text with a zero byte.
    """
    if matching_id and not may_be_matching_id(matching_id):
        return None
    with connection.cursor() as cursor:
        if matching_id:
            cursor.execute(
                _ORDER_BY_MATCHING_ID, [blind_indexes(matching_id, place=MATCHING_ID_PLACE)]
            )
        else:
            cursor.execute(_ORDER_BY_EID, [eid])
        found = cursor.fetchone()
    return _found(found, _PROFILE) if found else None


def load_order(order_id: int) -> Found:
    """Return the order of a session. Raises DownloadOrder.DoesNotExist."""
    with connection.cursor() as cursor:
        cursor.execute(_ORDER_BY_ID, [order_id])
        found = cursor.fetchone()
    if found is None:
        raise DownloadOrder.DoesNotExist
    return _found(found, _PROFILE)


def load_session_with_package(
    transaction_id: bytes, *, now: datetime
) -> tuple[DownloadSession, Found]:
    """Return the session that goes on and the order that it was offered, with its package.

    Raises RspRefusal(TRANSACTION_UNKNOWN), also if nothing was offered yet.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SESSION_WITH_PACKAGE, [transaction_id.hex(), now])
        found = cursor.fetchone()
    if found is None:
        raise RspRefusal(RspStatus.TRANSACTION_UNKNOWN)
    columns = iter(found)
    session = _SESSION_OFFERED.row(columns)
    return session, _found(columns, _PROFILE_WITH_PACKAGE)


def lock_download_order(order_id: int) -> DownloadOrder:
    """Lock an order and return it as it is now, without what is NOT_ASKED."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_DOWNLOAD_ORDER, [order_id])
        return _ORDER.row(cursor.fetchone())


def judge(order: DownloadOrder, *, eid: str, now: datetime, has_new_key: bool = False) -> Download:
    """Return what a download by an eUICC would be now. Raises DownloadBarred."""
    so_far = DownloadsSoFar(
        state=DownloadState(order.state),
        ordered_eid=order.eid,
        bound_eid=order.bound_eid,
        downloads=order.downloads,
        is_deleted=order.deleted_at is not None,
        is_expired=order.expires_at is not None and order.expires_at <= now,
    )
    return judge_download(policy_of(order), so_far, eid=eid, has_new_key=has_new_key)


def policy_of(terms: DownloadOrder | ProfileType) -> DownloadPolicy:
    """Return who may download how often, by an order or by what its type gives new ones."""
    return DownloadPolicy(
        redownload=Redownload(terms.redownload),
        needs_delete=terms.needs_delete,
        downloads_max=terms.downloads_max,
    )


def _found(found: Iterable[object], profile_columns: Columns[Profile]) -> Found:
    columns = iter(found)
    order = _ORDER.row(columns)
    has_code = bool(next(columns))
    order.profile = profile_columns.row(columns)
    order.profile.profile_type = _TYPE.row(columns)
    return Found(order, has_code)


MATCHING_ID_PLACE = "rsp_downloadorder.matching_id"
# What no call of a device asks: some of it is decrypted, and some takes long to read.
NOT_ASKED = (
    "code_digest",
    "matching_id",
    "matching_id_index",
    "order_call",
    "calls",
    "ordered_at",
    "changed_at",
)
_SESSION = Columns(DownloadSession, "rsp_downloadsession")
_SESSION_OFFERED = Columns(DownloadSession, "rsp_downloadsession", without=["opened"])
_ORDER = Columns(DownloadOrder, "rsp_downloadorder", without=NOT_ASKED)
_PROFILE = Columns(Profile, "rsp_profile", without=["package"])
_PROFILE_WITH_PACKAGE = Columns(Profile, "rsp_profile")
_TYPE = Columns(ProfileType, "rsp_profiletype")

_SESSION_NOW = f"""
SELECT {_SESSION.sql} FROM rsp_downloadsession
 WHERE transaction_id = %s AND ends_at > %s AND state <> 'cancelled'
"""  # noqa: S608 -- names of columns
_JOINED = """
  FROM rsp_downloadorder
  JOIN rsp_profile ON rsp_profile.id = rsp_downloadorder.profile_id
  JOIN rsp_profiletype ON rsp_profiletype.id = rsp_profile.profile_type_id
"""
_ORDERS = f"SELECT {_ORDER.sql}, rsp_downloadorder.code_digest IS NOT NULL"
_WITHOUT_PACKAGE = f"{_ORDERS}, {_PROFILE.sql}, {_TYPE.sql} {_JOINED}"
_ORDER_BY_MATCHING_ID = f"""
{_WITHOUT_PACKAGE}
 WHERE matching_id_index = ANY(%s) AND rsp_downloadorder.state <> 'cancelled'
"""
_ORDER_BY_EID = f"""
{_WITHOUT_PACKAGE}
 WHERE eid = %s AND eid <> '' AND rsp_downloadorder.state IN ('released', 'downloaded', 'installed')
 ORDER BY rsp_downloadorder.state = 'released' DESC, rsp_downloadorder.id LIMIT 1
"""
_ORDER_BY_ID = f"{_WITHOUT_PACKAGE} WHERE rsp_downloadorder.id = %s"
_SESSION_WITH_PACKAGE = f"""
SELECT {_SESSION_OFFERED.sql}, {_ORDER.sql}, rsp_downloadorder.code_digest IS NOT NULL,
       {_PROFILE_WITH_PACKAGE.sql}, {_TYPE.sql}
  FROM rsp_downloadsession
  JOIN rsp_downloadorder ON rsp_downloadorder.id = rsp_downloadsession.order_id
  JOIN rsp_profile ON rsp_profile.id = rsp_downloadorder.profile_id
  JOIN rsp_profiletype ON rsp_profiletype.id = rsp_profile.profile_type_id
 WHERE transaction_id = %s AND ends_at > %s AND rsp_downloadsession.state <> 'cancelled'
"""  # noqa: S608 -- names of columns
LOCK_DOWNLOAD_ORDER = f"SELECT {_ORDER.sql} FROM rsp_downloadorder WHERE id = %s FOR UPDATE"  # noqa: S608
