"""WeChat Pay's tables in the gateway's store."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS wechatpay_orders (
    out_trade_no TEXT PRIMARY KEY,
    kind TEXT NOT NULL,                 -- native, h5, jsapi, or none: closed before it was placed
    request TEXT NOT NULL,              -- canonical JSON: the same again is the same order
    description TEXT NOT NULL,
    attach TEXT NOT NULL,
    notify_url TEXT NOT NULL,
    total INTEGER NOT NULL,             -- what was paid, once it is paid
    currency TEXT NOT NULL,
    token TEXT NOT NULL UNIQUE,         -- the secret part of the code and of the page's address
    expires_at REAL,
    created_at REAL NOT NULL,
    state TEXT NOT NULL,                -- NOTPAY, SUCCESS, REFUND, CLOSED
    transaction_id TEXT UNIQUE,
    payer TEXT NOT NULL,
    paid_at REAL
) STRICT;
CREATE TABLE IF NOT EXISTS wechatpay_prepays (
    prepay_id TEXT PRIMARY KEY,
    out_trade_no TEXT NOT NULL UNIQUE REFERENCES wechatpay_orders
) STRICT;
CREATE TABLE IF NOT EXISTS wechatpay_codes (
    code TEXT PRIMARY KEY,              -- of the OAuth step; used once
    openid TEXT NOT NULL,
    scope TEXT NOT NULL,
    expires_at REAL NOT NULL,
    is_used INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS wechatpay_refunds (
    out_refund_no TEXT PRIMARY KEY,
    refund_id TEXT NOT NULL UNIQUE,
    out_trade_no TEXT NOT NULL REFERENCES wechatpay_orders,
    request TEXT NOT NULL,
    amount INTEGER NOT NULL,
    notify_url TEXT NOT NULL,
    state TEXT NOT NULL,                -- PROCESSING, SUCCESS, ABNORMAL, CLOSED
    outcome TEXT NOT NULL,              -- the state it will have at settles_at
    created_at REAL NOT NULL,
    settles_at REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS wechatpay_refunds_by_order ON wechatpay_refunds (out_trade_no);
CREATE INDEX IF NOT EXISTS wechatpay_refunds_open ON wechatpay_refunds (settles_at)
    WHERE state = 'PROCESSING';
"""
