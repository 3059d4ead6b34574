"""Which synthetic counties there are, what each one shows, and how many schools of which kind stand in it."""

from dataclasses import dataclass, field, replace

# No code of GB/T 2260 begins with 99.
PROVINCE, PREFECTURE = "990000", "990100"
PROVINCE_ZH, PREFECTURE_ZH = "合成省", "合成市"

# Levels a county reaches, as shares or amounts; a good county reaches every standard of both assessments.
_REACHED = {
    "kg_gross": 0.94,
    "kg_last_year": 0.985,
    "townships_covered": 1.0,
    "estate_handed_over": 1.0,
    "kg_satisfied": 0.93,
    "compulsory_satisfied": 0.91,
    "kg_nonestablished_pay": 0.86,
    "kg_incidents": 0,
    "disabled_enrolled": 0.985,
    "migrant_public": 0.9,
    "migrant_purchased": 0.05,
    "zoned_primary": 1.0,
    "zoned_junior": 0.975,
    "good_senior_quota": 0.6,
    "rotated": 0.14,
    "rotated_backbone": 0.25,
    "trained": 1.0,
    "pay_to_civil": 1.04,
    "monitor_level": 3,
    "score_variance": 0.11,
    "sen_gross": 0.94,
    "allocation_growth": 0.07,
    "revenue_growth": 0.04,
    "per_pupil_growth": 0.05,
}


@dataclass(frozen=True)
class County:
    """One synthetic county.

    `resources`: lowest and highest multiple of a standard that a school has of a resource.
    `ownership`: owners of ten kindergartens in turn: P public, I inclusive private, R other private.
    `kg_per_teacher`: children a full-time teacher. `certified`: share of teachers with a certificate.
    `crowded`: share of classes above the limit. `reached`: levels of county facts that differ from a good county's.
    `undecided`: whether one judgement of each assessment is missing in the last year.
    `one_short`: whether one school misses one of the seven resources by less than 15 %, which its rule allows.
    `edge_cases`: whether the school that changes kind, the one without pupils and the like are placed in it.
    """

    key: str
    code: str
    name_zh: str
    shows_zh: str
    shows_en: str
    schools: int
    resources: tuple[float, float] = (1.06, 1.36)
    ownership: str = "PIPPIPRPIP"
    kg_per_teacher: float = 12.0
    certified: float = 1.0
    crowded: float = 0.0
    reached: dict[str, float] = field(default_factory=dict)
    undecided: bool = False
    one_short: bool = False
    edge_cases: bool = False

    def level(self, name: str) -> float:
        return self.reached.get(name, _REACHED[name])


def counties(schools: int) -> list[County]:
    """The six counties of the demo; `schools` is the size of the ordinary one.

    Raises ValueError below 60 schools: its edge cases would not find room.
    """
    if schools < 60:
        raise ValueError(f"{schools}: 普通县至少 60 所学校 / the ordinary county needs at least 60 schools")
    middling = max(30, schools // 8)
    good = County("both", "990101", "合成甲县", "两项评估都达标", "passes both assessments", middling, one_short=True)
    return [
        good,
        replace(
            good, key="preschool-miss", code="990102", name_zh="合成乙县", ownership="PIIPIRPIPI",
            shows_zh="普及普惠只差公办园在园幼儿占比一项", shows_en="misses the preschool assessment by the public share only",
        ),
        replace(
            good, key="quality-miss", code="990103", name_zh="合成丙县", reached={"good_senior_quota": 0.45},
            shows_zh="优质均衡只差优质高中招生名额分配一项", shows_en="misses the compulsory assessment by the senior quota only",
        ),
        replace(
            good, key="undecided", code="990104", name_zh="合成丁县", undecided=True,
            shows_zh="各缺一项人工认定", shows_en="lacks one judgement of each assessment",
        ),
        County(
            "ordinary", "990105", "合成戊县", "普通县，多项不达标，含各种特殊情形",
            "an ordinary county that misses several conditions, with every odd case", schools,
            resources=(0.62, 1.55), ownership="PRIPIRPRIP", kg_per_teacher=16.5, certified=0.985, crowded=0.06,
            reached={
                "kg_gross": 0.91, "townships_covered": 0.9, "estate_handed_over": 0.8, "kg_satisfied": 0.87,
                "compulsory_satisfied": 0.88, "kg_nonestablished_pay": 0.71, "zoned_primary": 0.96, "zoned_junior": 0.93,
                "rotated": 0.08, "rotated_backbone": 0.19, "trained": 0.91, "pay_to_civil": 0.97, "migrant_public": 0.78,
                "good_senior_quota": 0.5, "score_variance": 0.17, "revenue_growth": 0.06,
            },
            edge_cases=True,
        ),
        replace(
            good, key="small", code="990106", name_zh="合成己县", schools=6,
            shows_zh="每个学段一所学校", shows_en="one school a stage",
        ),
    ]  # fmt: skip


def sites(county: County) -> dict[str, int]:
    """How many schools of each kind a county has; a school with sections counts once."""
    if county.schools <= 6:
        return {"kindergarten": 1, "primary": 1, "junior": 1, "senior": 1, "vocational": 1, "special": 1}
    share = {
        "primary": 0.25,
        "teaching_point": 0.07,
        "junior": 0.09,
        "nine_year": 0.05,
        "senior": 0.025,
        "vocational": 0.02,
    }
    counts = {kind: max(1, round(county.schools * part)) for kind, part in share.items()}
    counts |= {"complete_secondary": 1, "twelve_year": 1, "special": 1}
    return {"kindergarten": county.schools - sum(counts.values()), **counts}
