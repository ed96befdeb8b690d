"""The text models in fewer operations give the numbers of the models as they were published."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest

from anonymize.pixels.network import quicker
from anonymize.pixels.text import DETECTOR, READER

DETECTED = {"Clip": (24, 0), "Add": (89, 11), "Mul": (86, 34), "BatchNormalization": (3, 2)}
READ = {"Clip": (28, 0), "Add": (107, 23), "Mul": (107, 51)}
"""How many nodes of an operation the models have as they were published, and how many ours have."""


@pytest.mark.parametrize(
    ("name", "size", "counts"), [(DETECTOR, (64, 96), DETECTED), (READER, (48, 160), READ)], ids=["detector", "reader"]
)
def test_fewer_operations_give_the_same_numbers(
    name: str, size: tuple[int, int], counts: dict[str, tuple[int, int]]
) -> None:
    spec = find_spec("rapidocr_onnxruntime")
    assert spec is not None and spec.origin is not None
    path = Path(spec.origin).parent / "models" / name
    published, ours = path.read_bytes(), quicker(path)
    assert {operation: (_nodes(published, operation), _nodes(ours, operation)) for operation in counts} == counts
    drawn = cv2.putText(np.zeros(size, np.uint8), "MILLER", (8, 36), cv2.FONT_HERSHEY_DUPLEX, 0.7, 255)
    picture = np.repeat(drawn[None, None] / np.float32(127.5) - 1, 3, axis=1)
    one, other = (_session(model).run(None, {"x": picture})[0] for model in (published, ours))
    assert one.max() > 0.5
    assert np.abs(one - other).max() < 1e-4


def _nodes(model: bytes, operation: str) -> int:
    """Nodes of an operation by how its name lies in the file: field 4, length, letters."""
    return model.count(b'"' + bytes([len(operation)]) + operation.encode())


def _session(model: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 4
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
