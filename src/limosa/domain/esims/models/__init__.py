"""The tables of eSIMs. engine/*_life.py defines how rows may change."""

from limosa.domain.esims.engine.bundle_life import OPEN_STATES, BundleState
from limosa.domain.esims.engine.installation_life import InstallationState
from limosa.domain.esims.engine.move_life import MoveState
from limosa.domain.esims.models.devices import (
    FAILURE_LENGTH_MAX,
    NAME_LENGTH_MAX,
    Device,
    DeviceKind,
    Installation,
    Move,
    MoveReason,
)
from limosa.domain.esims.models.esims import Bundle, Esim, EsimState

__all__ = [
    "FAILURE_LENGTH_MAX",
    "NAME_LENGTH_MAX",
    "OPEN_STATES",
    "Bundle",
    "BundleState",
    "Device",
    "DeviceKind",
    "Esim",
    "EsimState",
    "Installation",
    "InstallationState",
    "Move",
    "MoveReason",
    "MoveState",
]
