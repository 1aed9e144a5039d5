"""A bundled 8-bit ONNX folder as an ordinary transformers folder, so that CUDA runs what CPUs run in 8 bits.

An 8-bit graph's integer products have no CUDA kernel in ONNX Runtime, and the weights are shipped once. So on a machine
with CUDA each weight is multiplied out again, and torch runs the model in float32. `nli.training.export` writes the
graphs that are understood here: its names of products and tables are torch's names of the modules.
"""

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nli.errors import ModelError

if TYPE_CHECKING:
    import onnx

Weights = dict[str, NDArray[np.float32]]
"""Torch's parameter names to their values."""

WRAPPED = re.compile(r"^m(?:odel)?[.]")
"""What the exported graph puts before each name: the export traces the model inside a wrapper."""

PRODUCT = re.compile(r"^/m(?:odel)?/(.+?)/(?:MatMul|Gemm)\w*_quant$")
PARAMETER = re.compile(r"\.(weight|bias)$")


def write_folder(source: Path, target: Path) -> None:
    """Write the model of the ONNX folder `source` into the folder `target`, as config.json, tokenizer and safetensors.

    Raises `ModelError` where the graph is not one of ours.
    """
    from safetensors.numpy import save_file

    target.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "tokenizer.json"):
        shutil.copy(source / name, target)
    save_file(dequantised(source / "model.onnx"), target / "model.safetensors", metadata={"format": "pt"})


def dequantised(graph: Path) -> Weights:
    """The weights of an exported graph in float32, by torch's names."""
    import onnx

    model = onnx.load(graph)
    stored = {each.name: onnx.numpy_helper.to_array(each) for each in model.graph.initializer}
    for node in model.graph.node:  # values that two weights have in common are stored once
        if node.op_type == "Identity" and node.input[0] in stored:
            stored[node.output[0]] = stored[node.input[0]]
    found = {**dict(_tables(stored)), **dict(_products(model.graph, stored))}
    for name, value in stored.items():
        if WRAPPED.search(name) and PARAMETER.search(name) and value.dtype == np.float32:
            found.setdefault(_own(name), value)
    return {name: np.ascontiguousarray(value, np.float32) for name, value in found.items()}


def _own(name: str) -> str:
    """Torch's name of a weight: without the wrapper, and without the part that set channels apart.

    >>> _own("model.encoder.layer.0.output.dense.linear.bias")
    'encoder.layer.0.output.dense.bias'
    """
    return re.sub(r"\.linear\.(weight|bias)$", r".\1", WRAPPED.sub("", name))


def module_of(product: str) -> str:
    """The linear layer that a node of the graph multiplies for, by torch's name.

    Raises `ModelError` where the node is not named as `nli.training.export` names them.

    >>> module_of("/model/mpnet/encoder/layer.0/output/dense/linear/MatMul_quant")
    'mpnet.encoder.layer.0.output.dense'
    """
    place = PRODUCT.match(product)
    if place is None:
        raise ModelError(product, "a product without a module's name", "a graph that nli.training.export wrote")
    return place[1].replace("/", ".").removesuffix(".linear")


def _tables(stored: Mapping[str, NDArray[np.generic]]) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Embeddings, stored with a scale a row or with one scale and zero point."""
    for name, value in stored.items():
        if name.endswith("_rows"):
            table = name.removesuffix("_rows")
            yield _own(table), value.astype(np.float32) * stored[f"{table}_scales"].astype(np.float32)
        elif name.endswith("embeddings.weight_quantized"):
            table = name.removesuffix("_quantized")
            yield _own(table), _unscaled(stored, table)


def _unscaled(stored: Mapping[str, NDArray[np.generic]], name: str) -> NDArray[np.float32]:
    shifted = stored[f"{name}_quantized"].astype(np.float32) - stored[f"{name}_zero_point"].astype(np.float32)
    return shifted * stored[f"{name}_scale"].astype(np.float32)


def _products(
    graph: "onnx.GraphProto", stored: Mapping[str, NDArray[np.generic]]
) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """The weight of each linear layer; channels that were set apart go back to their rows."""
    for node in graph.node:
        if node.op_type not in ("MatMulInteger", "MatMulIntegerToFloat"):
            continue
        module = module_of(node.name)
        weight = _unscaled(stored, node.input[1].removesuffix("_quantized"))
        apart = f"model.{module}"
        if f"{apart}.channels" in stored:
            weight[stored[f"{apart}.channels"].astype(np.int64)] = stored[f"{apart}.outlying"]
        yield f"{module}.weight", weight.T
