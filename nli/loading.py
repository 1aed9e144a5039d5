"""Models by name or folder: what the doors call once, so that everything else gets models as arguments."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

from nli.calibration import read_calibration
from nli.judge import TwoWayJudge
from nli.records import Encoder, MeasuringClassifier, QuickJudge
from nli.runtime import (
    OnnxClassifier,
    OnnxEncoder,
    TorchClassifier,
    TorchEncoder,
    for_torch,
    onnx_file,
    require_probes,
    runs_on_cuda,
)

OnOnnx = TypeVar("OnOnnx")
OnTorch = TypeVar("OnTorch")

BUNDLED = Path(__file__).parent / "models"


def load_encoder(name: str | None = None) -> Encoder:
    """The bi-encoder: None is the bundled one, else a folder or a Hugging Face name.

    Raises `nli.errors.ModelError` where it has no safe weights.
    """
    return _load(name, "encoder", OnnxEncoder, TorchEncoder)


@cache
def load_classifier(name: str | None = None) -> MeasuringClassifier:
    """The cross-encoder alone, probed: None is the bundled base judge, else a folder or a Hugging Face name.

    Loaded once for all who ask: the judge and the service's `/v1/judgements` share it.

    Raises `nli.errors.ModelError` where it has no safe weights, other labels than NLI's, or fails a probe.
    """
    classifier: MeasuringClassifier = _load(name, "base", OnnxClassifier, TorchClassifier)
    require_probes(classifier)
    return classifier


def _load(
    name: str | None, bundled: str, on_onnx: Callable[[Path], OnOnnx], on_torch: Callable[[str], OnTorch]
) -> OnOnnx | OnTorch:
    folder = BUNDLED / bundled if name is None else Path(name)
    if name is None and runs_on_cuda():
        with for_torch(folder) as whole:
            return on_torch(whole)
    return on_onnx(folder) if runs_on_onnx(folder) else on_torch(str(name))


def load_judge(name: str | None = None) -> QuickJudge:
    """The judge of pairs: both directions, calibrated. None is the bundled one, else a folder or a Hugging Face name.

    Raises as `load_classifier`.
    """
    folder = BUNDLED / "base" if name is None else Path(name)
    return TwoWayJudge(load_classifier(name), read_calibration(folder))


def runs_on_onnx(folder: Path) -> bool:
    """Whether the folder holds an ONNX graph and nothing that torch would rather load."""
    return folder.is_dir() and onnx_file(folder) is not None and not any(folder.glob("*.safetensors"))
