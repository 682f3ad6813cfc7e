"""The tables of profiles by download. engine/order_life.py defines how an order may change."""

from limosa.domain.rsp.engine.order_life import DownloadState
from limosa.domain.rsp.engine.redownload import Redownload
from limosa.domain.rsp.engine.session_life import SessionState
from limosa.domain.rsp.models.orders import DownloadOrder, ProgressPoint, ProgressReport
from limosa.domain.rsp.models.sessions import (
    DownloadSession,
    NotificationResult,
    ReceivedNotification,
)
from limosa.domain.rsp.models.stock import Profile, ProfileState, ProfileType

__all__ = [
    "DownloadOrder",
    "DownloadSession",
    "DownloadState",
    "NotificationResult",
    "Profile",
    "ProfileState",
    "ProfileType",
    "ProgressPoint",
    "ProgressReport",
    "ReceivedNotification",
    "Redownload",
    "SessionState",
]
