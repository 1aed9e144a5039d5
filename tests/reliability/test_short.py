"""Short forms of the scripts here; docs/reliability.md has what the long ones gave."""

import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.reliability import deleted, failpoints, keys, stop, stuck, weights, workers

HERE = Path(__file__).parent


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("cc") is None or sys.platform != "linux", reason="needs a C compiler and LD_PRELOAD")
@pytest.mark.parametrize("kind", failpoints.KINDS)
def test_a_call_that_fails_leaves_the_old_or_the_new_and_the_store_goes_on(kind: str) -> None:
    failpoints.main([kind], every=29)


@pytest.mark.slow
def test_a_log_that_a_power_cut_has_cut_opens_to_what_there_was_after_some_step() -> None:
    assert failpoints.cut(50) == 50


@pytest.mark.slow
@pytest.mark.model
@pytest.mark.parametrize("broken", weights.BROKEN)
def test_the_service_does_not_start_with_broken_weights(broken: str) -> None:
    weights.main({broken: weights.BROKEN[broken]})


@pytest.mark.slow
@pytest.mark.model
def test_a_service_that_is_told_to_stop_answers_what_it_has_in_hand_and_goes_on_with_its_jobs() -> None:
    stop.main(times=1)


@pytest.mark.slow
def test_two_processes_on_one_store_lose_nothing_and_find_what_one_finds() -> None:
    assert "the same as with one" in workers.run(2, each=1)


@pytest.mark.slow
def test_sixteen_clients_with_one_key_make_one_job_and_one_article() -> None:
    keys.main(rounds=2)


@pytest.mark.slow
def test_models_that_never_answer_hold_up_neither_readers_nor_the_end() -> None:
    stuck.main(times=1)


@pytest.mark.slow
def test_what_is_deleted_stands_in_no_file_any_more() -> None:
    deleted.main(articles=12)


def test_the_page_names_every_script() -> None:
    scripts = {path.stem for path in HERE.glob("*.py") if "\ndef main(" in path.read_text()}
    page = (HERE.parents[1] / "docs" / "reliability.md").read_text()
    assert set(re.findall(r"tests\.reliability\.(\w+)", page)) == scripts
