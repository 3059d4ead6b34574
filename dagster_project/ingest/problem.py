"""What can be wrong with an input, said so that the person who must mend it can. One shape for every refusal."""

from dataclasses import dataclass

from dagster_project.characters import spelled

# Characters of a cell that a message shows; quality.quarantine holds the whole.
_SHOWN = 80

# rule -> reason zh, reason en, action zh, action en; fields in braces are filled per case.
MESSAGES: dict[str, tuple[str, str, str, str]] = {
    "no_sidecar": (
        "缺少来源说明 {expected}",
        "has no sidecar {expected}",
        "运行 zhibiao add {file} 填写来源",
        "run: zhibiao add {file}",
    ),
    "bad_sidecar": (
        "来源说明无法使用：{found}",
        "its sidecar cannot be used: {found}",
        "修正 {expected}，或运行 zhibiao add {file}",
        "mend {expected}, or run: zhibiao add {file}",
    ),
    "hash_mismatch": (
        "文件内容与来源说明中的 sha256 不符（{found}）",
        "its bytes no longer match the sha256 of its sidecar ({found})",
        "确认文件来源无误后运行 zhibiao add {file}",
        "check where the file came from, then run: zhibiao add {file}",
    ),
    "still_written": (
        "文件仍在写入",
        "is still being written",
        "等待复制完成后再刷新",
        "wait until the copy is complete, then refresh",
    ),
    "bad_characters": (
        "文件名或文件夹名过长，或含控制、不可见、改变方向的字符，或不是 UTF-8",
        "has a name that is too long, is no UTF-8 or holds characters that control, hide or turn text around",
        "改名",
        "rename it",
    ),
    "link_out": (
        "是指向 raw/ 之外或不存在之处的链接",
        "is a link that leads out of raw/ or nowhere",
        "把文件本身复制进来",
        "copy the file itself into its place",
    ),
    "not_a_file": (
        "不是普通文件（管道、套接字或设备）",
        "is no plain file but a pipe, a socket or a device",
        "移走，换成文件",
        "take it away and put a file in its place",
    ),
    "over_limit": (
        "超出上限：{found}，至多 {expected}",
        "exceeds a limit: {found}, at most {expected}",
        "拆分文件，或去掉与数据无关的内容；正常文件不会这样大",
        "split the file or take out what is no data; no honest file is like that",
    ),
    "macros": (
        "含宏（{found}）",
        "holds macros ({found})",
        "另存为不含宏的 .xlsx 或 .docx",
        "save it as .xlsx or .docx without macros",
    ),
    "xml_entities": (
        "{found} 声明了 XML 实体（DOCTYPE），办公软件不会这样写",
        "declares XML entities (a DOCTYPE) in {found}, which no office program does",
        "用办公软件打开后另存，或弃用该文件",
        "open it in an office program and save it again, or do not use it",
    ),
    "formula_without_value": (
        "公式没有保存结果，谁也没有见过这个数",
        "is a formula whose result was not kept, so nobody has seen the number",
        "用 Excel 或 WPS 打开、核对并保存，或把公式粘贴为数值",
        "open, check and save it in Excel or WPS, or paste values over the formulas",
    ),
    "formula_of_another_file": (
        "公式的数取自另一个文件（{found}），那个文件没有登记",
        "is a formula that takes its number from another file ({found}), which nobody vouched for",
        "把公式粘贴为数值",
        "paste values over the formulas",
    ),
    "cells_out_of_order": (
        "工作表中的行或单元格次序错乱（{found}）",
        "has rows or cells out of order in its sheet ({found})",
        "用办公软件打开后另存",
        "open it in an office program and save it again",
    ),
    "hidden_character": (
        "含控制、不可见或改变方向的字符",
        "holds characters that control, hide or turn text around",
        "重新键入该单元格",
        "type the cell anew",
    ),
    "unsupported_file": (
        "不支持的文件类型 {found}",
        "is of a type that is not read: {found}",
        "另存为 .csv（UTF-8）、.xlsx 或 .parquet",
        "save it as .csv (UTF-8), .xlsx or .parquet",
    ),
    "document_type": (
        "不支持的文档类型 {found}",
        "is a document of a type that is not read: {found}",
        "另存为 .docx、.pdf（带文字层）、.html、.md 或 .txt",
        "save it as .docx, .pdf (with a text layer), .html, .md or .txt",
    ),
    "document_empty": (
        "没有文字",
        "holds no text",
        "确认文件完整，或移走该文件",
        "check that it is whole, or take it away",
    ),
    "document_encoding": (
        "文字编码不是 UTF-8、GB18030 或 Big5：{found}",
        "is neither UTF-8, GB18030 nor Big5: {found}",
        "用 UTF-8 编码另存",
        "save it as UTF-8",
    ),
    "document_broken": (
        "文件损坏，无法打开：{found}",
        "is broken and cannot be opened: {found}",
        "重新下载或重新导出该文件",
        "fetch or export it again",
    ),
    "document_encrypted": (
        "文件有密码",
        "is protected by a password",
        "去掉密码后另存",
        "save it without the password",
    ),
    "document_old_word": (
        "是旧版 Word（.doc）文件或加密的 Word 文件",
        "is an old Word file (.doc), or one with a password",
        "去掉密码，另存为 .docx",
        "take the password off and save it as .docx",
    ),
    "document_scanned": (
        "是扫描件，没有文字层（{found}）",
        "is a scan without a text layer ({found})",
        "先做文字识别（OCR），另存为带文字层的 PDF 或 .docx",
        "run OCR on it and save a PDF with a text layer, or a .docx",
    ),
    "document_unmapped": (
        "PDF 的字体没有文字对应表，取出的是乱码（{found}）",
        "is a PDF whose fonts do not say which characters they show ({found})",
        "向发布单位索取 .docx，或先做文字识别（OCR）",
        "ask its publisher for a .docx, or run OCR on it",
    ),
    "unreadable_document": (
        "原文无法读取，未提取：{found}",
        "cannot be read, nothing was extracted: {found}",
        "另存为 .txt（UTF-8）后运行 zhibiao add；其余文件照常处理",
        "save it as .txt (UTF-8), then run zhibiao add; the others went on",
    ),
    "document_twice": (
        "与 {found} 同名，或属于同一文件",
        "is named like {found}, or belongs to the same document",
        "同一文件只留一份原文；不同的文件改名",
        "keep one text a document; rename it if it is another",
    ),
    "unreadable": (
        "文件无法读取：{found}",
        "cannot be read: {found}",
        "重新导出该文件",
        "export the file again",
    ),
    "bad_encoding": (
        "文字编码既不是 UTF-8 也不是 GB18030：{found}",
        "is neither UTF-8 nor GB18030: {found}",
        "用 UTF-8 编码另存",
        "save it as UTF-8",
    ),
    "bad_file_name": (
        "文件名应以四位年份开头，如 2024.csv 或 2024-清远市.xlsx",
        "the name must begin with a year, like 2024.csv or 2024-county.xlsx",
        "改名",
        "rename the file",
    ),
    "missing_column": (
        "缺少列 {column}（{expected}）",
        "has no column {column} ({expected})",
        "补上该列；现有列：{found}",
        "add it; the columns found are: {found}",
    ),
    "unknown_column": (
        "多出列 {column}",
        "has a column nobody knows: {column}",
        "删除该列，或改为规定列名之一：{expected}",
        "remove it, or use one of: {expected}",
    ),
    "bad_mapping": (
        "映射文件 {expected} 的 {column} 无法使用：{found}",
        "its mapping file {expected} cannot be used at {column}: {found}",
        "修正映射文件，或运行 zhibiao map {file} 重新生成",
        "mend the mapping file, or have it proposed anew: zhibiao map {file}",
    ),
    "mapping_without_heading": (
        "映射文件 {expected} 的 {column} 所用的表头不在文件中",
        "has no such heading, of which its mapping file {expected} makes {column}",
        "核对表头；现有：{found}",
        "check the heading; there are: {found}",
    ),
    "unmapped_column": (
        "映射文件 {expected} 没有说明列 {column}",
        "has a column that its mapping file {expected} says nothing of: {column}",
        "写进 columns，不用的写进 ignore；zhibiao map {file} 给出建议",
        "enter it in columns, or in ignore if it is not wanted; zhibiao map {file} proposes",
    ),
    "column_made_twice": (
        "列 {column} 就是 {found}，映射文件 {expected} 又另行生成它",
        "has {column}, which is {found}, and its mapping file {expected} makes that of something else",
        "把表头写进 ignore，或从 columns 去掉 {found}",
        "enter the heading in ignore, or take {found} out of columns",
    ),
    "repeated_column": (
        "列 {column} 出现不止一次",
        "has the column {column} more than once",
        "只保留一列",
        "keep one of them",
    ),
    "ragged_row": (
        "本行有 {found} 个字段，表头有 {expected} 个",
        "this row has {found} fields, the header has {expected}",
        "检查本行的逗号与引号",
        "check the commas and quotes of this row",
    ),
    "unnamed_column": (
        "第 {found} 列有内容而没有列名",
        "has cells in column number {found}, which has no name",
        "补上列名；合并单元格的表头请拆成一行",
        "name the column; a header of merged cells must become one row",
    ),
    "no_rows": ("没有数据行", "has no rows", "填入数据或移走该文件", "fill it or take it away"),
    "missing_file": (
        "缺少文件 {expected}",
        "is missing: {expected}",
        "恢复该文件；不再需要的，连同来源说明一并移走",
        "restore it; if it is no longer wanted, take its sidecar away too",
    ),
    "required": ("不得为空", "must not be empty", "填写该单元格", "fill the cell"),
    "not_a_number": (
        "不是数字",
        "is not a number",
        "只写半角数字和小数点，不带单位、逗号或文字",
        "write plain digits and a point, without unit, comma or text",
    ),
    "not_an_integer": ("不是整数", "is not a whole number", "只写半角整数", "write a plain whole number"),
    "out_of_range": (
        "数字超出范围（{expected}）",
        "is out of range ({expected})",
        "核对数值与单位",
        "check value and unit",
    ),
    "not_a_year": ("不是四位年份", "is not a year of four digits", "写成 2024", "write it like 2024"),
    "future_year": (
        "年份晚于基准日期所在年（{expected}）",
        "lies after the year of the as-of date ({expected})",
        "核对年份",
        "check the year",
    ),
    "year_not_of_file": (
        "年份与文件名不符（{expected}）",
        "is not the year of the file's name ({expected})",
        "把该行移到对应年份的文件",
        "move the row to the file of its year",
    ),
    "not_a_date": ("不是日期", "is no date", "写成 2026-01-31", "write it like 2026-01-31"),
    "negative_value": ("数值为负", "is negative", "核对原文", "check it against the publication"),
    "unknown_region": (
        "地区代码不在行政区划表中",
        "is no region code that is known",
        "核对代码；本地新设的地区登记到 raw/local/regions.csv",
        "check the code; a region of your own goes into raw/local/regions.csv",
    ),
    "region_not_in_force": (
        "该地区代码当年尚未启用或已停用",
        "was not in force in that year",
        "改用当年有效的代码；确有其事的，在 raw/local/regions.csv 登记该有效期",
        "use the code in force in that year, or enter the period in raw/local/regions.csv",
    ),
    "not_a_county": (
        "该地区当年还有下级地区，不是县级",
        "has regions below it in that year and is no county",
        "填写所在县（市、区）的代码",
        "use the code of the county",
    ),
    "part_above_whole": (
        "部分大于总数（{expected}）",
        "is a part that exceeds its whole ({expected})",
        "核对两个数字",
        "check both figures",
    ),
    "parts_do_not_add_up": (
        "与各部分之和不符（{expected}）",
        "is not what its parts add up to ({expected})",
        "核对总数与各部分；未上报的部分留空，不填 0",
        "check the whole and its parts; a part that was not reported stays empty and is no 0",
    ),
    "not_in_list": (
        "不在允许的取值之内",
        "is not an allowed value",
        "改为其中之一：{expected}",
        "use one of: {expected}",
    ),
    "bad_form": (
        "格式不符",
        "does not have the required form",
        "格式应为 {expected}",
        "the form is {expected}",
    ),
    "served_row_lost": (
        "已发布过的行不见了（{expected}）",
        "no longer has a row that was served ({expected})",
        "只增不减的来源：把该行放回",
        "rows of this source are only ever added: put it back",
    ),
    "served_row_changed": (
        "已发布过的行被改动（发布时为 {expected}）",
        "differs from the row that was served, which said {expected}",
        "恢复原样；新的说法另起一行",
        "restore it; what is new is a row of its own",
    ),
    "duplicate_key": (
        "与另一行重复（键：{expected}）",
        "repeats the key of another row ({expected})",
        "只保留一行",
        "keep one of them",
    ),
}


