"""TGT (途鸽): orders and renewals are confirmed by signed callbacks, every five seconds for two
hours; one idempotency key is one order; use is in megabytes; nothing is cancelled."""
