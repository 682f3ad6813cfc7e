"""The variables of the operator's application on Alipay's open platform."""

from limosa.foundation.variables import Declaration, File, Text, Url, Variable

DECLARATION = Declaration(
    code="alipay",
    title="Alipay",
    implementation="limosa.domain.payments.providers.alipay.provider.AlipayProvider",
    turned_on_by="LIMOSA_ALIPAY_APP_ID",
    variables=(
        Variable(
            "LIMOSA_ALIPAY_APP_ID",
            Text(),
            is_needed=True,
            about="the application's number on Alipay's open platform",
            source="open.alipay.com, 控制台, the application",
        ),
        Variable(
            "LIMOSA_ALIPAY_SELLER_ID",
            Text(),
            is_needed=True,
            about="the account that receives the money, `2088…`",
            source="b.alipay.com, the account's PID",
        ),
        Variable(
            "LIMOSA_ALIPAY_PRIVATE_KEY_FILE",
            File(),
            is_secret=True,
            is_needed=True,
            about="the application's private key: PEM, or the bare base64 of Alipay's tool",
            source="Alipay's key tool, which made it together with the application's public key",
        ),
        Variable(
            "LIMOSA_ALIPAY_PUBLIC_KEY_FILE",
            File(),
            is_needed=True,
            about="Alipay's public key (not the application's), in either form",
            source="open.alipay.com, 控制台, the application, 开发设置, 接口加签方式",
        ),
        Variable(
            "LIMOSA_ALIPAY_GATEWAY_URL",
            Url(),
            default="https://openapi.alipay.com/gateway.do",
            about="overridden for a sandbox or a simulator",
        ),
    ),
)
