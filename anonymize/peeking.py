"""The header alone, for an answer at once: what is it, was it seen before, would it be refused."""

from __future__ import annotations

from typing import Any

from pydicom.dataset import Dataset

from anonymize.header import check_class, identities, patient_value
from anonymize.parsing import read_dataset, sniff
from anonymize.policy import Policy
from anonymize.sandbox.jobs import Context


def run(context: Context) -> dict[str, Any]:
    """The job `peek`; the source may be cut after its header. Refusals that the header gives away are its code.

    Result: kind, sop_class, complete, the keyed study_uid, series_uid and sop_instance_uid (empty where the file has
    none), patient (64 hex digits or empty), rows, columns, frames (None where unknown).
    """
    kind = sniff(context.source)
    if kind != "dicom":
        return {"kind": kind, "complete": True}
    source = read_dataset(context.source, context.limits, prefix=True)
    dataset = source.dataset
    found: dict[str, Any] = {"kind": kind, "complete": source.complete, "sop_class": _text(dataset, "SOPClassUID")}
    if source.complete or found["sop_class"]:
        check_class(dataset, Policy())
    return found | _keyed(context, dataset) | _size(dataset)


def _keyed(context: Context, dataset: Dataset) -> dict[str, str]:
    wanted = {name: value for name, value in identities(dataset, "").items() if not value.endswith("\0")}
    new = dict(zip(wanted, context.keyer.key("uid", list(wanted.values())), strict=True))
    patient = patient_value(dataset)
    new["patient"] = context.keyer.key("patient", [patient])[0] if patient else ""
    return {"study_uid": "", "series_uid": "", "sop_instance_uid": ""} | new


def _size(dataset: Dataset) -> dict[str, int | None]:
    return {
        name: int(text) if (text := _text(dataset, keyword)).isdecimal() and len(text) <= 10 else None
        for name, keyword in (("rows", "Rows"), ("columns", "Columns"), ("frames", "NumberOfFrames"))
    }


def _text(dataset: Dataset, keyword: str) -> str:
    try:
        return str(dataset.get(keyword, "") or "").strip()
    except Exception:  # a value that cannot be decoded says nothing
        return ""
