"""The letters by which Chinese names are found: 长沙 is cs and changsha. Words are read whole, so that 重庆 is cq."""

import re
from functools import cache

from pypinyin import Style, lazy_pinyin


@cache
def keys(name: str) -> str:
    """Initials and full pinyin of a name, parted by a space; other characters than Chinese stay, lower-cased."""
    parts = re.findall(r"[一-鿿]+|[0-9a-z]+", name.lower())
    initials = "".join(letter for part in parts for letter in lazy_pinyin(part, style=Style.FIRST_LETTER))
    return f"{initials} {''.join(syllable for part in parts for syllable in lazy_pinyin(part))}".strip()
