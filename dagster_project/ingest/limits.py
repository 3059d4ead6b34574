"""How large a received file may be, in every respect: each limit once, far above what an honest file has.

A file over a limit is refused by its name (`over_limit`), before the work that the limit bounds is done.
"""

# Bytes of a table, of a text, of a sidecar or mapping.
TABLE_BYTES = 2 * 1024**3
TEXT_BYTES = 64 * 1024**2
COMPANION_BYTES = 256 * 1024
# Bytes of a name: its sidecar's has eleven more, and 255 is what file systems take.
NAME_BYTES = 200

# Of a table: rows of a file (the nation has half a million schools), columns, cells of a workbook, characters of a row and
# of a cell (what a spreadsheet takes).
ROWS = 5_000_000
COLUMNS = 2_000
WORKBOOK_CELLS = 5_000_000
ROW_LENGTH = 1_000_000
CELL_LENGTH = 32_767

# Of a Word or Excel file: parts, bytes of all parts unpacked, tags of its sheets and strings, of a text, of anything else.
PARTS = 10_000
UNPACKED_BYTES = 256 * 1024**2
SHEET_TAGS = 20_000_000
TEXT_TAGS = 5_000_000
OTHER_TAGS = 1_000_000

# Of a text: its characters, the cells of one of its tables; of a PDF: memory and processor time of reading it.
TEXT_LENGTH = 2_000_000
TEXT_TABLE_CELLS = 200_000
PDF_BYTES_OF_MEMORY = 2 * 1024**3
PDF_CPU_SECONDS = 300
