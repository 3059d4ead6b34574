"""What the grammar hands on: a finding, the state a sentence leaves to the next, a run of numbers and its surroundings."""

from dataclasses import dataclass, field

from dagster_project.extraction import facts
from dagster_project.extraction.periods import Plan, Time
from dagster_project.extraction.quantities import Quantity
from dagster_project.extraction.statements import Sentence


@dataclass(slots=True)
class Finding:
    """A target as a clause says it; places are in the whole text."""

    start: int
    end: int
    place: int
    """Where its number or its word stands."""
    name: str
    comparator: str
    value: str = ""
    value_high: str = ""
    unit: str = ""
    kind: str = "explicit"
    baseline: str = ""
    baseline_year: str = ""
    subject: str = ""
    verb: str = ""
    noun: str = ""
    region: str = ""
    """Empty: the document's own."""
    speaker: str = ""
    time: Time | None = None
    recurs: str = ""
    hold: bool = False
    each: bool = False
    base: str = ""
    """What stands over 占: 教师培训经费 of 教师培训经费占公用经费."""
    own_time: bool = False
    """The time stands in its own clause."""
    family: str = ""
    units: str = ""
    """Responsible units that a row of a table names, joined by `;`, the lead first."""
    notes: list[str] = field(default_factory=list)
    doubt: float = 0.0
    past: bool = False

    def doubted(self, why: str, much: float) -> None:
        self.notes.append(why)
        self.doubt += much


@dataclass(slots=True)
class State:
    """What a clause may leave out because it was said before."""

    plan: Plan
    tense: facts.Tense
    time: Time | None = None
    """Time that holds until another is named."""
    onward: Time | None = None
    """从2014年起, for the clause that follows only."""
    held_time: Time | None = None
    """Time that outlives its sentence: 到2025年 does, 2025年 inside a sentence does not."""
    lead_time: Time | None = None
    recurs: str = ""
    speaker: str = ""
    region: str = ""
    regions: list[str] = field(default_factory=list)
    metric: str = ""
    doing: str = ""
    """What a clause without numbers says is made, for the numbers that follow: 新建幼儿园,2016年10所."""
    project: str = ""
    """The building of the sentence whose clause holds no number, for the sizes that follow: 迁建县三中初中部,占地90亩."""
    topic: str = ""
    """Whom a clause without numbers speaks of: 对新增的公办学位."""
    recent: list[Finding] = field(default_factory=list)
    """Findings of the paragraph so far."""
    before: list[Finding] = field(default_factory=list)
    """Findings of the paragraph before, for a list whose items leave out what they count."""
    last: list[Finding] = field(default_factory=list)
    """Findings of the clause read last, targets or facts."""
    clause: str = ""
    """The clause before in the sentence, without its times."""
    clause_held: bool = False
    """Whether that clause held a target or a fact."""
    told: bool = False
    """Whether the sentence has said a target or a fact already."""
    listed_times: list[Time] = field(default_factory=list)
    """Times a clause without numbers lists for the next one: 2023年、2024年、2025年, …分别."""
    bases: list[tuple[str, Quantity, str]] = field(default_factory=list)
    """Subjects with what they start from, where the next clause says what they rise to."""
    ground: tuple[str, str] = ("", "")
    """Value and year that a clause of the sentence names to start from."""
    scope: str = ""
    """Place that the section's title opens with."""
    head: Finding | None = None
    """The count or amount that 其中 takes apart."""
    total: Finding | None = None
    lead: Finding | None = None
    """What the line that opens a list counts, for the items under it."""
    whole: Finding | None = None
    """What the 其中 that is open takes apart."""

    def paragraph(self) -> None:
        self.tense.paragraph()
        self.time = self.held_time = self.lead_time
        self.recurs = self.speaker = self.region = self.topic = self.doing = ""
        self.metric, self.last, self.head, self.total, self.regions = "", [], None, None, []
        self.before, self.recent = self.recent or self.before, []


@dataclass(slots=True)
class Run:
    """Numbers that follow each other with nothing but a joint between."""

    items: list[Quantity]
    left: str
    after: str
    left_start: int
    shared: str = ""
    """A noun that only a later run of the list prints: 至少办好2所、…1所中心幼儿园."""


@dataclass(slots=True)
class Made:
    """What every member of a run shares."""

    s: Sentence
    begin: int
    stop: int
    run: Run
    state: State
    earlier: list[Finding]
    in_which: bool
    per: str
    how: str
    predicate: str
    base: str
