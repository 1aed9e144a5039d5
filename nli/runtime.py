"""The one door to ONNX Runtime and torch: models by folder or name, safe weights only, labels by name.

ONNX folders run on ONNX Runtime and `tokenizers` (no torch import, a first answer in a second or two); everything
else runs through sentence-transformers on torch, on CUDA where there is one. Where there is, the bundled models run on
torch too.
"""

import hashlib
import importlib.util
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nli.dequantised import write_folder
from nli.errors import FailedProbe, MissingWeights, ModelError, UnsafeWeights, WrongLabels
from nli.records import Classifier, Probabilities, Vectors

LABELS = ("entailment", "neutral", "contradiction")
"""The columns of `Probabilities`, in order."""

SCALES, FIXED = "scales", "fixed"
"""What an exported graph's metadata say where the scales of its 8-bit inputs are fixed (`nli.training.outliers`)."""

TOGETHER = 8
"""So many sequences of one length share a call: 1.6 times as quick as one a call, and no quicker with more."""

PROBES = (
    ("A woman is playing the violin on a stage.", "A woman is playing an instrument.", "entailment"),
    ("The company was founded in Oslo in 1998.", "The company has two hundred employees.", "neutral"),
    ("The minister has resigned.", "The minister has not resigned.", "contradiction"),
)
"""Pairs that no NLI model may miss: a model that does has its labels named wrongly, or is none."""

MAX_TOKENS = 256
"""A pair's length in tokens; the longer side is cut first. Two claims of a news article reach 120."""

ONNX_PLACES = ("model.onnx", "onnx/model.onnx")
CHECKSUMS = "SHA256SUMS"


def onnx_file(folder: Path) -> Path | None:
    """The ONNX graph of a model folder, if it has one."""
    return next((folder / place for place in ONNX_PLACES if (folder / place).is_file()), None)


def require_safe_weights(folder: Path) -> None:
    """Refuse a folder without weights, with pickled weights only, or whose model brings its own code.

    Raises `MissingWeights` or `UnsafeWeights`.
    """
    expected = "a folder with config.json, tokenizer.json and model.safetensors or model.onnx"
    if not folder.is_dir():
        raise MissingWeights(str(folder), "no such folder", expected)
    if not (folder / "config.json").is_file():
        raise MissingWeights(str(folder), "no config.json", expected)
    if "auto_map" in read_config(folder):
        raise UnsafeWeights(str(folder), "its config.json asks to run the model's own code (auto_map)", expected)
    if onnx_file(folder) or any(folder.glob("*.safetensors")):
        return
    if pickles := sorted(each.name for each in folder.iterdir() if each.suffix in {".bin", ".pt", ".pth", ".pkl"}):
        raise UnsafeWeights(str(folder), f"only pickled weights ({', '.join(pickles)}), which can run code", expected)
    raise MissingWeights(str(folder), "no weights", expected)


