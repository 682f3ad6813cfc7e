"""Payment providers, suppliers, and the rules of the house for money."""

from limosa.config.settings.reading import read_limits, read_text, read_url, read_zone

WEB = ("http", "https")

# The wallet is not among them: it is our own books, and is settled by ordering.
PAYMENT_PROVIDERS: dict[str, str] = {}
# A simulated gateway, where a person without the app pays a code: below it, `PROVIDER/scan`. Empty
# outside a demo.
DEMO_SCAN_URL = read_url("DEMO_SCAN_URL", "", WEB).rstrip("/")
WECHATPAY = {
    "mchid": read_text("WECHATPAY_MCHID"),
    "appid": read_text("WECHATPAY_APPID"),
    "api_v3_key": read_text("WECHATPAY_APIV3_KEY"),
    "certificate_serial": read_text("WECHATPAY_CERT_SERIAL"),
    "private_key_file": read_text("WECHATPAY_PRIVATE_KEY_FILE"),
    "platform_public_key_file": read_text("WECHATPAY_PUBLIC_KEY_FILE"),
    "platform_public_key_id": read_text("WECHATPAY_PUBLIC_KEY_ID"),
    "platform_certificate_files": read_text("WECHATPAY_PLATFORM_CERT_FILES"),
    "gateway_url": read_url("WECHATPAY_GATEWAY_URL", "https://api.mch.weixin.qq.com", WEB),
    "app_secret": read_text("WECHATPAY_APP_SECRET"),
    "open_url": read_url("WECHATPAY_OPEN_URL", "https://open.weixin.qq.com", WEB),
    "api_url": read_url("WECHATPAY_API_URL", "https://api.weixin.qq.com", WEB),
}
if WECHATPAY["mchid"]:
    PAYMENT_PROVIDERS["wechatpay"] = (
        "limosa.domain.payments.providers.wechatpay.provider.WeChatPayProvider"
    )
STRIPE = {
    "account": read_text("STRIPE_ACCOUNT"),
    "secret_key": read_text("STRIPE_SECRET_KEY"),
    "webhook_secret": read_text("STRIPE_WEBHOOK_SECRET"),
    "api_url": read_url("STRIPE_API_URL", "https://api.stripe.com", WEB),
}
if STRIPE["secret_key"]:
    PAYMENT_PROVIDERS["stripe"] = "limosa.domain.payments.providers.stripe.provider.StripeProvider"
PAYPAL = {
    "client_id": read_text("PAYPAL_CLIENT_ID"),
    "client_secret": read_text("PAYPAL_CLIENT_SECRET"),
    "merchant_id": read_text("PAYPAL_MERCHANT_ID"),
    "webhook_id": read_text("PAYPAL_WEBHOOK_ID"),
    "api_url": read_url("PAYPAL_API_URL", "https://api-m.paypal.com", WEB),
    "certificate_url": read_url(
        "PAYPAL_CERTIFICATE_URL", "https://api.paypal.com/v1/notifications/certs/", WEB
    ),
    "certificate_name": read_text("PAYPAL_CERTIFICATE_NAME", "messageverificationcerts.paypal.com"),
    "certificate_folder": read_text("PAYPAL_CERTIFICATE_FOLDER"),
    "ca_file": read_text("PAYPAL_CA_FILE"),
}
if PAYPAL["client_id"]:
    PAYMENT_PROVIDERS["paypal"] = "limosa.domain.payments.providers.paypal.provider.PayPalProvider"
ALIPAY = {
    "app_id": read_text("ALIPAY_APP_ID"),
    "seller_id": read_text("ALIPAY_SELLER_ID"),
    "private_key_file": read_text("ALIPAY_PRIVATE_KEY_FILE"),
    "platform_public_key_file": read_text("ALIPAY_PUBLIC_KEY_FILE"),
    "gateway_url": read_url("ALIPAY_GATEWAY_URL", "https://openapi.alipay.com/gateway.do", WEB),
}
if ALIPAY["app_id"]:
    PAYMENT_PROVIDERS["alipay"] = "limosa.domain.payments.providers.alipay.provider.AlipayProvider"
# What one member of the staff may give back of a payment, in minor units; over it two sign.
REFUND_LIMITS = read_limits("REFUND_LIMITS", "USD:5000 CNY:35000 EUR:5000")
SUPPLIER_ADAPTERS = {"own_network": "limosa.domain.connectivity.suppliers.own_network.OwnNetwork"}
SMDP_ADDRESS = read_text("SMDP_ADDRESS", "smdp.limosa.example")
SERVICE_TIME_ZONE = read_zone("SERVICE_TIME_ZONE", "America/Los_Angeles")
PLACE_OF_SUPPLY = read_text("PLACE_OF_SUPPLY", "US-CA")
USAGE_FEED_KEY = read_text("USAGE_FEED_KEY")
