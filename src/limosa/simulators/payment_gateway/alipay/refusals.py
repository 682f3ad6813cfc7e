"""The gateway's errors: all with HTTP 200, a code, and a more specific sub-code.

Source: opendocs.alipay.com, "公共错误码" and the tables of business errors of each call. What the
gateway can't attribute (an unknown application, a signature it can't read) it answers unsigned, as
merchants have observed.
"""

from typing import NamedTuple


class _Kind(NamedTuple):
    code: str
    msg: str
    is_signed: bool = False


_BROKEN = _Kind("20000", "Service Currently Unavailable", is_signed=True)
_MISSING = _Kind("40001", "Missing Required Arguments")
_INVALID = _Kind("40002", "Invalid Arguments")
_REFUSED = _Kind("40004", "Business Failed", is_signed=True)


class GatewayRefusalError(Exception):
    """A request that the gateway answers with an error; nothing was changed."""

    def __init__(self, kind: _Kind, sub_code: str, sub_msg: str) -> None:
        super().__init__(f"{kind.code} {sub_code}: {sub_msg}")
        self.sub_code, self.sub_msg, self.is_signed = sub_code, sub_msg, kind.is_signed
        self.body: dict[str, object] = {
            "code": kind.code,
            "msg": kind.msg,
            "sub_code": sub_code,
            "sub_msg": sub_msg,
        }


def broken() -> GatewayRefusalError:
    """Something broke: the outcome of the call is unknown."""
    return GatewayRefusalError(_BROKEN, "isp.unknow-error", "系统繁忙")


def missing(name: str) -> GatewayRefusalError:
    """A parameter required in every call is missing."""
    return GatewayRefusalError(_MISSING, f"isv.missing-{name.replace('_', '-')}", f"缺少{name}参数")


def invalid(name: str, issue: str) -> GatewayRefusalError:
    """A parameter required in every call is wrong."""
    return GatewayRefusalError(_INVALID, f"isv.invalid-{name.replace('_', '-')}", issue)


def refused(code: str, issue: str) -> GatewayRefusalError:
    """The call was understood, but can't be done."""
    return GatewayRefusalError(_REFUSED, code, issue)


def parameter(name: str, issue: str) -> GatewayRefusalError:
    """A member of biz_content is wrong."""
    return refused("ACQ.INVALID_PARAMETER", f"参数无效：{name}{issue}")
