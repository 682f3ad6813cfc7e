"""How much each process does at a time."""

from limosa.config.settings.reading import Subject
from limosa.foundation.variables import AddressRanges, Choice, Flag, Number, Variable

_proxies = Subject("Proxies in front")
TRUSTED_PROXIES = _proxies.read(
    Variable(
        "LIMOSA_TRUSTED_PROXIES",
        AddressRanges(),
        about="addresses and networks of the proxies in front, separated by commas, such as "
        "`127.0.0.1, 10.0.0.0/8`. Their header is read from the right, skipping each of them; the "
        "first other address is taken as the person's, in limits, payments and logs. `0.0.0.0/0` "
        "and `::/0`, which are all addresses, are refused",
        default_about="none: the socket's address is the person's",
    )
)
FORWARDED_HEADER = _proxies.read(
    Variable(
        "LIMOSA_FORWARDED_HEADER",
        Choice(("x-forwarded-for", "forwarded")),
        default="x-forwarded-for",
        about="the header that they set: `x-forwarded-for`, or `forwarded` (RFC 7239). Only this "
        "one is read",
    )
)

_subject = Subject("Processes")
WEB_WORKERS = _subject.read(
    Variable("LIMOSA_WEB_WORKERS", Number(), default="0", about="web processes; 0: one per core")
)
WEB_THREADS = _subject.read(
    Variable(
        "LIMOSA_WEB_THREADS",
        Number(least=1),
        default="4",
        about="pages at a time in each, plus as many payment notifications, plus as many callbacks "
        "and batches of usage; 1 or more",
    )
)
PROVIDER_CALLS = _subject.read(
    Variable(
        "LIMOSA_PROVIDER_CALLS",
        Number(least=1),
        default="4",
        about="concurrent calls from pages to payment providers in each, and one fewer to any "
        "one provider; their threads come on top; 1 or more",
    )
)
WORKER_CONCURRENCY = _subject.read(
    Variable(
        "LIMOSA_WORKER_CONCURRENCY",
        Number(least=1),
        default="4",
        about="concurrent jobs in a worker; 1 or more",
    )
)
ACCESS_LOG = _subject.read(
    Variable(
        "LIMOSA_ACCESS_LOG",
        Flag(),
        default="0",
        about="`1`: a line for each request, with its address, path, status and time; never its "
        "query",
    )
)
