"""An empty workbook for a source, made from its contract: a sheet 数据 to fill in, and a sheet 说明 that explains it."""

from pathlib import Path

from dagster_project.ingest.contract import STAGES, Column, Contract

_DATA, _NOTES = "数据", "说明"
# Rows that offer the allowed values; more may be filled in.
_OFFERED_ROWS = 5000
_NOTES_HEADINGS = (
    "列名 / column",
    "表头 / heading",
    "含义 / meaning",
    "类型 / type",
    "必填 / required",
    "取值 / allowed",
)
_TYPES = {
    "text": "文字 / text",
    "number": "数字 / number",
    "integer": "整数 / whole number",
    "year": "年份 / year",
    "date": "日期 / date: 2026-01-31",
    "stage": "学段 / stage",
    "region": "地区代码 / region code",
    "county": "县级地区代码 / code of a county",
}


def write(contract: Contract, path: Path) -> None:
    """Write the workbook of a contract. Headings are Chinese; those of required columns are shaded."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    book.remove(book.worksheets[0])
    data = book.create_sheet(_DATA)
    bold, shaded = Font(bold=True), PatternFill("solid", start_color="FFF2CC")
    for number, column in enumerate(contract.columns, start=1):
        letter = get_column_letter(number)
        cell = data.cell(1, number, column.zh)
        cell.font, cell.alignment = bold, Alignment(wrap_text=True, vertical="center")
        if column.required:
            cell.fill = shaded
        data.column_dimensions[letter].width = max(10, 2 * len(column.zh) + 2)
        if column.type not in ("number", "integer"):
            data.column_dimensions[letter].number_format = "@"  # codes keep their zeros, dates their form
        if allowed := _allowed(column):
            offered = DataValidation("list", formula1=f'"{",".join(allowed)}"', allow_blank=not column.required)
            offered.error, offered.errorTitle = f"可填 / use one of: {', '.join(allowed)}"[:255], column.zh[:32]
            offered.showErrorMessage = True
            offered.add(f"{letter}2:{letter}{_OFFERED_ROWS}")
            data.add_data_validation(offered)
    data.freeze_panes = "A2"
    notes = book.create_sheet(_NOTES)
    notes.append(_NOTES_HEADINGS)
    for column in contract.columns:
        notes.append(
            (
                column.name,
                column.zh,
                column.en,
                _TYPES[column.type],
                "是 / yes" if column.required else "",
                ", ".join(_allowed(column)) or (column.pattern or ""),
            )
        )
    for cell in notes[1]:
        cell.font = bold
    for letter, width in zip("ABCDEF", (26, 30, 50, 26, 14, 60), strict=True):
        notes.column_dimensions[letter].width = width
    notes.freeze_panes = "A2"
    book.save(path)


def _allowed(column: Column) -> tuple[str, ...]:
    return STAGES if column.type == "stage" else column.allowed
