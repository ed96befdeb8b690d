"""A published case as FHIR R4: an ImagingStudy of its clips, an Observation of each finding, a Bundle of both.

The standard: hl7.org/fhir/R4. What is said of the case comes from its public document alone (privacy.md 9); the UIDs
are those of the clean objects, as DICOMweb tells them. The patient is contained, without an id: there is none to name.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from imagebank.vocabulary.selectors import labels

from .models import Clip, PublicCase

Resource = dict[str, Any]
DCM: Final = "http://dicom.nema.org/resources/ontology/DCM"
SNOMED: Final = "http://snomed.info/sct"
PRESENCE: Final = {
    "present": ("52101004", "Present"),
    "absent": ("2667000", "Absent"),
    "uncertain": ("82334004", "Indeterminate"),
}
ANONYMISED: Final = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "ANONYED",
    "display": "anonymized",
}  # fmt: skip
SYNTHETIC: Final = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST", "display": "test health data",
}  # fmt: skip
IMAGING: Final = {
    "system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "imaging", "display": "Imaging",
}  # fmt: skip
WADO: Final = {
    "system": "http://terminology.hl7.org/CodeSystem/endpoint-connection-type", "code": "dicom-wado-rs",
}  # fmt: skip
US: Final = {"system": DCM, "code": "US", "display": "Ultrasound"}
GENDERS: Final = ("male", "female", "other")
SUBJECT: Final = {"reference": "#patient"}


class Exporter:
    """Builds resources; `base` is the address of the node without a slash at its end."""

    def __init__(self, base: str, lang: str) -> None:
        self._base, self._lang = base, lang
        self._root = f"{base}/api/v1/fhir"

    def studies(self, rows: Sequence[PublicCase]) -> list[Resource]:
        """An ImagingStudy of each, in order."""
        wanted = [clip["id"] for row in rows for clip in row.document["clips"]]
        uids = Clip.objects.in_bulk([uuid.UUID(pk) for pk in wanted])
        return [self._study(row.document, {str(pk): clip for pk, clip in uids.items()}) for row in rows]

    def observations(self, row: PublicCase) -> list[Resource]:
        """One of each finding, numbered from 1 in the order of the document."""
        return [self._observation(row.document, n, said) for n, said in enumerate(row.document["findings"], 1)]

    def bundle(self, row: PublicCase) -> Resource:
        """Everything of a case: a Bundle of type collection."""
        resources = [*self.studies([row]), *self.observations(row)]
        return {
            "resourceType": "Bundle", "id": row.document["id"], "type": "collection",
            "entry": [{"fullUrl": self.url(one), "resource": one} for one in resources],
        }  # fmt: skip

    def found(self, rows: Sequence[PublicCase], total: int, links: Mapping[str, str]) -> Resource:
        """A page of a search (Bundle of type searchset): studies, and their findings as included."""
        entries = []
        for row, study in zip(rows, self.studies(rows), strict=True):
            entries.append({"fullUrl": self.url(study), "resource": study, "search": {"mode": "match"}})
            for one in self.observations(row):
                entries.append({"fullUrl": self.url(one), "resource": one, "search": {"mode": "include"}})
        told = [{"relation": relation, "url": self._base + path} for relation, path in links.items()]
        return {"resourceType": "Bundle", "type": "searchset", "total": total, "link": told, "entry": entries}

    def url(self, resource: Resource) -> str:
        return f"{self._root}/{resource['resourceType']}/{resource['id']}"

    def _study(self, document: Mapping[str, Any], clips: Mapping[str, Clip]) -> Resource:
        """UIDs of what has just gone are left out with their series."""
        there = [(said, clips[said["id"]]) for said in document["clips"] if said["id"] in clips]
        studies = sorted({clip.study_uid for _, clip in there})
        series = [self._series(said, clip, number) for number, (said, clip) in enumerate(there, 1)]
        return _full({
            **self._head("ImagingStudy", document["id"], document),
            "contained": [_patient(document), self._endpoint()],
            "identifier": [{"system": "urn:dicom:uid", "value": f"urn:oid:{uid}"} for uid in studies],
            "status": "available",
            "modality": [US],
            "subject": SUBJECT,
            "endpoint": [{"reference": "#wado"}],
            "reasonCode": [self._term("indications", "indication", document["indication"])],
            "numberOfSeries": len(series),
            "numberOfInstances": len(series),
            "series": series,
        })  # fmt: skip

    def _series(self, said: Mapping[str, Any], clip: Clip, number: int) -> Resource:
        """One of each clip: the number of a series in the object is not told, so that of the clip in the case."""
        instance = {
            "uid": clip.sop_instance_uid,
            "sopClass": {"system": "urn:ietf:rfc:3986", "code": f"urn:oid:{clip.sop_class_uid}"},
            "number": 1,
        }
        view = labels("view", self._lang).get(said["view"] or "", "")
        told = {"uid": clip.series_uid, "number": number, "modality": US, "description": view, "numberOfInstances": 1}
        return _full({**told, "instance": [instance]})

    def _observation(self, document: Mapping[str, Any], number: int, said: Mapping[str, Any]) -> Resource:
        code, display = PRESENCE[said["presence"]]
        value = {"coding": [{"system": SNOMED, "code": code, "display": display}], "text": said["presence"]}
        severity = {"code": {"text": "severity"}, "valueCodeableConcept": {"text": said["severity"]}}
        return _full({
            **self._head("Observation", f"{document['id']}-{number}", document),
            "contained": [_patient(document)],
            "status": "final",
            "category": [{"coding": [IMAGING]}],
            "code": self._term("findings", "finding", said["term"]),
            "subject": SUBJECT,
            "valueCodeableConcept": value,
            "component": [severity] if said["severity"] else [],
            "derivedFrom": [{"reference": f"ImagingStudy/{document['id']}"}],
        })  # fmt: skip

    def _head(self, kind: str, key: str, document: Mapping[str, Any]) -> Resource:
        tags = [SYNTHETIC] if document["synthetic"] else []
        meta = _full({"versionId": str(document["revision"]), "security": [ANONYMISED], "tag": tags})
        return {"resourceType": kind, "id": key, "meta": meta, "language": self._lang}

    def _term(self, system: str, kind: str, slug: str) -> Resource:
        label = labels(kind, self._lang).get(slug, slug)
        address = f"{self._base}/api/v1/vocabulary/fhir/CodeSystem/{system}"
        return {"coding": [{"system": address, "code": slug, "display": label}], "text": label}

    def _endpoint(self) -> Resource:
        return {
            "resourceType": "Endpoint", "id": "wado", "status": "active", "connectionType": WADO,
            "payloadType": [{"text": "DICOM"}], "address": f"{self._base}/dicomweb",
        }  # fmt: skip


def _patient(document: Mapping[str, Any]) -> Resource:
    """What may be told of the patient: the sex, where it is not withheld."""
    gender = document["sex"] if document["sex"] in GENDERS else "unknown"
    return {"resourceType": "Patient", "id": "patient", "gender": gender}


def _full(resource: Resource) -> Resource:
    """Without empty elements, which FHIR does not have."""
    return {name: value for name, value in resource.items() if value not in ("", [], None)}
