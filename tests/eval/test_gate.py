"""The gate: floors are kept, and none is lowered without saying so."""

from dataclasses import replace

import pytest

from eval.evaluate import Report
from eval.gate import (
    GUARDED,
    BrokenHistory,
    Change,
    Floor,
    Floors,
    GoldSet,
    as_toml,
    broken,
    check_history,
    data_digest,
    measure,
    pinned,
    read_floors,
)
from eval.scoring import System
from tests.eval.made import said

DEMO = GoldSet("demo", "eval/data/demo/gold.jsonl", "corpus/data/demo/articles.jsonl", "", 0.0)
GOOD = said(*[("contradiction", "contradiction", 0.9)] * 10, *[("neutral", "neutral", 0.1)] * 10)
BAD = said(*[("contradiction", "neutral", 0.2)] * 5, *[("contradiction", "contradiction", 0.9)] * 5)


def reported(system: System) -> dict[str, Report]:
    systems = tuple(replace(system, name=name) for name in GUARDED)
    labels = (("contradiction", 10),)
    return {"demo": Report("gold.jsonl", "d", "2026", ("m",), labels, 20, systems, (), system.predictions)}


@pytest.fixture
def set_once() -> Floors:
    return pinned(Floors((DEMO,), (), ()), reported(GOOD), "first", "2026-01-01")


def test_a_floor_lies_two_contradictions_below_what_was_measured(set_once: Floors) -> None:
    assert {(floor.measured, floor.floor) for floor in set_once.floors} == {(1.0, 0.8)}
    assert set_once.sets[0].allowance == 0.2


def test_what_is_measured_keeps_its_own_floors_and_worse_does_not(set_once: Floors) -> None:
    assert broken(set_once, reported(GOOD)) == ()
    assert "demo, whole road: recall is 0.500; expected at least 0.800 (1.000 when it was set)" in broken(
        set_once, reported(BAD)
    )


def test_data_that_have_changed_are_told(set_once: Floors) -> None:
    changed = replace(set_once, sets=(replace(set_once.sets[0], sha256="0"),))
    assert broken(changed, reported(GOOD)) == (
        "demo: the data have changed since the floors were set; expected SHA-256 0",
    )


def test_a_floor_is_not_lowered_without_a_reason(set_once: Floors) -> None:
    with pytest.raises(BrokenHistory, match=r"lowered from 0\.8 to 0\.3; expected a reason"):
        pinned(set_once, reported(BAD), "", "2026-01-02")
    lowered = pinned(set_once, reported(BAD), "a smaller judge", "2026-01-02")
    assert {change.why for change in lowered.history if change.old is not None} == {"a smaller judge"}


def test_a_floor_that_was_edited_by_hand_is_noticed(set_once: Floors) -> None:
    first, *others = set_once.floors
    with pytest.raises(BrokenHistory, match="demo whole road recall: the floor is not the last of its history"):
        check_history(replace(set_once, floors=(replace(first, floor=0.1), *others)))


def test_a_history_that_forgets_a_step_is_noticed() -> None:
    floor = Floor("demo", "whole road", "recall", 0.6, 0.5)
    steps = (Change("2026-01-01", *floor.name, None, 0.8, "first"), Change("2026-01-02", *floor.name, 0.6, 0.5, "why"))
    with pytest.raises(BrokenHistory, match=r"said to be 0\.6; expected 0\.8"):
        check_history(Floors((DEMO,), (floor,), steps))


def test_the_file_is_read_as_it_was_written(set_once: Floors, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("floors") / "floors.toml"
    told = pinned(set_once, reported(BAD), 'a "smaller" judge', "2026-01-02")
    file.write_text(as_toml(told))
    assert read_floors(file) == told


def test_the_floors_of_this_repository_tell_how_they_came_about_and_of_which_data() -> None:
    floors = read_floors()
    assert {floor.set for floor in floors.floors} == {each.name for each in floors.sets} == {"demo", "stories"}
    assert {each.name: data_digest(each) for each in floors.sets} == {each.name: each.sha256 for each in floors.sets}


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_bundled_judge_keeps_its_floors() -> None:
    floors = read_floors()
    assert broken(floors, measure(floors)) == ()
