"""A trained judge as it is shipped: `python -m nli.training.export FOLDER OUTPUT --agreement PAIRS.jsonl`.

FOLDER is an ordinary transformers folder of a sequence classifier, whichever encoder it has. OUTPUT gets `model.onnx`
(8-bit weights; large ones beside it), `tokenizer.json`, `config.json`, `SHA256SUMS`, `metrics.json` and
`MODEL_CARD.md`, and `float32/` with the same model unquantised, to compare with.
"""

import argparse
import hashlib
import json
import shutil
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx.external_data_helper import set_external_data, write_external_data_tensors
from transformers import AutoModelForSequenceClassification, AutoTokenizer, PreTrainedModel

from nli.errors import FailedProbe
from nli.records import Probabilities
from nli.runtime import CHECKSUMS, OnnxClassifier, require_probes
from nli.training.data import Mix, read_mix, rows, without_full_stop
from nli.training.outliers import Range, quantise, reach, set_apart

OPSET = 17
GRAPH = "model.onnx"
LARGEST_FILE = 90_000_000
"""Bytes: hosts of repositories refuse files of 100 MB."""
SMALLEST_WEIGHT = 100_000
MANY_ROWS = 20_000
"""Word embeddings have more rows than any layer."""
APART_PAIRS = 192


class Logits(torch.nn.Module):
    """A classifier that takes its inputs in order and gives its logits alone, as the exporter wants it."""

    def __init__(self, model: torch.nn.Module, inputs: Sequence[str]) -> None:
        super().__init__()
        self.model, self.inputs = model, inputs

    def forward(self, *given: torch.Tensor) -> torch.Tensor:
        """The logits, (n, classes)."""
        logits: torch.Tensor = self.model(**dict(zip(self.inputs, given, strict=True))).logits
        return logits


Trained = tuple[PreTrainedModel, Any]
"""A model in evaluation mode and its tokenizer."""


def trained(folder: Path) -> Trained:
    """What `folder` holds. Attention is written out: the fused kernel's graph is not quantised."""
    model = AutoModelForSequenceClassification.from_pretrained(folder, attn_implementation="eager")
    return model.eval(), AutoTokenizer.from_pretrained(folder)


def write_graph(judge: Trained, target: Path) -> None:
    """The model as float32 ONNX, for any number of pairs of any length."""
    model, tokenizer = judge
    encoded = tokenizer(
        ["One claim.", "Another"], ["Its rival, and longer.", "Short"], padding=True, return_tensors="pt"
    )
    inputs = [name for name in ("input_ids", "attention_mask", "token_type_ids") if name in encoded]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracing warns of shapes that the agreement below checks
        torch.onnx.export(
            Logits(model, inputs),
            tuple(encoded[name] for name in inputs),
            str(target),
            input_names=inputs,
            output_names=["logits"],
            dynamic_axes={"logits": {0: "pairs"}} | {name: {0: "pairs", 1: "tokens"} for name in inputs},
            opset_version=OPSET,
            dynamo=False,
        )


def with_channels_apart(judge: Trained, pairs: Sequence[tuple[str, str]]) -> tuple[Trained, dict[str, Range]]:
    """The same model, the input channels that reach farthest on these pairs kept apart, and how far the rest reach."""
    model, tokenizer = judge
    encoded = (
        tokenizer([premise], [hypothesis], truncation=True, return_tensors="pt") for premise, hypothesis in pairs
    )
    return (model, tokenizer), set_apart(model, reach(model, encoded))


def write_parts(source: Path, output: Path) -> list[str]:
    """The graph as `model.onnx`, its weights beside it where they are too many for one file; the names written."""
    model = onnx.load(source)
    weights = [tensor for tensor in model.graph.initializer if len(tensor.raw_data) > SMALLEST_WEIGHT]
    if sum(len(tensor.raw_data) for tensor in weights) < LARGEST_FILE:
        onnx.save(model, output / GRAPH)
        return [GRAPH]
    files = ("embeddings.bin", "layers.bin")
    for file in files:
        (output / file).unlink(missing_ok=True)  # onnx appends
    for tensor in weights:
        set_external_data(tensor, files[0] if tensor.dims[0] > MANY_ROWS else files[1])
    onnx.save(write_external_data_tensors(model, str(output)), output / GRAPH)
    for file in files:
        (output / file).chmod(0o644)  # onnx lets nobody else read them, and a service may run as another user
    return [*files, GRAPH]


def agreement(ours: Probabilities, theirs: Probabilities) -> dict[str, float]:
    """How far two judges of the same pairs agree.

    >>> agreement(np.array([[0.1, 0.2, 0.7]]), np.array([[0.1, 0.3, 0.6]]))["same label"]
    1.0
    """
    return {
        "pairs": len(ours),
        "same label": round(float((ours.argmax(1) == theirs.argmax(1)).mean()), 4),
        "mean difference of contradiction": round(float(np.abs(ours[:, 2] - theirs[:, 2]).mean()), 4),
        "largest difference of contradiction": round(float(np.abs(ours[:, 2] - theirs[:, 2]).max()), 4),
    }


