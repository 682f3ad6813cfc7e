"""How much each process does at a time."""

from limosa.config.settings.reading import read_choice, read_flag, read_number, read_proxies

WEB_WORKERS = read_number("WEB_WORKERS", 0)  # 0: one per core.
WEB_THREADS = read_number("WEB_THREADS", 4, least=1)  # Pages at a time in each.
# Calls of pages to payment providers at a time in each; threads for them come on top.
PROVIDER_CALLS = read_number("PROVIDER_CALLS", 4, least=1)
WORKER_CONCURRENCY = read_number("WORKER_CONCURRENCY", 4, least=1)

# The proxies in front, and the header in which they write whom they speak for.
TRUSTED_PROXIES = read_proxies("TRUSTED_PROXIES")
FORWARDED_HEADER = read_choice(
    "FORWARDED_HEADER", "x-forwarded-for", ("x-forwarded-for", "forwarded")
)

ACCESS_LOG = read_flag("ACCESS_LOG")  # A line for each request, without its query.
