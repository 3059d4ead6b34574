"""Characters that do something besides showing: what a terminal obeys, what turns the direction of a text around, what
nobody sees. Names and cells that hold one are refused by it; where received text is shown all the same, it is made plain.
"""

import re

# Controls but tab and line break; surrogates (bytes of a name that are no UTF-8); marks, overrides and isolates of
# direction; line and paragraph separators; switches of shaping.
_OBEYED = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ud800-\udfff"
# Spaces and letters of no width, soft hyphens, joiners, fillers, tags, and variation selectors but those of emoji, which
# come with a tick or a star: two names that look alike would be two names.
_UNSEEN = (
    r"\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u3164\ufe00-\ufe0d\ufeff\uffa0"
    r"\ufff0-\ufffb\U000e0000-\U000e0fff"
)
OBEYED = re.compile(f"[{_OBEYED}]")
HIDDEN = re.compile(f"[{_OBEYED}{_UNSEEN}]")
# The same for DuckDB, whose texts hold no surrogate.
HIDDEN_SQL = re.sub(r"\\[uU]([0-9a-f]+)", r"\\x{\1}", f"[{_OBEYED}{_UNSEEN}]".replace(r"\ud800-\udfff", ""))


def plain(text: str) -> str:
    """Text as it may be shown: every character that does something is the sign for a lost one."""
    return OBEYED.sub("\N{REPLACEMENT CHARACTER}", text)


def spelled(text: str) -> str:
    r"""Text with such characters spelled out, `\x0a` or `\u202e`: a name that is told apart from every other."""
    return re.sub(f"[\t\n{HIDDEN.pattern[1:-1]}]", lambda found: found[0].encode("unicode_escape").decode(), text)
