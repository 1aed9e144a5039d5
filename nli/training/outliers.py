"""8-bit judges that agree with their float form: outlying channels apart, embeddings scaled row by row.

Dynamic quantisation gives a whole tensor of activations one scale. In mpnet a handful of channels reach 20 to 100 where
the others stay below 5 (measured on training pairs), so that one scale leaves the others five bits. As in LLM.int8()
(Dettmers et al. 2022) these channels are multiplied in float32, beside the 8-bit product of the rest; which ones they
are is fixed from training pairs, so that it costs one small product. docs/decisions/0007-outlying-channels.md has the
figures.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

APART = {"attention.attn": 4, "intermediate.dense": 8, "output.dense": 8}
"""How many input channels are kept apart, by what the layer's name ends with (attention: query, key and value)."""

FEWEST_ROWS = 64
"""Products of fewer input channels stay in float32: they are those of the channels set apart."""

VOCABULARY = 10_000
"""An embedding table with more rows than this is stored as 8-bit rows."""


class Apart(torch.nn.Module):
    """A linear layer in two parts: few outlying input channels, and the rest. The sum is what it was."""

    channels: torch.Tensor
    rest: torch.Tensor
    outlying: torch.Tensor

    def __init__(self, linear: torch.nn.Linear, channels: torch.Tensor) -> None:
        super().__init__()
        rest = torch.ones(linear.in_features)
        rest[channels] = 0
        weight = linear.weight.data
        self.register_buffer("channels", channels)
        self.register_buffer("rest", rest)
        self.register_buffer("outlying", weight[:, channels].T.contiguous())
        self.linear = torch.nn.Linear(linear.in_features, linear.out_features)
        self.linear.weight.data, self.linear.bias.data = weight * rest, linear.bias.data.clone()

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The same as the linear layer that it was made from."""
        rest: torch.Tensor = self.linear(inputs * self.rest)
        return rest + inputs.index_select(-1, self.channels) @ self.outlying


def peaks(model: torch.nn.Module, batches: Iterable[Mapping[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """The largest magnitude that each input channel of each linear layer reaches: name to (channels,)."""
    largest: dict[str, torch.Tensor] = {}
    hooks = []
    for name, module in model.named_modules():
        if isinstance(module, torch.nn.Linear):

            def note(_: torch.nn.Module, inputs: tuple[torch.Tensor, ...], name: str = name) -> None:
                reached = inputs[0].detach().abs().flatten(0, -2).amax(0)
                largest[name] = torch.maximum(largest[name], reached) if name in largest else reached

            hooks.append(module.register_forward_pre_hook(note))
    with torch.no_grad():
        for batch in batches:
            model(**batch)
    for hook in hooks:
        hook.remove()
    return largest


def set_apart(model: torch.nn.Module, largest: Mapping[str, torch.Tensor]) -> None:
    """Replace the encoder's linear layers by `Apart`, in place, with the channels that `peaks` found largest."""
    for name, reached in largest.items():
        parent, _, own = name.rpartition(".")
        kind = "attention.attn" if parent.endswith("attention.attn") and own != "o" else name
        count = next((count for ending, count in APART.items() if kind.endswith(ending)), 0)
        linear = model.get_submodule(name)
        if count and "encoder" in name and isinstance(linear, torch.nn.Linear):
            channels = reached.topk(count).indices.sort().values
            setattr(model.get_submodule(parent), own, Apart(linear, channels))


def quantise(source: Path, target: Path) -> None:
    """8-bit rows for the weights of all large products and for the word embeddings of an ONNX graph."""
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
    onnx.save(quantised, target)


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
