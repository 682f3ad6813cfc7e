"""How Chinese names are pronounced."""


def spell(han: str) -> list[str]:
    """Return the pinyin syllables of a text in Han characters, without tones; `v` is ü."""
    # Here because its dictionary takes 57 MB, which only the process that indexes needs.
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    return lazy_pinyin(han)