@dataclass(frozen=True)
class Problem:
    """One refusal: where (file, row as a spreadsheet counts, column), which rule, what was found, what to do."""

    source: str
    file: str
    rule: str
    reason_zh: str
    reason_en: str
    action_zh: str
    action_en: str
    row: int | None = None
    column: str | None = None
    value: str | None = None

    @classmethod
    def of(
        cls,
        rule: str,
        source: str,
        file: str,
        *,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        found: object = "",
        expected: object = "",
    ) -> "Problem":
        """A problem worded by MESSAGES; KeyError for a rule that has no words."""
        reason_zh, reason_en, action_zh, action_en = (
            text.format(file=file, column=column or "", found=found, expected=expected) for text in MESSAGES[rule]
        )
        return cls(source, file, rule, reason_zh, reason_en, action_zh, action_en, row, column, value)

    @property
    def place(self) -> str:
        """Where, in one piece: raw/statistics/2024.csv 第 7 行 value 列."""
        row = f" 第 {self.row} 行 (row {self.row})" if self.row else ""
        column = f" {self.column}" if self.column else ""
        return f"{self.file}{row}{column}"

    def text(self) -> str:
        """The whole message on one line, Chinese first; a long value is shown by its beginning, odd characters spelled out."""
        shown = " ".join((self.value or "").split())
        shown = shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
        value = f"「{shown}」" if self.value is not None else ""
        whole = f"{self.place}: {value}{self.reason_zh}；{self.action_zh} / {self.reason_en}; {self.action_en}"
        return spelled(" ".join(whole.split()))


class ShapeError(Exception):
    """A file cannot be taken at all; carries the problems that say why."""

    def __init__(self, problems: list[Problem]):
        self.problems = problems
        super().__init__("\n".join(problem.text() for problem in problems))
