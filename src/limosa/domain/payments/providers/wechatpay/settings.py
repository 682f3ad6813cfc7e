"""The variables of the operator's merchant account with WeChat Pay."""

from limosa.foundation.variables import Declaration, File, Text, Url, Variable

_API_SECURITY = "pay.weixin.qq.com, 账户中心, API安全"

DECLARATION = Declaration(
    code="wechatpay",
    title="WeChat Pay",
    implementation="limosa.domain.payments.providers.wechatpay.provider.WeChatPayProvider",
    turned_on_by="LIMOSA_WECHATPAY_MCHID",
    either=(
        ("LIMOSA_WECHATPAY_PUBLIC_KEY_FILE", "LIMOSA_WECHATPAY_PUBLIC_KEY_ID"),
        ("LIMOSA_WECHATPAY_PLATFORM_CERT_FILES",),
    ),
    variables=(
        Variable(
            "LIMOSA_WECHATPAY_MCHID",
            Text(),
            is_needed=True,
            about="merchant number",
            source="pay.weixin.qq.com, 账户中心, 商户信息",
        ),
        Variable(
            "LIMOSA_WECHATPAY_APPID",
            Text(),
            is_needed=True,
            about="the appid bound to the merchant",
            source="pay.weixin.qq.com, 产品中心, AppID账号管理",
        ),
        Variable(
            "LIMOSA_WECHATPAY_APIV3_KEY",
            Text(),
            is_secret=True,
            is_needed=True,
            about="the API v3 key, 32 characters",
            source=_API_SECURITY,
        ),
        Variable(
            "LIMOSA_WECHATPAY_CERT_SERIAL",
            Text(),
            is_needed=True,
            about="serial number of the merchant's certificate",
            source=_API_SECURITY,
        ),
        Variable(
            "LIMOSA_WECHATPAY_PRIVATE_KEY_FILE",
            File(),
            is_secret=True,
            is_needed=True,
            about="the merchant's private key, PEM",
            source=_API_SECURITY,
        ),
        Variable(
            "LIMOSA_WECHATPAY_PUBLIC_KEY_FILE",
            File(),
            about="WeChat Pay's public key, PEM",
            source=_API_SECURITY,
        ),
        Variable(
            "LIMOSA_WECHATPAY_PUBLIC_KEY_ID",
            Text(),
            about="its id, `PUB_KEY_ID_…`",
            source=_API_SECURITY,
        ),
        Variable(
            "LIMOSA_WECHATPAY_PLATFORM_CERT_FILES",
            File(),
            about="WeChat Pay's platform certificates, PEM, separated by commas: instead of the "
            "public key, or in addition to it during a transition. Their successors are fetched "
            "automatically",
            source=_API_SECURITY,
        ),
        Variable(
            "LIMOSA_WECHATPAY_APP_SECRET",
            Text(),
            is_secret=True,
            about="the app's secret; enables payment inside WeChat's own browser (JSAPI)",
            source="mp.weixin.qq.com, the official account",
        ),
        Variable(
            "LIMOSA_WECHATPAY_OPEN_URL",
            Url(),
            default="https://open.weixin.qq.com",
            about="overridden for a simulator",
        ),
        Variable(
            "LIMOSA_WECHATPAY_API_URL",
            Url(),
            default="https://api.weixin.qq.com",
            about="overridden for a simulator",
        ),
        Variable(
            "LIMOSA_WECHATPAY_GATEWAY_URL",
            Url(),
            default="https://api.mch.weixin.qq.com",
            about="overridden for a simulator",
        ),
    ),
)
