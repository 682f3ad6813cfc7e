"""The rows of each table as lines for COPY, in loading order."""

from array import array
from collections.abc import Iterator

from limosa.domain.encryption.cipher import encrypt
from limosa.domain.esims.models import Esim
from limosa_lab.seeding.facts import ACTIVE, CURRENCY, TIME_ZONE, World
from limosa_lab.seeding.order_tables import SYSTEM_ACCOUNTS, order_tables
from limosa_lab.seeding.table import Table

FEED = "seed"
DAYS_OF_USE = 7
_LANGUAGES = ("zh-hans", "zh-hans", "zh-hant", "en", "es")
_HOME_ZONES = ("Asia/Shanghai", "Asia/Taipei", "America/Los_Angeles", "America/Mexico_City")


def tables(world: World) -> list[Table]:
    """Return all tables to fill; a table comes after those that its lines need."""
    return [*_people(world), *_bundles(world), *order_tables(world)]


def _people(world: World) -> list[Table]:
    size = world.size
    return [
        Table(
            "accounts_subscriber",
            "id, password, is_superuser, is_staff, is_active, date_joined, email, display_name,"
            " language, time_zone, currency, usage_thresholds, days_before_end, country,"
            " unapplied_funds, sessions_epoch, staff_role, rating_mail",
            size.subscribers,
            lambda: _subscribers(world),
        ),
        Table(
            "account_emailaddress",
            'id, user_id, email, verified, "primary"',
            size.subscribers,
            lambda: _addresses(world),
        ),
        Table(
            "ledger_account",
            "id, code, kind, currency, subscriber_id, balance_minor",
            size.subscribers + len(SYSTEM_ACCOUNTS),
            lambda: _accounts(world),
        ),
        Table(
            "esims_esim",
            "id, public_id, subscriber_id, supplier_id, carrier_id, iccid, activation_code, label,"
            " time_zone, state, created_at, installed_at, usage_seen_at, supplier_reference,"
            " supplier_order_reference",
            size.esims,
            lambda: _esims(world),
        ),
    ]


def _subscribers(world: World) -> Iterator[str]:
    joined = world.moments.at(world.joined_days, 0)
    for number in range(1, world.size.subscribers + 1):
        language = _LANGUAGES[world.chance.of(6, number, len(_LANGUAGES))]
        zone = _HOME_ZONES[world.chance.of(7, number, len(_HOME_ZONES))]
        yield (
            f"{number}\t!\tf\tf\tt\t{joined}\tperson{number}@seed.example\tPerson {number}"
            f"\t{language}\t{zone}\t{CURRENCY}\t{{80,100}}\t{{3,1}}\t\tback\t0\t\tf\n"
        )


def _addresses(world: World) -> Iterator[str]:
    for number in range(1, world.size.subscribers + 1):
        yield f"{number}\t{number}\tperson{number}@seed.example\tt\tt\n"


def _accounts(world: World) -> Iterator[str]:
    for number, code in enumerate(SYSTEM_ACCOUNTS, start=1):
        kind = code.partition(":")[0]
        yield f"{number}\t{code}\t{kind}\t{CURRENCY}\t\\N\t\\N\n"
    for number in range(1, world.size.subscribers + 1):
        account = number + len(SYSTEM_ACCOUNTS)
        yield f"{account}\twallet:{number}:{CURRENCY}\twallet\t{CURRENCY}\t{number}\t0\n"


def _esims(world: World) -> Iterator[str]:
    joined = world.moments.at(world.joined_days, 0)
    place = Esim._meta.get_field("activation_code").place
    for number in range(1, world.size.esims + 1):
        plan = world.plan(number)
        seen = world.moments.at(1, world.chance.of(8, number, 1440))
        yield (
            f"{number}\t{world.chance.code(number, length=12)}\t{world.owner(number)}"
            f"\t{plan.supplier}\t{plan.carrier}\t{world.iccid(number)}"
            f"\t{encrypt(world.activation_code(number), place=place)}\t\t{TIME_ZONE}\tinstalled"
            f"\t{joined}\t{joined}\t{seen}\t\t\n"
        )


def _bundles(world: World) -> list[Table]:
    size = world.size
    # Filled while bundles are generated, and read by the tables after them.
    used = array("q", bytes(8 * (size.bundles + 1)))
    running = array("q", bytes(8 * (size.esims + 1)))
    used_by_esim = array("q", bytes(8 * (size.esims + 1)))
    return [
        Table(
            "esims_bundle",
            "id, order_number, esim_id, subscriber_id, plan_id, state, volume_bytes, used_bytes,"
            " validity_count, validity_unit, valid_from, created_at, starts_at, ends_at, ended_at",
            size.bundles,
            lambda: _bundle_lines(world, used, running, used_by_esim),
        ),
        Table(
            "charging_usagerecord",
            "id, feed, record_id, esim_id, subscriber_id, started_at, ended_at, uplink_bytes,"
            " downlink_bytes, overrun_bytes, reserve_bytes, received_at",
            size.esims,
            lambda: _usage_records(world, used_by_esim),
        ),
        Table(
            "charging_usagededuction",
            "id, record_id, bundle_id, deducted_bytes",
            size.bundles,
            lambda: _usage_deductions(world, used),
        ),
        Table(
            "charging_dailyusage",
            "esim_id, day, used_bytes",
            size.esims * DAYS_OF_USE,
            lambda: _daily_usage(world, running),
        ),
    ]


def _bundle_lines(
    world: World, used: "array[int]", running: "array[int]", used_by_esim: "array[int]"
) -> Iterator[str]:
    at = world.moments.at
    for number in range(1, world.size.bundles + 1):
        esim, fact = world.bundle(number)
        used[number] = fact.used_bytes
        used_by_esim[esim] += fact.used_bytes
        if fact.state == ACTIVE:
            running[esim] = fact.used_bytes
        ended = "\\N" if fact.ended_days is None else at(fact.ended_days, fact.minute)
        yield (
            f"{number}\tL-{world.chance.code(number, length=8)}\t{esim}\t{world.owner(esim)}"
            f"\t{fact.plan.code}\t{fact.state}\t{fact.plan.volume_bytes}\t{fact.used_bytes}"
            f"\t1\tmonth\tpurchase\t{at(fact.created_days, fact.minute)}"
            f"\t{at(fact.starts_days, fact.minute)}\t{at(fact.ends_days, fact.minute)}\t{ended}\n"
        )


def _usage_records(world: World, used_by_esim: "array[int]") -> Iterator[str]:
    """One record per eSIM for all its usage: a real network's are far finer."""
    began, ended = world.moments.at(world.joined_days, 0), world.moments.at(1, 0)
    for esim in range(1, world.size.esims + 1):
        yield (
            f"{esim}\t{FEED}\t{esim}\t{esim}\t{world.owner(esim)}\t{began}\t{ended}"
            f"\t0\t{used_by_esim[esim]}\t0\t0\t{ended}\n"
        )


def _usage_deductions(world: World, used: "array[int]") -> Iterator[str]:
    for bundle in range(1, world.size.bundles + 1):
        if used[bundle]:
            yield f"{bundle}\t{world.place(bundle)[0]}\t{bundle}\t{used[bundle]}\n"


def _daily_usage(world: World, running: "array[int]") -> Iterator[str]:
    for before in range(DAYS_OF_USE - 1, -1, -1):
        day = world.moments.day(before)
        for esim in range(1, world.size.esims + 1):
            part = 20 + world.chance.of(9, esim * DAYS_OF_USE + before, 60)
            yield f"{esim}\t{day}\t{running[esim] * part // 1000}\n"
