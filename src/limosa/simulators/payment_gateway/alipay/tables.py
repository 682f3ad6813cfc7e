"""Alipay's tables in the gateway's store."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS alipay_trades (
    out_trade_no TEXT PRIMARY KEY,
    method TEXT NOT NULL,               -- alipay.trade.precreate, …page.pay, …wap.pay
    request TEXT NOT NULL,              -- canonical JSON: the same again is the same trade
    subject TEXT NOT NULL,
    notify_url TEXT NOT NULL,
    return_url TEXT NOT NULL,
    quit_url TEXT NOT NULL,
    total INTEGER NOT NULL,             -- what was paid, once it is paid
    currency TEXT NOT NULL,
    token TEXT NOT NULL UNIQUE,         -- the secret part of the code and of the page's address
    expires_at REAL NOT NULL,
    created_at REAL NOT NULL,
    state TEXT NOT NULL,                -- CODE (nobody has scanned it yet), or a trade_status
    trade_no TEXT UNIQUE,               -- none while it is but a code
    buyer TEXT NOT NULL,
    paid_at REAL,
    closed_at REAL
) STRICT;
CREATE INDEX IF NOT EXISTS alipay_trades_open ON alipay_trades (expires_at)
    WHERE state = 'WAIT_BUYER_PAY';
CREATE TABLE IF NOT EXISTS alipay_refunds (
    out_trade_no TEXT NOT NULL REFERENCES alipay_trades,
    out_request_no TEXT NOT NULL,
    amount INTEGER NOT NULL,
    created_at REAL NOT NULL,
    settles_at REAL NOT NULL,
    is_done INTEGER NOT NULL,
    PRIMARY KEY (out_trade_no, out_request_no)
) STRICT;
CREATE INDEX IF NOT EXISTS alipay_refunds_open ON alipay_refunds (settles_at) WHERE is_done = 0;
"""
