import re
from pathlib import Path

import pytest
import typer
from pydantic import ValidationError
from typer.main import get_command

from app.cli import FLAGS, cli, settle
from app.errors import WrongUsage
from app.formats import Format
from app.settings import PREFIX, Settings

DOCS = Path(__file__).parents[2] / "docs"
NOT_SETTINGS = {"help", "version"}


def options() -> dict[str, dict[str, str]]:
    """Of every command: option to help."""
    return of_group(get_command(cli))


def of_group(group: object) -> dict[str, dict[str, str]]:
    assert isinstance(group, typer.core.TyperGroup)
    groups = {name: each for name, each in group.commands.items() if isinstance(each, typer.core.TyperGroup)}
    inner = {f"{name} {each}": told for name, group in groups.items() for each, told in of_group(group).items()}
    return inner | {
        name: {
            max(param.opts, key=len).removeprefix("--"): getattr(param, "help", None) or ""
            for param in command.params
            if param.param_type_name == "option"
        }
        for name, command in group.commands.items()
    }


def field(option: str) -> str:
    """The setting of an option."""
    names = {flag: name for name, flag in FLAGS.items()}
    return names.get(option, option.replace("-", "_"))


def test_every_option_is_a_setting_and_every_setting_an_option() -> None:
    given = {field(option) for each in options().values() for option in each} - NOT_SETTINGS
    assert given == set(Settings.model_fields)


def test_the_help_tells_the_defaults() -> None:
    bundled = {"encoder", "nli_model"}
    for each in options().values():
        for option, text in each.items():
            told = re.search(r"\[default: (.+)\]", text)
            if told and field(option) not in bundled:
                assert told[1] == str(Settings.model_fields[field(option)].default)


def test_the_documentation_lists_every_setting_with_its_default() -> None:
    rows = re.findall(
        r"^\| `(COUNTERCLAIM_\w+)` \| `--([a-z-]+)` \| (.*?) \|", (DOCS / "settings.md").read_text(), re.M
    )
    assert {(name, field(option)) for name, option, _ in rows} == {
        ((PREFIX + name).upper(), name) for name in Settings.model_fields
    }
    for _, option, default in rows:
        value = Settings.model_fields[field(option)].default
        assert default == ("" if value is None else f"`{str(value).lower() if isinstance(value, bool) else value}`")


def test_a_flag_goes_before_the_environment_and_that_before_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settle().per_claim == 15
    monkeypatch.setenv("COUNTERCLAIM_PER_CLAIM", "7")
    assert settle(per_claim=None).per_claim == 7
    assert settle(per_claim=3).per_claim == 3


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERCLAIM_FORMAT", "")
    assert settle().format is Format.TABLE


def test_a_wrong_value_is_refused_under_the_name_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WrongUsage, match=r"^--per-claim is '0'"):
        settle(per_claim=0)
    monkeypatch.setenv("COUNTERCLAIM_MIN_SCORE", "high")
    with pytest.raises(WrongUsage, match=r"^COUNTERCLAIM_MIN_SCORE is 'high'"):
        settle()


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Settings().per_claim = 3
