"""Airalo, by its Partner API v2. Owns nothing. Promises: an order carries our number and is looked
up by it before it is sent again; webhooks are verified before they are read. Sources of each rule:
SOURCES.md. Callers: none; settings name it."""
