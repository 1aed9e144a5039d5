"""What must not change the verdict on a pair does not, and what must change it does.

A class of checks that today's judge does badly keeps its checks and states what it reaches: the floor is what was
measured, less a margin, and the aim beside it is expected to be missed until a better judge reaches it.
"""

from collections.abc import Sequence

import pytest

from nli.loading import load_judge
from nli.records import Judgement, Pair, Scores
from tests.nli.metamorphic import checks, misses, pass_rates

AIM = 0.9

# Measured 2026-11-30 with the base judge of that evening, int8. The margin is two or three checks; classes that hold by
# construction have none. Raise a floor when a judge does better; never lower one without a line in the CHANGELOG.
FLOORS = {
    "negation added": 0.84,  # .87 of 60; .88, .92 and .98 with the judges before it
    "said twice": 1.0,  # 1.00 of 30
    "said otherwise": 0.9,  # 1.00 of 30
    "negated twice": 0.43,  # .52 of 60: a double negation is read as a single one
    "names replaced": 0.95,  # 1.00 of 60
    "written otherwise": 0.95,  # 1.00 of 60
    "sides swapped": 1.0,  # 1.00 of 60
    "roles turned": 0.0,  # .00 of 18: who did it to whom is not read: every pair is called the same
    "roles mutual": 0.8,  # 1.00 of 5, and for the wrong reason, see above
    "numbers changed": 0.9,  # 1.00 of 14; .86 with the judge before it
    "numbers rounded": 0.7,  # .86 of 14: the judge and the rule on rounding
}
BELOW_AIM = ("negation added", "negated twice", "roles turned", "numbers rounded")


class Undecided:
    """Calls every pair neutral."""

    name = "undecided@0"

    def judge(self, pairs: Sequence[Pair]) -> list[Judgement]:
        unsure = Scores(0.2, 0.6, 0.2)
        return [Judgement(pair, unsure, unsure, self.name, 0.2) for pair in pairs]


@pytest.fixture(scope="module")
def rates() -> dict[str, float]:
    return pass_rates(load_judge())


def test_there_are_checks_of_every_class_that_has_a_floor() -> None:
    assert {check.kind for check in checks()} == set(FLOORS)
    assert len(list(checks())) > 400


def test_a_judge_that_never_decides_stays_below_the_floors_that_need_a_decision() -> None:
    reached = pass_rates(Undecided())
    assert {kind for kind, floor in FLOORS.items() if reached[kind] < floor} == {"negation added", "numbers changed"}
    assert len(misses(Undecided())) > 60


@pytest.mark.model
@pytest.mark.parametrize("kind", FLOORS)
def test_a_class_of_changes_keeps_its_floor(kind: str, rates: dict[str, float]) -> None:
    assert rates[kind] >= FLOORS[kind], f"{kind}: {rates[kind]:.2f}"


@pytest.mark.model
@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=pytest.mark.xfail(reason="the provisional judge") if kind in BELOW_AIM else ())
        for kind in FLOORS
    ],
)
def test_a_class_of_changes_reaches_the_aim(kind: str, rates: dict[str, float]) -> None:
    assert rates[kind] >= AIM, f"{kind}: {rates[kind]:.2f}"
