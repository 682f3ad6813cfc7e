"""What can go wrong with a download, in sentences for people."""

from collections.abc import Mapping
from types import MappingProxyType

from limosa.simulators.virtual_phone.card.results import CancelReason, ErrorReason


class LpaFault(Exception):
    """Something did not work; the text says what, and what to do.

    `english` and `chinese` are whole sentences; `detail` is what an engineer asks for, or empty.
    """

    def __init__(self, english: str, chinese: str, detail: str = "") -> None:
        super().__init__(f"{english} [{detail}]" if detail else english)
        self.english, self.chinese, self.detail = english, chinese, detail


class ConnectionLost(LpaFault):
    """No answer came; the server may have done what it was asked or not."""


class NameUnknown(ConnectionLost):
    """A host has no address."""

    def __init__(self, host: str) -> None:
        super().__init__(f"{host} has no address: no such name.", f"找不到 {host} 的地址。")
        self.host = host


class ServerRefused(LpaFault):
    """The server said no, with its subject and reason codes."""

    def __init__(self, call: str, subject: str, reason: str, message: str) -> None:
        english, chinese = _REFUSALS.get(
            (subject, reason), ("The server refused.", "服务器拒绝了请求。")
        )
        detail = f"{call}: {subject}/{reason}{', ' if message else ''}{message}"
        super().__init__(english, chinese, detail)
        self.call, self.subject, self.reason = call, subject, reason


class BadAnswer(LpaFault):
    """The server's answer is not what SGP.22 says."""

    def __init__(self, call: str, why: str) -> None:
        super().__init__(
            f"The server's answer to {call} is wrong: {why}.",
            f"服务器对 {call} 的应答不符合规范。",
        )
        self.call = call


class CardRefused(LpaFault):
    """The card doesn't accept what the server sent. `code` is the standard's."""

    def __init__(self, command: str, code: int, name: str) -> None:
        super().__init__(
            "The eUICC doesn't accept what the server sent.",
            "eUICC 不接受服务器发来的数据。",
            f"{command} failed: {name} ({code})",
        )
        self.command, self.code = command, code


class InstallationRefused(LpaFault):
    """The card did not install the profile."""

    def __init__(self, command: int, reason: int) -> None:
        known = {member.value: member.name for member in ErrorReason}
        name = known.get(reason, "UNKNOWN").lower().replace("_", " ")
        english, chinese = _INSTALLATION.get(
            reason,
            ("The eUICC could not install the profile.", "eUICC 无法安装此配置文件。"),
        )
        super().__init__(english, chinese, f"command {command}, reason {reason}: {name}")
        self.command, self.reason = command, reason


class Declined(LpaFault):
    """The person said no, or not now, or nothing: `reason` is what the server is told."""

    def __init__(
        self, english: str, chinese: str, reason: CancelReason = CancelReason.END_USER_REJECTION
    ) -> None:
        super().__init__(english, chinese)
        self.reason = reason


class Interrupted(Exception):
    """The phone stopped where a test told it to."""


_INSTALLATION: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        ErrorReason.ICCID_ALREADY_EXISTS: (
            "This eSIM is on the phone already.",
            "这台手机上已经有这张 eSIM。",
        ),
        ErrorReason.INSUFFICIENT_MEMORY: (
            "The eUICC has no room left: delete a profile first.",
            "eUICC 空间不足，请先删除一张 eSIM。",
        ),
        ErrorReason.PPR_NOT_ALLOWED: (
            "The profile's rules are not allowed on this phone.",
            "这台手机不允许此配置文件的策略规则。",
        ),
    }
)

_EID = ("This code is for another device.", "此激活码绑定了其他设备。")
_CODE_WRONG = ("The confirmation code is wrong.", "确认码不正确。")
_REFUSALS: Mapping[tuple[str, str], tuple[str, str]] = MappingProxyType(
    {
        ("8.8.1", "3.8"): (
            "The server doesn't know itself by the address in the code.",
            "激活码中的地址不是这台服务器的地址。",
        ),
        ("8.8.2", "3.1"): (
            "The server and this eUICC trust no certificate issuer in common.",
            "服务器与此 eUICC 没有共同信任的证书颁发机构。",
        ),
        ("8.8.3", "3.1"): (
            "The server doesn't support this eUICC's version of the standard.",
            "服务器不支持此 eUICC 的规范版本。",
        ),
        ("8.2.6", "3.8"): (
            "The code isn't valid: it was mistyped, used already, or withdrawn.",
            "激活码无效：可能输入有误、已被使用或已撤销。",
        ),
        ("8.1.1", "3.8"): _EID,
        ("8.1.1", "3.10"): _EID,
        ("8.2", "1.2"): ("The profile isn't released yet.", "此 eSIM 尚未开放下载。"),
        ("8.2", "3.7"): ("The profile isn't available.", "此 eSIM 暂不可用。"),
        ("8.2.5", "4.3"): (
            "There is no profile for this device.",
            "没有适用于此设备的 eSIM。",
        ),
        ("8.8.5", "4.10"): ("The download order has expired.", "下载订单已过期。"),
        ("8.8.5", "6.4"): (
            "The profile was downloaded too often: ask for a new code.",
            "下载次数过多，请申请新的激活码。",
        ),
        ("8.2.7", "2.2"): (
            "The profile needs a confirmation code.",
            "此 eSIM 需要确认码。",
        ),
        ("8.2.7", "3.8"): _CODE_WRONG,
        ("8.2.7", "6.4"): (
            "The confirmation code was wrong too often: ask for a new code.",
            "确认码错误次数过多，请申请新的激活码。",
        ),
        ("8.1", "6.1"): (
            "The server doesn't accept this eUICC's signature.",
            "服务器不认可此 eUICC 的签名。",
        ),
        ("8.1.2", "6.1"): (
            "The server doesn't trust the maker of this eUICC.",
            "服务器不信任此 eUICC 的制造商证书。",
        ),
        ("8.1.2", "6.3"): (
            "The certificate of this eUICC's maker has expired.",
            "此 eUICC 制造商的证书已过期。",
        ),
        ("8.1.3", "6.1"): (
            "The server doesn't trust this eUICC.",
            "服务器不信任此 eUICC 的证书。",
        ),
        ("8.1.3", "6.3"): ("This eUICC's certificate has expired.", "此 eUICC 的证书已过期。"),
        ("8.1", "4.8"): (
            "The eUICC has no room left: delete a profile first.",
            "eUICC 空间不足，请先删除一张 eSIM。",
        ),
        ("8.10.1", "3.9"): (
            "The server no longer knows this download: start again.",
            "服务器已结束此次下载，请重新开始。",
        ),
    }
)