def read_config(folder: Path) -> Mapping[str, Any]:
    """The model's config.json. Raises `MissingWeights` where it cannot be read."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MissingWeights(str(folder), f"config.json cannot be read ({error})", "a JSON object") from error
    if not isinstance(config, dict):
        raise MissingWeights(str(folder), "config.json holds no object", "a JSON object")
    return config


def verify_checksums(folder: Path) -> str:
    """Check each file named in the folder's SHA256SUMS, where there is one; the digest of all, 12 hexadecimal digits.

    Raises `ModelError` where a file is missing or has other bytes than when it was made.
    """
    digest = hashlib.sha256()
    sums = folder / CHECKSUMS
    if not sums.is_file():
        weights = onnx_file(folder) or next(iter(sorted(folder.glob("*.safetensors"))))
        return file_digest(weights)[:12]
    for line in sums.read_text(encoding="utf-8").splitlines():
        expected, name = line.split(maxsplit=1)
        file = folder / name.lstrip("*")
        if not file.is_file():
            raise MissingWeights(str(folder), f"{name} is missing", f"the files named in {CHECKSUMS}")
        if file_digest(file) != expected:
            raise ModelError(str(folder), f"{name} is not the file it was made with", f"SHA-256 {expected}")
        digest.update(expected.encode())
    return digest.hexdigest()[:12]


def file_digest(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def label_columns(model: str, id2label: Mapping[Any, str] | None) -> tuple[int, int, int]:
    """Where entailment, neutral and contradiction stand among a classifier's outputs, by their names alone.

    Raises `WrongLabels` unless there are exactly these three.

    >>> label_columns("m", {"0": "CONTRADICTION", "1": "entailment", "2": "Neutral"})
    (1, 2, 0)
    """
    found = {int(index): name.lower() for index, name in (id2label or {}).items()}
    columns = [[index for index, name in found.items() if name == label] for label in LABELS]
    if len(found) != len(LABELS) or any(len(column) != 1 for column in columns):
        named = ", ".join(f"{index}: {name}" for index, name in sorted(found.items())) or "none"
        raise WrongLabels(model, f"its labels are {named}", f"exactly three, named {', '.join(LABELS)}")
    entailment, neutral, contradiction = (column[0] for column in columns)
    return entailment, neutral, contradiction


def require_probes(classifier: Classifier) -> None:
    """Ask the three probe pairs. Raises `FailedProbe` with the pair and the answer that is wrong."""
    answers = classifier.classify([(premise, hypothesis) for premise, hypothesis, _ in PROBES])
    for (premise, hypothesis, label), row in zip(PROBES, answers, strict=True):
        if LABELS[int(row.argmax())] != label:
            shown = ", ".join(f"{name} {p:.2f}" for name, p in zip(LABELS, row, strict=True))
            raise FailedProbe(classifier.name, f"{premise!r} / {hypothesis!r} gives {shown}", label)


def softmax(logits: NDArray[Any]) -> NDArray[np.float64]:
    """Row-wise softmax, float64.

    >>> softmax(np.array([[0.0, 0.0]])).tolist()
    [[0.5, 0.5]]
    """
    shifted = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), np.float64)


class OnnxModel:
    """A tokenizer and an ONNX graph on the CPU; several calls at once, and in a call only what is of one length.

    So nothing is spent on padding, and a text gives the same numbers whatever else is asked with it: a graph whose
    8-bit scales are each call's own (`SCALES`) gets one sequence a call.
    """

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        require_safe_weights(folder)
        graph = onnx_file(folder)
        if graph is None or not (folder / "tokenizer.json").is_file():
            raise MissingWeights(str(folder), "no ONNX graph or no tokenizer.json", "model.onnx and tokenizer.json")
        self.digest = verify_checksums(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # both libraries raise their own, undocumented kinds
            raise ModelError(str(folder), f"cannot be loaded ({error})", "a whole ONNX model and tokenizer") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._inputs = {each.name for each in self._session.get_inputs()}
        self._threads = available_cores()
        fixed = self._session.get_modelmeta().custom_metadata_map.get(SCALES) == FIXED
        self._together = TOGETHER if fixed else 1

    def run(
        self, texts: Sequence[str] | Sequence[tuple[str, str]], pool: Callable[[NDArray[Any]], NDArray[Any]]
    ) -> list[NDArray[Any]]:
        """`pool(output)` of each text or pair; `output` is the graph's first output for it, without the batch axis."""
        encodings = self._tokenizer.encode_batch(list(texts))

        def ask(rows: Sequence[int]) -> list[NDArray[Any]]:
            ids = np.array([encodings[row].ids for row in rows], np.int64)
            feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
            if "token_type_ids" in self._inputs:
                feeds["token_type_ids"] = np.array([encodings[row].type_ids for row in rows], np.int64)
            return [pool(output) for output in self._session.run(None, feeds)[0]]

        calls = of_one_length([len(encoding.ids) for encoding in encodings], self._together)
        with ThreadPoolExecutor(self._threads) as threads:
            answers = zip(calls, threads.map(ask, calls), strict=True)
            found = {row: each for rows, outputs in answers for row, each in zip(rows, outputs, strict=True)}
        return [found[row] for row in range(len(encodings))]

    def cut(self, texts: Sequence[str] | Sequence[tuple[str, str]]) -> list[bool]:
        """Of each text or pair, whether it is longer than `MAX_TOKENS`."""
        return [bool(encoding.overflowing) for encoding in self._tokenizer.encode_batch(list(texts))]


def of_one_length(lengths: Sequence[int], most: int) -> list[list[int]]:
    """Positions in groups of one length, at most `most` a group; the longest first, so that no core waits for another.

    >>> of_one_length([3, 9, 3, 3], most=2)
    [[1], [0, 2], [3]]
    """
    by_length: dict[int, list[int]] = {}
    for row, length in enumerate(lengths):
        by_length.setdefault(length, []).append(row)
    ordered = (by_length[length] for length in sorted(by_length, reverse=True))
    return [rows[start : start + most] for rows in ordered for start in range(0, len(rows), most)]


def available_cores() -> int:
    """Cores this process may use; `OMP_NUM_THREADS` bounds them, as it does for torch."""
    bound = os.environ.get("OMP_NUM_THREADS", "")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, int(bound)) if bound.isdigit() and int(bound) else cores


class OnnxEncoder:
    """A bi-encoder as ONNX: mean of the token vectors, to length one (Reimers and Gurevych 2019)."""

    def __init__(self, folder: Path) -> None:
        self._model = OnnxModel(folder)
        self._size = int(read_config(folder)["hidden_size"])
        self.name = f"{folder.name}@{self._model.digest}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(n, size) float32 unit vectors."""
        if not texts:
            return np.zeros((0, self._size), np.float32)
        vectors = np.stack(self._model.run(texts, lambda output: output.mean(axis=0))).astype(np.float32)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


