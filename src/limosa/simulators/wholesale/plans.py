"""What a wholesaler sells: a list made from a table of regions and sizes, written for the demo.

Each wire names and prices the same goods in its own way. What was changed since (price, stock, off
sale) is in the store.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace

GB, MB = 1024**3, 1024**2
_EUROPE = (
    "AT", "BE", "BG", "CH", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
_ASIA = ("HK", "ID", "JP", "KR", "MO", "MY", "PH", "SG", "TH", "TW", "VN")


@dataclass(frozen=True, slots=True)
class Region:
    """Where a plan works. `kind`: country, region, or global. `factor`: of prices, in percent.
    `exit_country`: where the traffic leaves."""

    code: str
    name: str
    name_zh: str
    countries: tuple[str, ...]
    kind: str
    factor: int
    exit_country: str


REGIONS = (
    Region("US", "United States", "美国", ("US",), "country", 100, "US"),
    Region("CA", "Canada", "加拿大", ("CA",), "country", 120, "US"),
    Region("MX", "Mexico", "墨西哥", ("MX",), "country", 130, "US"),
    Region("CN", "China", "中国", ("CN",), "country", 80, "HK"),
    Region("HK", "Hong Kong", "香港", ("HK",), "country", 60, "HK"),
    Region("JP", "Japan", "日本", ("JP",), "country", 70, "SG"),
    Region("KR", "South Korea", "韩国", ("KR",), "country", 75, "SG"),
    Region("TH", "Thailand", "泰国", ("TH",), "country", 55, "SG"),
    Region("SG", "Singapore", "新加坡", ("SG",), "country", 60, "SG"),
    Region("GB", "United Kingdom", "英国", ("GB",), "country", 65, "GB"),
    Region("ES", "Spain", "西班牙", ("ES",), "country", 60, "FR"),
    Region("AU", "Australia", "澳大利亚", ("AU",), "country", 90, "SG"),
    Region("EU", "Europe", "欧洲", _EUROPE, "region", 85, "FR"),
    Region("AS", "Asia", "亚洲", _ASIA, "region", 90, "HK"),
    Region("GL", "Global", "全球", ("AU", "CA", "CN", "MX", "US", *_ASIA, *_EUROPE), "global", 240,
           "GB"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """`volume` None: unlimited. `daily`: at full speed each day. `price`: for the United States, in
    ten-thousandths of a dollar."""

    name: str
    volume: int | None
    days: int
    price: int
    daily: int | None = None


SIZES = (
    Size("1GB-7D", GB, 7, 16_000),
    Size("3GB-15D", 3 * GB, 15, 39_000),
    Size("5GB-30D", 5 * GB, 30, 58_000),
    Size("20GB-30D", 20 * GB, 30, 171_000),
    Size("1GB/DAY-5D", None, 5, 74_000, daily=GB),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan in a wholesaler's list. `use`: new, renewal, or either. `stock` None: any number."""

    code: str
    name: str
    name_zh: str
    region: Region
    size: Size
    use: str
    price: int
    stock: int | None = None


def price_list(
    code_of: Callable[[Region, Size, str], str], *, uses: tuple[str, ...], rate: int = 100
) -> dict[str, Plan]:
    """Return a list by the plans' codes. `rate`: what a dollar is in the wholesaler's currency, in
    percent; `uses`: for each size, one plan for each."""
    plans = {}
    for region in REGIONS:
        for size in SIZES:
            for use in uses:
                price = size.price * region.factor * rate // 10_000 // 100 * 100
                plan = Plan(
                    code=code_of(region, size, use),
                    name=f"{region.name} {size.name}",
                    name_zh=f"{region.name_zh} {size.name}",
                    region=region,
                    size=size,
                    use=use,
                    price=price,
                )
                plans[plan.code] = plan
    return plans


def current_plans(db: sqlite3.Connection, wire: str, listed: dict[str, Plan]) -> dict[str, Plan]:
    """Return what is on sale now, at its price of now."""
    plans = dict(listed)
    for row in db.execute("SELECT * FROM plan_states WHERE wire = ?", (wire,)):
        plan = plans.get(row["code"])
        if plan is None:
            continue
        if row["is_gone"]:
            del plans[row["code"]]
            continue
        price = plan.price if row["price"] is None else row["price"]
        plans[row["code"]] = replace(plan, price=price, stock=row["stock"])
    return plans


def restore_plans(db: sqlite3.Connection, wire: str) -> None:
    """Forget every change of prices and stock."""
    db.execute("DELETE FROM plan_states WHERE wire = ?", (wire,))


def change_plan(db: sqlite3.Connection, wire: str, code: str, **changed: int | None) -> None:
    """Change a plan's `price`, `stock` or `is_gone`."""
    db.execute("INSERT OR IGNORE INTO plan_states (wire, code) VALUES (?, ?)", (wire, code))
    for column in ("price", "stock", "is_gone"):
        if column in changed:
            db.execute(
                f"UPDATE plan_states SET {column} = ? WHERE wire = ? AND code = ?",  # noqa: S608
                (changed[column], wire, code),
            )
