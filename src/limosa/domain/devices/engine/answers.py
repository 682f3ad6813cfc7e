"""What a device check answers: a verdict, its reason, what to look at, and which traps remain."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """Whether the device takes an eSIM."""

    YES = "yes"
    NO = "no"
    DEPENDS = "depends"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why. Each has a sentence (web/wording/device_answers.py)."""

    EID = "eid"
    ON_LIST = "on_list"
    APPLE_VERSION = "apple_version"
    APPLE_VERSION_ESIM_ONLY = "apple_version_esim_only"
    APPLE_MAINLAND = "apple_mainland"
    APPLE_MAINLAND_HK_MACAO = "apple_mainland_hk_macao"
    APPLE_AIR_MAINLAND = "apple_air_mainland"
    IPAD_MAINLAND = "ipad_mainland"
    PART_MAINLAND = "part_mainland"
    TOO_OLD = "too_old"
    WATCH = "watch"
    SAMSUNG_VERSION = "samsung_version"
    SAMSUNG_KOREA_EARLY = "samsung_korea_early"
    SAMSUNG_NOT_LISTED = "samsung_not_listed"
    MAINLAND_OR_NOT = "mainland_or_not"
    MAINLAND_HK_MACAO_OR_NOT = "mainland_hk_macao_or_not"
    AIR_MAINLAND_OR_NOT = "air_mainland_or_not"
    IPAD_OR_NOT = "ipad_or_not"
    APPLE_NUMBER_UNSURE = "apple_number_unsure"
    PART_NEEDS_MODEL = "part_needs_model"
    SAMSUNG_OPEN = "samsung_open"
    SAMSUNG_GREATER_CHINA = "samsung_greater_china"
    SAMSUNG_US = "samsung_us"
    MARKET_OPEN = "market_open"
    CHINA_OPEN = "china_open"
    PIXEL_2 = "pixel_2"
    PIXEL_3 = "pixel_3"
    PIXEL_3A = "pixel_3a"
    SEVERAL = "several"
    IN_PART = "in_part"
    WHICH_MODEL = "which_model"
    CONTRADICTION = "contradiction"
    NOT_ON_LIST = "not_on_list"
    IMEI_ONLY = "imei_only"
    SIM_NUMBER = "sim_number"
    MISTYPED = "mistyped"
    NOTHING = "nothing"


class Trap(StrEnum):
    """What may keep a device from an eSIM although its model takes them. Each has a sentence."""

    MAINLAND = "mainland"
    HK_MACAO = "hk_macao"
    NO_TRAY = "no_tray"
    LOCK = "lock"
    AIR_MAINLAND = "air_mainland"
    TABLET_WIFI = "tablet_wifi"
    KOREA = "korea"


class Look(StrEnum):
    """The one thing to look at on the device."""

    NONE = ""
    APPLE_NUMBER = "apple_number"
    APPLE_LOCK = "apple_lock"
    SAMSUNG_NUMBER = "samsung_number"
    ANDROID_LOCK = "android_lock"
    EID = "eid"
    MODEL = "model"
    AGAIN = "again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a device check says. It holds nothing that was typed.

    `model`: the device's name with its maker, empty if none was found. `candidates`: names of
    models that may be meant. `source` and `as_of` (an ISO date): where the list has it from.
    """

    verdict: Verdict
    reason: Reason
    look: Look = Look.NONE
    model: str = ""
    candidates: tuple[str, ...] = ()
    traps: tuple[Trap, ...] = ()
    source: str = ""
    as_of: str = ""
