"""What a report's figures hang on, so that another can make them again: command, settings, weights, machine."""

from collections.abc import Mapping
from dataclasses import dataclass
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


def describe(
    command: str, version: str, settings: Mapping[str, str], encoder: str | None = None, nli_model: str | None = None
) -> Provenance:
    """The provenance of a run on this machine, with the models of these names or folders; None is the bundled one.

    A model by Hugging Face name has no files here: its name in the report carries the revision.
    """
    folders = (
        (BUNDLED / "encoder" if encoder is None else Path(encoder)),
        (BUNDLED / "base" if nli_model is None else Path(nli_model)),
    )
    return Provenance(
        command=command,
        version=version,
        settings=settings,
        thresholds={
            "contradiction": THRESHOLDS.contradiction,
            "doubt": THRESHOLDS.doubt,
            "corroboration": THRESHOLDS.corroboration,
        },
        files=tuple(file for folder in folders for file in files(folder)),
        machine=this_machine(),
    )


def files(folder: Path) -> tuple[File, ...]:
    """The weights and tables of a model's folder, in the order of their names; none where there is no such folder."""
    if not folder.is_dir():
        return ()
    taken = (each for each in sorted(folder.iterdir()) if each.suffix in WEIGHTS or each.name in BESIDE)
    return tuple(File(f"{folder.name}/{each.name}", file_digest(each)) for each in taken)
