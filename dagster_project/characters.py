"""Characters that do something besides showing: what a terminal obeys, what turns the direction of a text around, what
nobody sees. Names and cells that hold one are refused by it; where received text is shown all the same, it is made plain.
"""

import re

# Controls but tab and line break; surrogates (bytes of a name that are no UTF-8); direction overrides and isolates.
_OBEYED = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
# Spaces of no width: two names that look alike would be two names.
_UNSEEN = r"\u200b\u2060\ufeff"
OBEYED = re.compile(f"[{_OBEYED}]")
HIDDEN = re.compile(f"[{_OBEYED}{_UNSEEN}]")
# The same for DuckDB, whose texts hold no surrogate.
HIDDEN_SQL = re.sub(r"\\u(....)", r"\\x{\1}", f"[{_OBEYED}{_UNSEEN}]".replace(r"\ud800-\udfff", ""))


def plain(text: str) -> str:
    """Text as it may be shown: every character that does something is the sign for a lost one."""
    return OBEYED.sub("\N{REPLACEMENT CHARACTER}", text)


def spelled(text: str) -> str:
    r"""Text with such characters spelled out, `\x0a` or `\u202e`: a name that is told apart from every other."""
    return re.sub(f"[\t\n{HIDDEN.pattern[1:-1]}]", lambda found: found[0].encode("unicode_escape").decode(), text)
