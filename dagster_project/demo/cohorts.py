"""Pupils moving through the grades of one unit: who stays, moves, leaves or dies in a school year.

A unit is what has pupils of one stage: a school, a section of a school, or classes attached to one.
"""

from dataclasses import dataclass, field
from random import Random

FIRST_GRADE = {"preschool": 1, "primary": 1, "junior": 7, "senior": 10, "vocational": 10, "special": 1}
LAST_GRADE = {"preschool": 3, "primary": 6, "junior": 9, "senior": 12, "vocational": 12, "special": 9}

# Shares of a grade in a school year.
_MOVES_IN = _MOVES_OUT = 0.012
_DIES, _SUSPENDED, _LEAVES, _OTHER = 0.00012, 0.0005, 0.0002, 0.0004
_NEVER_ARRIVES = 0.008


@dataclass
class Year:
    """What happened to the pupils of one unit in the school year just ended, and who is there now.

    `grades`, `moved_in`, `moved_out`, `died` are heads by grade; `began` and `ended` leave out who moved away and who
    moved in.
    """

    grades: dict[int, int]
    moved_in: dict[int, int] = field(default_factory=dict)
    moved_out: dict[int, int] = field(default_factory=dict)
    died: dict[int, int] = field(default_factory=dict)
    suspended: int = 0
    left: int = 0
    not_arrived: int = 0
    other_in: int = 0
    other_out: int = 0
    entrants: int = 0
    graduates: int = 0
    began: int = 0
    ended: int = 0

    @property
    def pupils(self) -> int:
        return sum(self.grades.values())


def drawn(rng: Random, expected: float) -> int:
    """A whole number whose mean is `expected`."""
    return int(expected + rng.random())


def next_year(rng: Random, stage: str, grades: dict[int, int], *, closes: bool = False) -> Year:
    """Everyone a grade on, before the entrants of autumn; `closes`: all move to other schools."""
    first, last = FIRST_GRADE[stage], LAST_GRADE[stage]
    year = Year(dict.fromkeys(range(first, last + 1), 0))
    for grade in range(first, last + 1):
        there = stays = grades.get(grade, 0)

        def loss(expected: float) -> int:
            nonlocal stays
            gone = min(stays, drawn(rng, expected))
            stays -= gone
            return gone

        died = 0 if closes else loss(there * _DIES)
        suspended = 0 if closes else loss(there * _SUSPENDED)
        left = 0 if closes else loss(there * _LEAVES)
        other_out = 0 if closes else loss(there * _OTHER)
        out = loss(there if closes else there * _MOVES_OUT)
        into = 0 if closes else drawn(rng, there * _MOVES_IN) if there else 0
        other_in = 0 if closes else drawn(rng, there * _OTHER) if there else 0
        year.moved_in[grade], year.moved_out[grade], year.died[grade] = into, out, died
        year.suspended += suspended
        year.left += left
        year.not_arrived += min(out, drawn(rng, out * _NEVER_ARRIVES)) if out and not closes else 0
        year.other_in += other_in
        year.other_out += other_out
        year.began += there - out
        year.ended += stays + other_in
        reached = stays + into + other_in
        if grade == last:
            year.graduates = reached
        else:
            year.grades[grade + 1] = reached
    return year


def shared_out(total: int, weights: list[float]) -> list[int]:
    """`total` heads by weight, whole and without remainder: the largest fractions round up."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [int(x) for x in exact]
    order = sorted(range(len(exact)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


def classes(heads: int, size: int) -> list[int]:
    """Sizes of the fewest even classes of at most `size`."""
    if heads == 0:
        return []
    number = -(-heads // size)
    base, more = divmod(heads, number)
    return [base + 1] * more + [base] * (number - more)
