"""Settings of each provider that are wrong in one place, so that it does not take them."""

OURS, THEIRS = "<another private key>", "<another public key>"
# By provider: settings that are each wrong in one place.
WRONG: dict[str, tuple[dict[str, str], ...]] = {
    "alipay": (
        {"app_id": "2021000000000001"},
        {"private_key_file": OURS},
        {"public_key_file": THEIRS},
    ),
    "counter": ({"secret": "wrong"},),
    "paypal": ({"client_id": "wrong"}, {"client_secret": "wrong"}),
    "stripe": ({"secret_key": "sk_test_wrong0000000000"},),
    "wechatpay": (
        {"cert_serial": "0" * 40},
        {"private_key_file": OURS},
        {"public_key_file": THEIRS},
    ),
}
