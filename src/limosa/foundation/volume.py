"""Data volumes in bytes. A gigabyte is 1000³ bytes, on the page and in the books."""

KB = 1_000
MB = 1_000_000
GB = 1_000_000_000


def parts(volume_bytes: int) -> tuple[str, str]:
    """Return (number, unit) for people: at most three digits, rounded down.

    Rounding down ensures that what is shown is never more than what is left.
    """
    if volume_bytes >= 100 * GB:
        return str(volume_bytes // GB), "GB"
    if volume_bytes >= GB:
        tenths = volume_bytes // (GB // 10)
        whole, tenth = divmod(tenths, 10)
        return (f"{whole}.{tenth}" if tenth else str(whole)), "GB"
    if volume_bytes >= MB:
        return str(volume_bytes // MB), "MB"
    return str(volume_bytes // KB), "KB"
