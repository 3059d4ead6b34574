"""Text that another program might take for something else, as SQL expressions over a column of text.

A spreadsheet runs a cell of a CSV that begins like a formula (OWASP, "CSV Injection"; in East Asian editions the
full-width signs too). Control characters end a file for some readers, and XLSX does not allow them.
"""

# Also what begins with an apostrophe, so that taking one leading apostrophe away gives every text back.
# `\s` is ASCII only here: `\p{Z}` are all other spaces and separators, and U+0085 is a line break.
_LIKE_A_FORMULA = r"^[\s\p{Z}\x{85}\x{feff}]*[=+\-@＝＋－＠]|^[\t\r\n'']"
# All but tab and line breaks.
_CONTROLS = [*range(9), 11, 12, *range(14, 32), 127]
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"


def _picture(code: int) -> int:
    """The visible sign that Unicode has for a control character, such as ␀."""
    return 0x2421 if code == 127 else 0x2400 + code


def visible(column: str) -> str:
    """The text with its control characters as visible signs; tab and line breaks stay."""
    controls = " || ".join(f"chr({code})" for code in _CONTROLS)
    pictures = "".join(chr(_picture(code)) for code in _CONTROLS)
    return f"case when regexp_matches({column}, '{_CONTROL}') then translate({column}, {controls}, '{pictures}') else {column} end"


def harmless(column: str) -> str:
    """Visible, and with an apostrophe in front where a spreadsheet might compute it."""
    return f"case when regexp_matches({column}, '{_LIKE_A_FORMULA}') then '''' else '' end || {visible(column)}"
