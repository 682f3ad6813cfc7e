"""PayPal's tables in the gateway's store."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS paypal_orders (
    id TEXT PRIMARY KEY,
    invoice_id TEXT NOT NULL,           -- the merchant's number
    custom_id TEXT NOT NULL,
    description TEXT NOT NULL,
    amount INTEGER NOT NULL,            -- what was paid, once it is paid
    currency TEXT NOT NULL,
    has_source INTEGER NOT NULL,        -- made with a payment source: the payer has to act
    return_url TEXT NOT NULL,
    cancel_url TEXT NOT NULL,
    vault_customer TEXT,                -- to be kept in the vault, for this customer
    created_at REAL NOT NULL,
    status TEXT NOT NULL,               -- CREATED, PAYER_ACTION_REQUIRED, APPROVED, COMPLETED
    payer_email TEXT NOT NULL,
    next_capture TEXT NOT NULL,         -- COMPLETED, PENDING, DECLINED
    vault_id TEXT,                      -- kept as, or paid by
    capture_id TEXT UNIQUE,
    capture_status TEXT NOT NULL,       -- COMPLETED, PENDING; empty before it is captured
    captured_at REAL,
    completes_at REAL                   -- when a pending capture is completed
) STRICT;
CREATE INDEX IF NOT EXISTS paypal_orders_by_number ON paypal_orders (invoice_id);
CREATE TABLE IF NOT EXISTS paypal_refunds (
    id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES paypal_orders,
    invoice_id TEXT NOT NULL,
    custom_id TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,               -- PENDING, COMPLETED, FAILED, CANCELLED
    outcome TEXT NOT NULL,              -- the status it will have at settles_at
    created_at REAL NOT NULL,
    settles_at REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS paypal_refunds_by_order ON paypal_refunds (order_id);
CREATE TABLE IF NOT EXISTS paypal_tokens (
    id TEXT PRIMARY KEY,
    customer TEXT NOT NULL,
    email TEXT NOT NULL,
    behaviour TEXT NOT NULL,            -- pays, declines, wants_payer
    created_at REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS paypal_disputes (
    id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL UNIQUE REFERENCES paypal_orders,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    reason TEXT NOT NULL,
    outcome TEXT NOT NULL,              -- empty while it is open
    created_at REAL NOT NULL,
    ended_at REAL
) STRICT;
CREATE TABLE IF NOT EXISTS paypal_requests (
    id TEXT PRIMARY KEY,                -- the call and its PayPal-Request-Id
    resource_id TEXT NOT NULL,          -- what the call has made, or been about
    made_at REAL NOT NULL
) STRICT;
"""
