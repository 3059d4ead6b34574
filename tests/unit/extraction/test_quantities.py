"""Numbers with units, as they are printed."""

from decimal import Decimal

import pytest

from dagster_project.extraction.quantities import find, numeral


@pytest.mark.parametrize(
    ("text", "value"),
    [("九十五", "95"), ("一百零五", "105"), ("二〇二五", "2025"), ("十八亿六千万", "1860000000"), ("两万五千", "25000"),
     ("三千五", "3500"), ("六十五点五", "65.5"), ("廿", "20"), ("1,200", "1200"), ("十", "10")],
)  # fmt: skip
def test_a_numeral_has_its_value(text: str, value: str) -> None:
    assert numeral(text) == Decimal(value)


def test_what_is_no_numeral_has_none() -> None:
    assert numeral("万一点点") is None


@pytest.mark.parametrize(
    ("text", "value", "high", "unit"),
    [
        ("达到95%以上", "95", "", "%"), ("百分之九十五", "95", "", "%"), ("千分之五十", "50", "", "‰"),
        ("八成以上", "80", "", "%"), ("九成五", "95", "", "%"), ("三分之二", "66.67", "", "%"), ("不低于半数", "50", "", "%"),
        ("翻一番", "100", "", "%"), ("翻两番", "300", "", "%"), ("1—2所", "1", "2", "所"), ("12万至13万人", "12", "13", "万人"),
        ("1.5万个至1.8万个", "1.5", "1.8", "万个"), ("3万亩", "3", "", "万亩"), ("十八亿六千万元", "18.6", "", "亿元"),
        ("四万二千平方米", "42000", "", "平方米"), ("1:15", "1:15", "", ""), ("5.5∶4.5", "5.5:4.5", "", ""),
        ("36000多个", "36000", "", "个"), ("5万学位", "5", "", "万个"), ("400元/生·年", "400", "", "元/生·年"),
        ("0.5个百分点", "0.5", "", "个百分点"), ("1,200个", "1200", "", "个"), ("二十所", "20", "", "所"),
    ],
)  # fmt: skip
def test_a_quantity_is_read_with_its_unit(text: str, value: str, high: str, unit: str) -> None:
    (q,) = find(text)
    assert (q.value, q.high, q.unit) == (value, high, unit)


@pytest.mark.parametrize("text", ["X个", "XX%", "**%", "×万元", "9X%"])
def test_a_hidden_number_is_known_as_hidden(text: str) -> None:
    (q,) = find(text)
    assert q.hidden and q.value == ""


def test_a_list_may_print_its_unit_once() -> None:
    assert [(q.value, q.unit) for q in find("分别为18.5万、12万和9.6万平方米")] == [
        ("18.5", "万平方米"), ("12", "万平方米"), ("9.6", "万平方米"),
    ]  # fmt: skip
    assert [q.unit for q in find("分别提高5个、3个百分点")] == ["个百分点", "个百分点"]


@pytest.mark.parametrize("text", ["第3期工程", "第二十一所", "X人民政府", "十名师", "3项目", "A4纸", "第十三届"])
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert find(text) == ()