class OnnxClassifier:
    """A cross-encoder as ONNX; `name` is folder and digest."""

    def __init__(self, folder: Path) -> None:
        require_safe_weights(folder)
        self._columns = list(label_columns(str(folder), read_config(folder).get("id2label")))
        self._model = OnnxModel(folder)
        self.name = f"{folder.name}@{self._model.digest}"

    def classify(self, pairs: Sequence[tuple[str, str]]) -> Probabilities:
        """(n, 3) probabilities: entailment, neutral, contradiction."""
        if not pairs:
            return np.zeros((0, 3))
        return softmax(np.stack(self._model.run(pairs, lambda output: output)))[:, self._columns]

    def cut(self, pairs: Sequence[tuple[str, str]]) -> list[bool]:
        """Of each pair, whether `classify` reads less than all of it."""
        return self._model.cut(pairs)


def torch_options(name: str) -> dict[str, Any]:
    """How sentence-transformers is to load `name`: no code of the model's own, safetensors only, no surprise downloads.

    Raises `MissingWeights` or `UnsafeWeights` for a folder without safe weights.
    """
    if Path(name).exists():
        require_safe_weights(Path(name))
    return {"trust_remote_code": False, "model_kwargs": {"use_safetensors": True}}


def runs_on_cuda() -> bool:
    """Whether bundled models go to a GPU. torch takes seconds to import: it is asked only where a driver is there."""
    if not (Path("/dev/nvidiactl").exists() or shutil.which("nvidia-smi")):
        return False
    import torch

    if not torch.cuda.is_available():
        return False
    if importlib.util.find_spec("onnx") is None:
        logging.getLogger(__name__).warning(
            "CUDA is there, but the bundled models run on the CPU: reading their weights needs pip install onnx"
        )
        return False
    return True


@contextmanager
def for_torch(folder: Path) -> Iterator[str]:
    """An ONNX folder of ours as torch reads it, for as long as it takes to load."""
    require_safe_weights(folder)
    verify_checksums(folder)
    with tempfile.TemporaryDirectory(prefix="counterclaim-") as place:
        write_folder(folder, Path(place) / folder.name)
        yield str(Path(place) / folder.name)


class TorchEncoder:
    """Any sentence-transformers bi-encoder, on CUDA where there is one."""

    def __init__(self, name: str) -> None:
        from sentence_transformers import SentenceTransformer

        options = torch_options(name)
        try:
            self._model = SentenceTransformer(name, **options)
        except (OSError, ValueError) as error:
            raise unloadable(name, error) from error
        self.name = revision(name, self._model.transformers_model.config if self._model.transformers_model else None)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(n, size) float32 unit vectors."""
        vectors = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, np.float32).reshape(len(texts), -1)


class TorchClassifier:
    """Any NLI cross-encoder with three named classes, on CUDA where there is one."""

    def __init__(self, name: str) -> None:
        from sentence_transformers import CrossEncoder

        options = torch_options(name)
        try:
            self._model = CrossEncoder(name, max_length=MAX_TOKENS, **options)
        except (OSError, ValueError) as error:
            raise unloadable(name, error) from error
        self._columns = list(label_columns(name, self._model.config.id2label))
        self.name = revision(name, self._model.config)

    def classify(self, pairs: Sequence[tuple[str, str]]) -> Probabilities:
        """(n, 3) probabilities: entailment, neutral, contradiction."""
        if not pairs:
            return np.zeros((0, 3))
        logits = self._model.predict(list(pairs), show_progress_bar=False, convert_to_numpy=True)
        return softmax(np.asarray(logits))[:, self._columns]

    def cut(self, pairs: Sequence[tuple[str, str]]) -> list[bool]:
        """Of each pair, whether `classify` reads less than all of it."""
        return [len(self._model.tokenizer(*pair, verbose=False)["input_ids"]) > MAX_TOKENS for pair in pairs]


def unloadable(name: str, error: Exception) -> ModelError:
    """What to tell of a model that the libraries would not load."""
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    expected = "a folder, or a Hugging Face name that is cached or can be reached, with safetensors weights"
    return MissingWeights(name, f"cannot be loaded ({first})", expected)


def revision(name: str, config: object) -> str:
    """Name and revision: the hub's commit where there is one, else the digest of the weights."""
    if commit := getattr(config, "_commit_hash", None):
        return f"{name}@{commit[:12]}"
    folder = Path(name)
    return f"{folder.name}@{verify_checksums(folder)}" if folder.is_dir() else name
