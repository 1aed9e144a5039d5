"""A trained judge as it is shipped: `python -m nli.training.export FOLDER OUTPUT --agreement PAIRS.jsonl`.

FOLDER is an ordinary transformers folder of a sequence classifier, whichever encoder it has. OUTPUT gets `model.onnx`
(8-bit weights), `tokenizer.json`, `config.json`, `metrics.json` and `MODEL_CARD.md`, and `float32/` with the same
model unquantised, to compare with. Both open with `nli.loading.load_classifier`.
"""

import argparse
import hashlib
import json
import shutil
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import DefaultWeightOnlyQuantConfig, MatMulNBitsQuantizer
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from nli.records import Probabilities
from nli.training.data import Mix, read_mix, rows, without_full_stop

OPSET = 21


class Logits(torch.nn.Module):
    """A classifier that takes its inputs in order and gives its logits alone, as the exporter wants it."""

    def __init__(self, model: torch.nn.Module, inputs: Sequence[str]) -> None:
        super().__init__()
        self.model, self.inputs = model, inputs

    def forward(self, *given: torch.Tensor) -> torch.Tensor:
        """The logits, (n, classes)."""
        logits: torch.Tensor = self.model(**dict(zip(self.inputs, given, strict=True))).logits
        return logits


def write_float(folder: Path, output: Path) -> None:
    """The model of `folder` as float32 ONNX with tokenizer and configuration, any batch and length."""
    output.mkdir(parents=True, exist_ok=True)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    # Attention written out: the fused kernel's graph is not quantised.
    model = AutoModelForSequenceClassification.from_pretrained(folder, attn_implementation="eager").eval()
    encoded = tokenizer(
        ["One claim.", "Another"], ["Its rival, and longer.", "Short"], padding=True, return_tensors="pt"
    )
    inputs = [name for name in ("input_ids", "attention_mask", "token_type_ids") if name in encoded]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracing warns of shapes that the agreement below checks
        torch.onnx.export(
            Logits(model, inputs),
            tuple(encoded[name] for name in inputs),
            str(output / "model.onnx"),
            input_names=inputs,
            output_names=["logits"],
            dynamic_axes={"logits": {0: "pairs"}} | {name: {0: "pairs", 1: "tokens"} for name in inputs},
            opset_version=OPSET,
            dynamo=False,
        )
    tokenizer.save_pretrained(output)
    model.config.save_pretrained(output)


def quantise_rows(source: Path, target: Path) -> None:
    """8-bit weights, one scale a row; activations are rounded to 8 bits by one scale a tensor.

    The quickest on a CPU with VNNI. `reduce_range` (7 bits) keeps sums from overflowing on one without.
    """
    quantize_dynamic(
        source,
        target,
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=True,
        extra_options={"MatMulConstBOnly": True},
    )


def quantise_blocks(source: Path, target: Path) -> None:
    """8-bit weights and activations with a scale for every 128: for encoders with outlying activations (mpnet)."""
    settings = DefaultWeightOnlyQuantConfig(
        block_size=128, is_symmetric=True, accuracy_level=4, bits=8, op_types_to_quantize=("MatMul",)
    )
    quantiser = MatMulNBitsQuantizer(onnx.load(source), algo_config=settings)
    quantiser.process()
    quantiser.model.save_model_to_file(str(target), use_external_data_format=False)


FORMS: dict[str, Callable[[Path, Path], None]] = {"rows": quantise_rows, "blocks": quantise_blocks}


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


def probabilities(folder: Path, pairs: Sequence[tuple[str, str]]) -> Probabilities:
    """What the ONNX model in `folder` says, by the code that runs it in the product."""
    from nli.loading import load_classifier  # here, so that exporting does not ask for the product's own models

    return load_classifier(str(folder)).classify(pairs)


def export(folder: Path, output: Path, form: str = "rows") -> dict[str, object]:
    """Write the ONNX files of `folder` into `output`; their digests and sizes."""
    write_float(folder, output / "float32")
    output.mkdir(parents=True, exist_ok=True)
    FORMS[form](output / "float32" / "model.onnx", output / "model.onnx")
    for file in ("tokenizer.json", "config.json"):
        shutil.copyfile(output / "float32" / file, output / file)
    files = ("model.onnx", "tokenizer.json", "config.json")
    return {
        "form": form,
        "megabytes": round((output / "model.onnx").stat().st_size / 1e6, 1),
        "sha256": {file: sha256(output / file) for file in files},
    }


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
    parser.add_argument("--form", choices=FORMS, default="rows", help="how the weights are rounded to 8 bits")
    parser.add_argument("--agreement", type=Path, help="JSON Lines of pairs to compare float32 and 8-bit on")
    parser.add_argument("--pairs", type=int, default=2000, help="how many of them")
    parser.add_argument("--figures", type=Path, help="JSON of further figures for the card")
    given = parser.parse_args()
    metrics = export(given.folder, given.output, given.form)
    if given.agreement:
        pairs = read_pairs(given.agreement, given.pairs)
        metrics["8 bits against float32"] = agreement(
            probabilities(given.output, pairs), probabilities(given.output / "float32", pairs)
        )
    if given.figures:
        metrics |= json.loads(given.figures.read_text(encoding="utf-8"))
    (given.output / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
    notes = given.notes.read_text(encoding="utf-8") if given.notes else ""
    text = card(given.name, [read_mix(path) for path in given.mix], metrics, notes)
    (given.output / "MODEL_CARD.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
