"""8-bit judges that agree with their float form: outlying channels apart, embeddings scaled row by row.

Dynamic quantisation gives a whole tensor of activations one scale. In mpnet a handful of channels reach 20 to 100 where
the others stay below 5 (measured on training pairs), so that one scale leaves the others five bits. As in LLM.int8()
(Dettmers et al. 2022) these channels are multiplied in float32, beside the 8-bit product of the rest; which ones they
are, and how far the rest reaches, is fixed from training pairs, so that it costs one small product and the score of a
pair does not hang on what is asked with it. docs/decisions/0007-outlying-channels.md has the figures.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from nli.dequantised import module_of
from nli.runtime import FIXED, SCALES

APART = {"attention.attn": 4, "intermediate.dense": 8, "output.dense": 8}
"""How many input channels are kept apart, by what the layer's name ends with (attention: query, key and value)."""

FEWEST_ROWS = 64
"""Products of fewer input channels stay in float32: they are those of the channels set apart."""

VOCABULARY = 10_000
"""An embedding table with more rows than this is stored as 8-bit rows."""

WIDER = 1.07
"""Of 240 pairs a judge trained on from 8-bit weights keeps its label on .996 with this, on .929 with 1
(docs/decisions/0007-outlying-channels.md)."""

TURNED = "_Transposed"
"""What ONNX Runtime's quantisation adds to the name of a weight that it turns."""

FUSED, FUSED_DOMAIN = "MatMulIntegerToFloat", "com.microsoft"
"""ONNX Runtime's product of 8-bit integers with its scaling and bias."""

Range = tuple[float, float]
"""The smallest and the largest input of a layer; 0 lies within."""


