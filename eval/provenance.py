"""What a report's figures hang on, so that another can make them again: command, settings, weights, machine."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from eval.machine import Machine, this_machine
from nli.loading import BUNDLED
from nli.relation import THRESHOLDS
from nli.runtime import file_digest

WEIGHTS = (".onnx", ".bin", ".safetensors")
BESIDE = ("judge.json", "tokenizer.json", "config.json")


@dataclass(frozen=True, slots=True)
class File:
    """A file that a model was loaded from, as model folder and file name, with its SHA-256."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """Everything that the figures hang on but the data. `command` makes the report again."""

    command: str
    version: str
    settings: Mapping[str, str]
    thresholds: Mapping[str, float]
    files: tuple[File, ...]
    machine: Machine


def describe(command: str, version: str, settings: Mapping[str, str], folders: Sequence[Path]) -> Provenance:
    """The provenance of a run on this machine, with the models in `folders`."""
    return Provenance(
        command=command,
        version=version,
        settings=settings,
        thresholds=asdict(THRESHOLDS),
        files=tuple(file for folder in folders for file in files(folder)),
        machine=this_machine(),
    )


def loaded_from(encoder: str | None, nli_models: Sequence[str]) -> tuple[Path, ...]:
    """The folders of the models of these names; the bundled ones where none is named.

    A Hugging Face name is no folder and has no files here: the model's name in the report carries its revision.
    """
    judges = [Path(name) for name in nli_models] or [BUNDLED / "base"]
    return (BUNDLED / "encoder" if encoder is None else Path(encoder), *judges)


def files(folder: Path) -> tuple[File, ...]:
    """The weights and tables of a model's folder, in the order of their names; none where there is no such folder."""
    if not folder.is_dir():
        return ()
    taken = (each for each in sorted(folder.iterdir()) if each.suffix in WEIGHTS or each.name in BESIDE)
    return tuple(File(f"{folder.name}/{each.name}", file_digest(each)) for each in taken)