def sha256(path: Path) -> str:
    """The digest of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_checksums(output: Path, files: Sequence[str]) -> dict[str, str]:
    """Write the digests of `files` beside them, as the loader verifies them; gives them by file."""
    digests = {file: sha256(output / file) for file in sorted(files)}
    sums = "".join(f"{digest}  {file}\n" for file, digest in digests.items())
    (output / CHECKSUMS).write_text(sums, encoding="utf-8")
    return digests


def table_of_data(mixes: Sequence[Mix]) -> str:
    """What the model was trained on, stage by stage, as Markdown."""
    lines = ["| stage | part | share | files | licence |", "| --- | --- | --- | --- | --- |"]
    for stage, mix in enumerate(mixes, 1):
        for part in mix.parts:
            files = ", ".join(f"`{file}`" for file in part.files)
            lines.append(f"| {stage} | {part.name} | {part.share:.2f} | {files} | {part.licence} |")
    return "\n".join(lines)


def card(name: str, mixes: Sequence[Mix], metrics: dict[str, object], notes: str) -> str:
    """The model card, Markdown: what it is, what it was trained on, what it reaches, what its bytes are."""
    digests = metrics["sha256"]
    assert isinstance(digests, dict)
    parts = [
        f"# {name}",
        notes.strip(),
        "Labels by name: " + ", ".join(f"`{label}`" for label in ("entailment", "neutral", "contradiction")) + ".",
        "## Trained on",
        table_of_data(mixes),
        "## Figures",
        "```json\n" + json.dumps({key: value for key, value in metrics.items() if key != "sha256"}, indent=2) + "\n```",
        "## Files",
        "\n".join(f"- `{file}` SHA-256 `{digest}`" for file, digest in digests.items()),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def probes(output: Path) -> str:
    """Whether `nli.loading` will take the exported judge, and if not, why."""
    try:
        require_probes(OnnxClassifier(output))
    except FailedProbe as failure:
        return f"failed: {failure.what}"
    return "passed"


def export(folder: Path, output: Path, apart: Sequence[tuple[str, str]] = ()) -> dict[str, object]:
    """Write the ONNX files of `folder` into `output`; their digests and size.

    `apart`: training pairs that show which channels are outlying and how far the others reach; without any, none is
    kept apart and each call measures its own reach.
    """
    judge = trained(folder)
    whole, float32 = output / "whole.onnx", output / "float32"
    float32.mkdir(parents=True, exist_ok=True)
    write_graph(judge, float32 / GRAPH)
    judge[1].save_pretrained(float32)
    judge[0].config.save_pretrained(float32)
    judge, ranges = with_channels_apart(judge, apart) if apart else (judge, {})
    write_graph(judge, whole)
    quantise(whole, whole, ranges)
    written = write_parts(whole, output)
    whole.unlink()
    for file in ("config.json", "tokenizer.json"):
        shutil.copyfile(float32 / file, output / file)
    digests = write_checksums(output, [*written, "config.json", "tokenizer.json"])
    return {"megabytes": round(sum((output / file).stat().st_size for file in written) / 1e6, 1), "sha256": digests}


def read_pairs(path: Path, count: int) -> list[tuple[str, str]]:
    """The first `count` premises and hypotheses of a JSON Lines file."""
    pairs = [(str(row["premise"]), str(row["hypothesis"])) for row in rows(path)]
    return [(without_full_stop(premise), without_full_stop(hypothesis)) for premise, hypothesis in pairs[:count]]


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(
        prog="python -m nli.training.export", description="Write a judge as it is shipped."
    )
    parser.add_argument("folder", type=Path, help="transformers folder of the trained judge")
    parser.add_argument("output", type=Path)
    parser.add_argument("--name", default="A judge of news claims", help="headline of the model card")
    parser.add_argument("--notes", type=Path, help="Markdown that opens the model card")
    parser.add_argument("--mix", type=Path, nargs="*", default=[], help="the mixes it was trained on, in order")
    parser.add_argument("--apart", type=Path, help="JSON Lines of training pairs, to keep outlying channels apart by")
    parser.add_argument("--agreement", type=Path, help="JSON Lines of pairs to compare float32 and 8-bit on")
    parser.add_argument("--pairs", type=int, default=2000, help="how many of them")
    parser.add_argument("--figures", type=Path, help="JSON of further figures for the card")
    given = parser.parse_args()
    metrics = export(given.folder, given.output, read_pairs(given.apart, APART_PAIRS) if given.apart else ())
    if given.agreement:
        pairs = read_pairs(given.agreement, given.pairs)
        metrics["8 bits against float32"] = agreement(
            OnnxClassifier(given.output).classify(pairs), OnnxClassifier(given.output / "float32").classify(pairs)
        )
    metrics["probes"] = probes(given.output)
    if given.figures:
        metrics |= json.loads(given.figures.read_text(encoding="utf-8"))
    (given.output / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
    notes = given.notes.read_text(encoding="utf-8") if given.notes else ""
    text = card(given.name, [read_mix(path) for path in given.mix], metrics, notes)
    (given.output / "MODEL_CARD.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