class Apart(torch.nn.Module):
    """A linear layer in two parts: few outlying input channels, and the rest. The sum is what it was."""

    channels: torch.Tensor
    outlying: torch.Tensor

    def __init__(self, linear: torch.nn.Linear, channels: torch.Tensor) -> None:
        super().__init__()
        rest = torch.ones(linear.in_features)
        rest[channels] = 0
        weight = linear.weight.data
        self.register_buffer("channels", channels)
        self.register_buffer("outlying", weight[:, channels].T.contiguous())
        self.linear = torch.nn.Linear(linear.in_features, linear.out_features)
        self.linear.weight.data, self.linear.bias.data = weight * rest, linear.bias.data.clone()

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The same as the linear layer that it was made from."""
        rest: torch.Tensor = self.linear(inputs)
        return rest + inputs.index_select(-1, self.channels) @ self.outlying


def reach(model: torch.nn.Module, batches: Iterable[Mapping[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """The smallest and the largest value of each input channel of each linear layer: name to (2, channels)."""
    reached: dict[str, torch.Tensor] = {}
    hooks = []
    for name, module in model.named_modules():
        if isinstance(module, torch.nn.Linear):

            def note(_: torch.nn.Module, inputs: tuple[torch.Tensor, ...], name: str = name) -> None:
                low, high = inputs[0].detach().flatten(0, -2).aminmax(dim=0)
                if name in reached:
                    low, high = torch.minimum(reached[name][0], low), torch.maximum(reached[name][1], high)
                reached[name] = torch.stack([low, high])

            hooks.append(module.register_forward_pre_hook(note))
    with torch.no_grad():
        for batch in batches:
            model(**batch)
    for hook in hooks:
        hook.remove()
    return reached


def set_apart(model: torch.nn.Module, reached: Mapping[str, torch.Tensor]) -> dict[str, Range]:
    """Replace the encoder's linear layers by `Apart`, in place, with the channels that reach farthest.

    Gives each linear layer's range: of the channels that stay together in it.
    """
    ranges = {}
    for name, each in reached.items():
        parent, _, own = name.rpartition(".")
        kind = "attention.attn" if parent.endswith("attention.attn") and own != "o" else name
        count = next((count for ending, count in APART.items() if kind.endswith(ending)), 0)
        linear = model.get_submodule(name)
        together = torch.ones(each.shape[1], dtype=torch.bool)
        if count and "encoder" in name and isinstance(linear, torch.nn.Linear):
            channels = each.abs().amax(0).topk(count).indices.sort().values
            setattr(model.get_submodule(parent), own, Apart(linear, channels))
            together[channels] = False
        ranges[name] = (min(0.0, float(each[0, together].min())), max(0.0, float(each[1, together].max())))
    return ranges


def quantise(source: Path, target: Path, ranges: Mapping[str, Range]) -> None:
    """8-bit rows for the weights of all large products and for the word embeddings of an ONNX graph.

    Inputs are rounded by the scales of `ranges`; without any, each call measures the scales of its own.
    """
    model = onnx.load(source)
    shapes = {each.name: tuple(each.dims) for each in model.graph.initializer}
    small = [
        node.name
        for node in model.graph.node
        if node.op_type == "MatMul" and shapes.get(node.input[1], (FEWEST_ROWS,))[0] < FEWEST_ROWS
    ]
    quantize_dynamic(
        source,
        target,
        weight_type=QuantType.QInt8,
        per_channel=True,
        op_types_to_quantize=["MatMul"],
        nodes_to_exclude=small,
        extra_options={"MatMulConstBOnly": True},
    )
    quantised = onnx.load(target)
    quantise_embeddings(quantised.graph)
    round_anew(quantised.graph, {each.name: each for each in model.graph.initializer})
    if ranges:
        fix_scales(quantised.graph, ranges)
        quantised.opset_import.append(onnx.helper.make_opsetid(FUSED_DOMAIN, 1))
        onnx.helper.set_model_props(quantised, {SCALES: FIXED})
    onnx.save(quantised, target)


def round_anew(graph: onnx.GraphProto, weights: Mapping[str, onnx.TensorProto]) -> None:
    """Round each weight to a grid `WIDER` than its largest value asks for, in place.

    A model that was trained on from 8-bit weights lies near their old grid: rounded to that, it forgets what it learnt.
    """
    stored = {each.name: each for each in graph.initializer}
    for product in [node for node in graph.node if node.op_type == "MatMulInteger"]:
        name = product.input[1].removesuffix("_quantized")
        weight = onnx.numpy_helper.to_array(weights[name.removesuffix(TURNED)])
        if name.endswith(TURNED):
            weight = weight.T
        scale = np.abs(weight).max(axis=0).clip(1e-8) * WIDER / 127
        rounded = np.round(weight / scale).astype(np.int8)
        for suffix, value in (("_quantized", rounded), ("_scale", scale.astype(np.float32))):
            stored[name + suffix].CopyFrom(onnx.numpy_helper.from_array(value, name + suffix))


def fix_scales(graph: onnx.GraphProto, ranges: Mapping[str, Range]) -> None:
    """Round the inputs of every 8-bit product by the range of its layer, in place of the range that they have.

    A scale that is the call's own makes a pair's score hang on what is asked with it; a fixed one lets pairs of one
    length share a call. The product, its scaling and its bias become one node (ONNX Runtime fuses them only where the
    scale is measured).
    """
    made = {output: node for node in graph.node for output in node.output}
    readers: dict[str, list[onnx.NodeProto]] = {}
    for node in graph.node:
        for name in node.input:
            readers.setdefault(name, []).append(node)
    stored = {each.name: each for each in graph.initializer}
    for product in [node for node in graph.node if node.op_type == "MatMulInteger"]:
        measured = made[product.input[0]]
        if measured.op_type == "DynamicQuantizeLinear":
            made[product.input[0]] = measured = _fix(graph, measured, ranges[module_of(product.name)])
        (cast,) = readers[product.output[0]]
        (scaled,) = readers[cast.output[0]]
        scales = made[next(name for name in scaled.input if name != cast.output[0])]
        last, bias = scaled, ""
        added = readers[scaled.output[0]]
        if len(added) == 1 and added[0].op_type == "Add":
            other = next(name for name in added[0].input if name != scaled.output[0])
            if other in stored and len(stored[other].dims) == 1:
                last, bias = added[0], other
        weight_scale = next(name for name in scales.input if name != measured.input[1])
        inputs = [*product.input[:2], measured.input[1], weight_scale, *product.input[2:], bias]
        fused = onnx.helper.make_node(FUSED, inputs, last.output, product.name, domain=FUSED_DOMAIN)
        graph.node.insert(list(graph.node).index(last), fused)
        for node in {node.name: node for node in (product, cast, scales, scaled, last)}.values():
            graph.node.remove(node)


def _fix(graph: onnx.GraphProto, measured: onnx.NodeProto, reached: Range) -> onnx.NodeProto:
    """A rounding by fixed scale and zero point, put in place of one that measures them."""
    low, high = reached
    rounded, scale, zero = measured.output
    step = (high - low) / 255
    graph.initializer.extend(
        [
            onnx.numpy_helper.from_array(np.array(step, np.float32), scale),
            onnx.numpy_helper.from_array(np.array(round(-low / step), np.uint8), zero),
        ]
    )
    fixed = onnx.helper.make_node("QuantizeLinear", [measured.input[0], scale, zero], [rounded], measured.name)
    place = list(graph.node).index(measured)
    graph.node.remove(measured)
    graph.node.insert(place, fixed)
    return fixed


def quantise_embeddings(graph: onnx.GraphProto) -> None:
    """Store each large embedding table as 8-bit rows with a float32 scale a row, in place."""
    tables = {each.name: each for each in graph.initializer if each.dims and each.dims[0] > VOCABULARY}
    for node in [each for each in graph.node if each.op_type == "Gather" and each.input[0] in tables]:
        table = onnx.numpy_helper.to_array(tables[node.input[0]])
        scales = np.abs(table).max(axis=1, keepdims=True).clip(1e-8) / 127
        name, ids, output = node.input[0], node.input[1], node.output[0]
        graph.initializer.remove(tables[name])
        graph.initializer.extend(
            [
                onnx.numpy_helper.from_array(np.round(table / scales).astype(np.int8), f"{name}_rows"),
                onnx.numpy_helper.from_array(scales.astype(np.float32), f"{name}_scales"),
            ]
        )
        place = list(graph.node).index(node)
        graph.node.remove(node)
        made = [
            onnx.helper.make_node("Gather", [f"{name}_rows", ids], [f"{output}_rows"], axis=0),
            onnx.helper.make_node("Gather", [f"{name}_scales", ids], [f"{output}_scales"], axis=0),
            onnx.helper.make_node("Cast", [f"{output}_rows"], [f"{output}_float"], to=onnx.TensorProto.FLOAT),
            onnx.helper.make_node("Mul", [f"{output}_float", f"{output}_scales"], [output]),
        ]
        for offset, each in enumerate(made):
            graph.node.insert(place + offset, each)
