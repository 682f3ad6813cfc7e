"""The gateway's errors: HTTP status, code, message, and sometimes a detail.

Codes and statuses are those of the tables at pay.weixin.qq.com/doc/v3 (Native order, close,
refund); where the tables are silent, those that merchants have reported.
"""

from enum import Enum


class Code(Enum):
    """An error code with its HTTP status and its default message."""

    PARAM_ERROR = (400, "参数错误")
    INVALID_REQUEST = (400, "无效请求")
    APPID_MCHID_NOT_MATCH = (400, "AppID和mch_id不匹配")
    MCH_NOT_EXISTS = (400, "商户号不存在")
    ORDERPAID = (400, "该订单已支付")
    ORDER_CLOSED = (400, "该订单已关闭")
    NO_STATEMENT_EXIST = (400, "账单文件不存在")
    SIGN_ERROR = (401, "签名错误，请检查后再试")
    ORDER_NOT_EXIST = (404, "订单不存在")
    RESOURCE_NOT_EXISTS = (404, "查询的资源不存在")
    SYSTEM_ERROR = (500, "系统异常，请稍后重试")


class GatewayRefusalError(Exception):
    """A request that the gateway answers with an error; nothing was changed."""

    def __init__(
        self, code: Code, message: str = "", *, detail: dict[str, object] | None = None
    ) -> None:
        super().__init__(f"{code.name}: {message or code.value[1]}")
        self.code = code
        self.status = code.value[0]
        self.body: dict[str, object] = {"code": code.name, "message": message or code.value[1]}
        if detail is not None:
            self.body["detail"] = detail


def parameter_refusal(field: str, issue: str, value: object) -> GatewayRefusalError:
    """Build the error for one wrong member of a JSON body; `field` is a JSON pointer."""
    detail: dict[str, object] = {
        "location": "body",
        "field": field,
        "issue": issue,
        "value": value,
    }
    return GatewayRefusalError(Code.PARAM_ERROR, detail=detail)
