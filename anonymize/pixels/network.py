"""The networks of the text models in fewer operations: the same numbers in half of the time.

onnxruntime passes over the whole picture for each operation, and sorts its samples anew before and after all but a few.
A convolution is followed by a factor and a number to add: they go into its weights. The hard swish behind it is spelled
as x + 3, cut to 0-6, times x, by 6: it becomes x * HardSigmoid(x). The factor and the number behind that go into the
weights of the next convolution, or, where that sees zeros around the picture, become a convolution of single samples.
What follows a transposed convolution goes into its weights; x + x * g becomes x * (g + 1): g is one number a channel.
What is spelled otherwise stays as it is. Messages: onnx.proto.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory  # type: ignore[import-untyped]

_FIELD = descriptor_pb2.FieldDescriptorProto
FIELDS: dict[str, tuple[tuple[str, int, int, str], ...]] = {
    "Model": (("graph", 7, _FIELD.TYPE_MESSAGE, "Graph"),),
    "Graph": (("node", 1, _FIELD.TYPE_MESSAGE, "Node"),),
    "Node": (
        ("input", 1, _FIELD.TYPE_STRING, ""),
        ("output", 2, _FIELD.TYPE_STRING, ""),
        ("op_type", 4, _FIELD.TYPE_STRING, ""),
        ("attribute", 5, _FIELD.TYPE_MESSAGE, "Attribute"),
    ),
    "Attribute": (
        ("name", 1, _FIELD.TYPE_STRING, ""),
        ("f", 2, _FIELD.TYPE_FLOAT, ""),
        ("i", 3, _FIELD.TYPE_INT64, ""),
        ("t", 5, _FIELD.TYPE_MESSAGE, "Tensor"),
        ("ints", 8, _FIELD.TYPE_INT64, ""),
        ("type", 20, _FIELD.TYPE_INT32, ""),
    ),
    "Tensor": (
        ("dims", 1, _FIELD.TYPE_INT64, ""),
        ("data_type", 2, _FIELD.TYPE_INT32, ""),
        ("raw_data", 9, _FIELD.TYPE_BYTES, ""),
    ),
}
"""Message -> name, number, type and message of the fields that are touched; all others are handed on unread."""
REPEATED = frozenset({"node", "input", "output", "attribute", "dims", "ints"})
FLOAT_ATTRIBUTE, INT_ATTRIBUTE, TENSOR_ATTRIBUTE, FLOAT_TENSOR = 1, 2, 4, 1
ALPHA, BETA = 1 / 6, 0.5
CHANNELWISE = frozenset({"Mul", "Div", "Add"})
"""Operations of as many channels as their first input that is no constant."""


def quicker(path: Path) -> bytes:
    """The model of a file, as bytes."""
    model = _class("Model").FromString(path.read_bytes())
    graph = _Graph(list(model.graph.node))
    for steps in ((graph.scale, graph.shorten), (graph.carry, graph.absorb, graph.gate)):
        for node in graph.nodes:
            for step in steps:
                step(node)
    kept = graph.left()
    del model.graph.node[:]
    model.graph.node.extend(kept)
    return bytes(model.SerializeToString())


class _Graph:
    """Nodes of a network, who uses which output, and what is taken instead of the outputs of those that go."""

    def __init__(self, nodes: list[Any]) -> None:
        self.nodes = nodes
        self._constants = {node.output[0]: node.attribute[0].t for node in nodes if node.op_type == "Constant"}
        self._makers = {node.output[0]: node for node in nodes}
        self._users: dict[str, list[Any]] = defaultdict(list)
        self._instead: dict[str, str] = {}
        self._made: list[Any] = []
        for node in nodes:
            for name in node.input:
                self._users[name].append(node)

    def scale(self, node: Any) -> None:
        """If one factor and one number to add follow a convolution they go into its weights."""
        steps = self._chain(node, "Conv", "Mul", "Add")
        given, weights = [self._numbers(step) for step in steps[1:]], self._weights(node)
        if list(map(len, given)) != [1, 1] or not weights:
            return
        (factor,), (shift,) = given
        for tensor, added in zip(weights, (0.0, shift), strict=True):
            _put(tensor, _floats(tensor) * factor + added)
        self._instead |= {step.output[0]: node.output[0] for step in steps[1:]}

    def shorten(self, node: Any) -> None:
        """If a hard swish begins here: the node becomes HardSigmoid, the product stays, the other two go."""
        steps = self._chain(node, "Add", "Clip", "Mul", "Div")
        if [self._numbers(step) for step in steps] != [[3.0], [0.0, 6.0], [], [6.0]]:
            return
        _, clip, product, last = steps
        taken = self._inputs(node)
        if taken[0] not in product.input:
            return
        node.op_type, node.input[:] = "HardSigmoid", taken
        for name, value in (("alpha", ALPHA), ("beta", BETA)):
            node.attribute.add(name=name, f=value, type=FLOAT_ATTRIBUTE)
        self._instead |= {clip.output[0]: node.output[0], last.output[0]: product.output[0]}

    def carry(self, node: Any) -> None:
        """If this is one factor, with one number to add: they go on into a convolution, or become one themselves."""
        steps = self._chain(node, "Mul", "Add")
        given = [self._numbers(step) for step in steps]
        if list(map(len, given)) != [1, 1] or node.output[0] in self._instead:
            return
        ((factor,), (shift,)), (source,) = given, self._inputs(node)
        if weights := self._weights_behind(steps[1]):
            rows = _floats(weights[0]).reshape(_floats(weights[1]).size, -1)
            _put(weights[1], _floats(weights[1]) + shift * rows.sum(axis=1))
            _put(weights[0], rows * factor)
            self._instead |= {step.output[0]: source for step in steps}
        elif channels := self._channels(source):
            each = [self._constant(np.full((channels, 1, 1, 1), factor)), self._constant(np.full(channels, shift))]
            node.op_type, node.input[:] = "Conv", [source, *each]
            node.attribute.add(name="group", i=channels, type=INT_ATTRIBUTE)
            self._instead[steps[1].output[0]] = node.output[0]

    def absorb(self, node: Any) -> None:
        """If numbers to add and a normalisation follow a transposed convolution they go into its weights."""
        steps = self._chain(node, "ConvTranspose", "Add", "BatchNormalization") or self._chain(
            node, "ConvTranspose", "Add"
        )
        added = [self._constants[name] for step in steps[1:2] for name in step.input if name in self._constants]
        weights = self._constants.get(node.input[1]) if steps else None
        if weights is None or len(added) != 1 or _floats(added[0]).size != weights.dims[1]:
            return
        factor, shift = self._normal(steps[2]) if len(steps) > 2 else (np.ones(1), np.zeros(1))
        numbers = _floats(weights).reshape(weights.dims[0], weights.dims[1], -1)
        _put(weights, numbers * factor[:, None])
        node.input.append(self._constant(_floats(added[0]) * factor + shift))
        self._instead |= {step.output[0]: node.output[0] for step in steps[1:]}

    def gate(self, node: Any) -> None:
        """If x * g is added to x: the first node becomes g + 1, the second x times that."""
        steps = self._chain(node, "Mul", "Add")
        both = [name for step in steps[1:] for name in step.input if name in node.input]
        if len(both) != 1 or len(set(node.input)) != 2 or self._made_of(both[0]) != "Conv":
            return
        (gate,) = set(node.input) - set(both)
        if self._made_of(gate) == "HardSigmoid":
            node.op_type, node.input[:] = "Add", [gate, self._constant(np.ones(1))]
            steps[1].op_type, steps[1].input[:] = "Mul", [both[0], node.output[0]]

    def left(self) -> list[Any]:
        """The nodes that stay, each with the inputs that it takes now."""
        kept = self._made + [node for node in self.nodes if node.output[0] not in self._instead]
        for node in kept:
            node.input[:] = [self._now(name) for name in node.input]
        return kept

    def _now(self, name: str) -> str:
        return self._now(self._instead[name]) if name in self._instead else name

    def _chain(self, node: Any, *operations: str) -> list[Any]:
        """Nodes of these operations, each the only user of the one before; empty when there is no such chain."""
        steps = [node]
        while len(steps) < len(operations) and len(after := self._users[steps[-1].output[0]]) == 1:
            steps += after
        return steps if tuple(step.op_type for step in steps) == operations else []

    def _made_of(self, name: str) -> str:
        return str(self._makers[name].op_type) if name in self._makers else ""

    def _inputs(self, node: Any) -> list[str]:
        """Those that are no constants."""
        return [name for name in node.input if name not in self._constants]

    def _numbers(self, node: Any) -> list[float]:
        """Single numbers among the inputs."""
        found = [_floats(self._constants[name]) for name in node.input if name in self._constants]
        return [float(numbers[0]) for numbers in found if numbers.size == 1]

    def _weights(self, node: Any) -> list[Any]:
        """Weights and numbers to add of a convolution, when both are constants of its own; else empty."""
        own = [self._constants[name] for name in node.input[1:] if name in self._constants]
        return own if len(own) == 2 and all(one.raw_data for one in own) else []

    def _weights_behind(self, node: Any) -> list[Any]:
        """Those of the only user, when it is a convolution that mixes the channels of single samples; else empty."""
        users = self._users[node.output[0]]
        if [user.op_type for user in users] != ["Conv"]:
            return []
        told = {one.name: (one.i, list(one.ints)) for one in users[0].attribute}
        single = set(told["kernel_shape"][1]) == {1} and not any(told["pads"][1]) and told["group"][0] == 1
        return self._weights(users[0]) if single else []

    def _channels(self, name: str) -> int:
        """Of what this name stands for; 0 when no convolution tells."""
        while self._made_of(name) in CHANNELWISE:
            name = self._inputs(self._makers[name])[0]
        weights = self._weights(self._makers[name]) if self._made_of(name) == "Conv" else []
        return _floats(weights[1]).size if weights else 0

    def _normal(self, node: Any) -> tuple[np.ndarray, np.ndarray]:
        """A BatchNormalization as factor and number to add, of each channel."""
        factor, shift, mean, variance = (_floats(self._constants[name]) for name in node.input[1:])
        (epsilon,) = (one.f for one in node.attribute if one.name == "epsilon")
        scale = factor / np.sqrt(variance + epsilon)
        return scale, shift - mean * scale

    def _constant(self, numbers: np.ndarray) -> str:
        """The name of a new one."""
        node = _class("Node")(op_type="Constant", output=[f"quicker.{len(self._made)}"])
        value = node.attribute.add(name="value", type=TENSOR_ATTRIBUTE)
        value.t.dims.extend(numbers.shape)
        value.t.data_type = FLOAT_TENSOR
        _put(value.t, numbers)
        self._made.append(node)
        return str(node.output[0])


def _floats(tensor: Any) -> np.ndarray:
    """float32, flat."""
    return np.frombuffer(tensor.raw_data, "<f4")


def _put(tensor: Any, numbers: np.ndarray) -> None:
    tensor.raw_data = numbers.astype("<f4").tobytes()


def _class(name: str) -> Any:
    return message_factory.GetMessageClass(_pool().FindMessageTypeByName(f"network.{name}"))


@cache
def _pool() -> Any:
    file = descriptor_pb2.FileDescriptorProto(name="anonymize_network.proto", package="network", syntax="proto2")
    for message, fields in FIELDS.items():
        declared = file.message_type.add(name=message)
        for field, number, kind, other in fields:
            label = _FIELD.LABEL_REPEATED if field in REPEATED else _FIELD.LABEL_OPTIONAL
            more = {"type_name": f".network.{other}"} if other else {}
            declared.field.add(name=field, number=number, type=kind, label=label, **more)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return pool
