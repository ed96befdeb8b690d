"""What may stand in a finished ultrasound object: own list of the second look.

Written from PS3.3 (modules of the Ultrasound and Ultrasound Multi-frame Image IODs, A.6 and A.7) and PS3.15 Annex E:
an attribute is here when it describes the picture, the device's type or the coding, or is required and may be empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydicom.datadict import tag_for_keyword

from .rules import (
    AGE_BAND,
    CODE_VALUE,
    DATE,
    DESCRIPTION,
    EMPTY,
    IMAGE_TYPE,
    MAKER,
    MEANING,
    METHOD,
    MODEL,
    NEW_UID,
    PROBE,
    PSEUDONYM,
    SOFTWARE_UID,
    TIME,
    VERSION,
    Rule,
    binary,
    enum,
    integer,
    matching,
    number,
)

ULTRASOUND_IMAGE: Final = ("1.2.840.10008.5.1.4.1.1.6.1", "1.2.840.10008.5.1.4.1.1.6")
ULTRASOUND_MULTIFRAME: Final = ("1.2.840.10008.5.1.4.1.1.3.1", "1.2.840.10008.5.1.4.1.1.3")
NATIVE: Final = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1")
RLE: Final = "1.2.840.10008.1.2.5"
JPEG: Final = tuple(f"1.2.840.10008.1.2.4.{n}" for n in (50, 51, 57, 70))
JPEG_LS: Final = tuple(f"1.2.840.10008.1.2.4.{n}" for n in (80, 81))
JPEG_2000: Final = tuple(f"1.2.840.10008.1.2.4.{n}" for n in (90, 91))
JPEG_XL: Final = tuple(f"1.2.840.10008.1.2.4.{n}" for n in (110, 111, 112))
MPEG_2: Final = tuple(f"1.2.840.10008.1.2.4.{n}" for n in (100, 101))
MPEG_4: Final = tuple(f"1.2.840.10008.1.2.4.{n}" for n in (102, 103, 104, 105, 106))
HEVC: Final = tuple(f"1.2.840.10008.1.2.4.{n}" for n in (107, 108))
VIDEO: Final = (*MPEG_2, *MPEG_4, *HEVC)
TRANSFER_SYNTAXES: Final = (*NATIVE, RLE, *JPEG, *JPEG_LS, *JPEG_2000, *JPEG_XL, *VIDEO)
STANDARD_CLASSES = matching(r"1\.2\.840\.10008\.(?:5\.1\.4\.1\.1|3\.1\.2)\.[\d.]{1,12}", search=None)


@dataclass(frozen=True, slots=True)
class Items:
    """A sequence: what its items may hold."""

    table: Table


Table = Mapping[int, Rule | Items]


def _table(rules: Mapping[str, Rule | Items]) -> Table:
    tags = {tag_for_keyword(keyword): rule for keyword, rule in rules.items()}
    if None in tags:
        raise KeyError([keyword for keyword in rules if tag_for_keyword(keyword) is None])
    return {tag: rule for tag, rule in tags.items() if tag is not None}


META: Final = _table(
    {
        "FileMetaInformationGroupLength": integer(0, 4096),
        "FileMetaInformationVersion": binary(2),
        "MediaStorageSOPClassUID": enum(*ULTRASOUND_IMAGE, *ULTRASOUND_MULTIFRAME),
        "MediaStorageSOPInstanceUID": NEW_UID,
        "TransferSyntaxUID": enum(*TRANSFER_SYNTAXES),
        "ImplementationClassUID": SOFTWARE_UID,
        "ImplementationVersionName": matching(r"IMAGEBANK_\d{1,3}", None),
    }
)

_PALETTE = {
    f"{colour}PaletteColorLookupTable{part}": rule
    for colour in ("Red", "Green", "Blue")
    for part, rule in (("Descriptor", integer(0, 65535, count=3)), ("Data", binary(131072)))
}
_PICTURE: Final = {
    "SamplesPerPixel": enum(1, 3),
    "PhotometricInterpretation": enum(
        "MONOCHROME1",
        "MONOCHROME2",
        "PALETTE COLOR",
        "RGB",
        "YBR_FULL",
        "YBR_FULL_422",
        "YBR_PARTIAL_420",
        "YBR_ICT",
        "YBR_RCT",
        "XYB",
    ),
    "PlanarConfiguration": enum(0, 1),
    "Rows": integer(1, 65535),
    "Columns": integer(1, 65535),
    "BitsAllocated": enum(8, 16),
    "BitsStored": integer(1, 16),
    "HighBit": integer(0, 15),
    "PixelRepresentation": enum(0, 1),
    "PixelAspectRatio": integer(1, 10_000, count=2),
    **_PALETTE,
}

REGION: Final = _table(
    {
        "RegionSpatialFormat": integer(0, 5),
        "RegionDataType": integer(0, 18),
        "RegionFlags": integer(0, 31),
        "RegionLocationMinX0": integer(0, 65536),
        "RegionLocationMinY0": integer(0, 65536),
        "RegionLocationMaxX1": integer(0, 65536),
        "RegionLocationMaxY1": integer(0, 65536),
        "ReferencePixelX0": integer(-65536, 65536),
        "ReferencePixelY0": integer(-65536, 65536),
        "PhysicalUnitsXDirection": integer(0, 12),
        "PhysicalUnitsYDirection": integer(0, 12),
        "ReferencePixelPhysicalValueX": number(-1e6, 1e6),
        "ReferencePixelPhysicalValueY": number(-1e6, 1e6),
        "PhysicalDeltaX": number(-1e4, 1e4),
        "PhysicalDeltaY": number(-1e4, 1e4),
        "TransducerFrequency": integer(0, 100_000),
        "PulseRepetitionFrequency": integer(0, 1_000_000),
        "DopplerCorrectionAngle": number(-180, 180),
        "SteeringAngle": number(-180, 180),
        "DopplerSampleVolumeXPosition": integer(-65536, 65536),
        "DopplerSampleVolumeYPosition": integer(-65536, 65536),
        "TMLinePositionX0": integer(-65536, 65536),
        "TMLinePositionY0": integer(-65536, 65536),
        "TMLinePositionX1": integer(-65536, 65536),
        "TMLinePositionY1": integer(-65536, 65536),
        "PixelComponentOrganization": integer(0, 3),
        "PixelComponentMask": integer(0, 0xFFFFFFFF),
        "PixelComponentRangeStart": integer(0, 65535),
        "PixelComponentRangeStop": integer(0, 65535),
        "PixelComponentPhysicalUnits": integer(0, 12),
        "PixelComponentDataType": integer(0, 10),
        "NumberOfTableBreakPoints": integer(0, 65535),
        "TableOfXBreakPoints": integer(0, 65535, count=256),
        "TableOfYBreakPoints": number(-1e6, 1e6, count=256),
        "TMLinePositionX0Retired": integer(0, 65536),
        "TMLinePositionY0Retired": integer(0, 65536),
        "TMLinePositionX1Retired": integer(0, 65536),
        "TMLinePositionY1Retired": integer(0, 65536),
        "DopplerSampleVolumeXPositionRetired": integer(0, 65536),
        "DopplerSampleVolumeYPositionRetired": integer(0, 65536),
    }
)

CODES_7050: Final[Mapping[str, str]] = {
    "113100": "Basic Application Confidentiality Profile",
    "113101": "Clean Pixel Data Option",
    "113102": "Clean Recognizable Visual Features Option",
    "113103": "Clean Graphics Option",
    "113104": "Clean Structured Content Option",
    "113105": "Clean Descriptors Option",
    "113106": "Retain Longitudinal Temporal Information Full Dates Option",
    "113107": "Retain Longitudinal Temporal Information Modified Dates Option",
    "113108": "Retain Patient Characteristics Option",
    "113109": "Retain Device Identity Option",
}
"""PS3.16 CID 7050 without what this service never does (retain UIDs, private elements, institution)."""
METHOD_CODE: Final = _table(
    {
        "CodeValue": enum(*CODES_7050),
        "CodingSchemeDesignator": enum("DCM"),
        "CodeMeaning": enum(*CODES_7050.values()),
    }
)
_CONCEPT: Final = {
    "CodeValue": CODE_VALUE,
    "CodingSchemeDesignator": enum("DCM", "SCT", "SRT"),
    "CodeMeaning": MEANING,
}
"""Value, scheme and meaning together are held against the standard's own concepts (`concepts`)."""
CODE: Final = _table(_CONCEPT)
ANATOMY: Final = _table({**_CONCEPT, "AnatomicRegionModifierSequence": Items(CODE)})
REFERENCE: Final = _table(
    {
        "ReferencedSOPClassUID": STANDARD_CLASSES,
        "ReferencedSOPInstanceUID": NEW_UID,
        "ReferencedFrameNumber": integer(1, 100_000, count=3_000),
        "PurposeOfReferenceCodeSequence": Items(CODE),
    }
)
_STUDY: Final = {"StudyInstanceUID": NEW_UID}
_SERIES: Final = {"SeriesInstanceUID": NEW_UID}
SERIES: Final = _table({**_SERIES, "ReferencedInstanceSequence": Items(REFERENCE)})

ROOT: Final = _table(
    {
        # SOP Common (C.12.1), with the flags of PS3.15 E.1
        "SpecificCharacterSet": enum("ISO_IR 192"),
        "SOPClassUID": enum(*ULTRASOUND_IMAGE, *ULTRASOUND_MULTIFRAME),
        "SOPInstanceUID": NEW_UID,
        "InstanceNumber": integer(0, 1_000_000),
        "LongitudinalTemporalInformationModified": enum("MODIFIED", "REMOVED"),
        # Patient (C.7.1.1), Patient Study (C.7.2.2)
        "PatientName": PSEUDONYM,
        "PatientID": PSEUDONYM,
        "PatientBirthDate": EMPTY,
        "PatientSex": enum("M", "F", "O"),
        "PatientAge": AGE_BAND,
        "PatientIdentityRemoved": enum("YES"),
        "DeidentificationMethod": METHOD,
        # General Study (C.7.2.1), General Series (C.7.3.1)
        "StudyInstanceUID": NEW_UID,
        "StudyDate": DATE,
        "StudyTime": TIME,
        "SeriesDate": DATE,
        "SeriesTime": TIME,
        "AccessionNumber": EMPTY,
        "ReferringPhysicianName": EMPTY,
        "StudyID": EMPTY,
        "Modality": enum("US"),
        "SeriesInstanceUID": NEW_UID,
        "SeriesNumber": integer(0, 1_000_000),
        "Laterality": enum("L", "R"),
        "ImageLaterality": enum("L", "R", "U", "B"),
        "BodyPartExamined": DESCRIPTION,
        "StudyDescription": DESCRIPTION,
        "SeriesDescription": DESCRIPTION,
        "ProtocolName": DESCRIPTION,
        "StageName": DESCRIPTION,
        "ViewName": DESCRIPTION,
        "PresentationIntentType": enum("FOR PRESENTATION", "FOR PROCESSING"),
        "PositionReferenceIndicator": EMPTY,
        "SynchronizationTrigger": enum("SOURCE", "EXTERNAL", "PASSTHRU", "NO TRIGGER"),
        "AcquisitionTimeSynchronized": enum("Y", "N"),
        "PatientPosition": enum("HFS", "HFP", "HFDR", "HFDL", "FFS", "FFP", "FFDR", "FFDL"),
        "FrameOfReferenceUID": NEW_UID,
        "SynchronizationFrameOfReferenceUID": NEW_UID,
        # General Equipment (C.7.5.1)
        "Manufacturer": MAKER,
        "ManufacturerModelName": MODEL,
        "SoftwareVersions": VERSION,
        # General Image (C.7.6.1), Image Pixel (C.7.6.3), Cine (C.7.6.5), Multi-frame (C.7.6.6)
        "ImageType": IMAGE_TYPE,
        "ContentDate": DATE,
        "ContentTime": TIME,
        "AcquisitionDate": DATE,
        "AcquisitionTime": TIME,
        "AcquisitionNumber": integer(0, 1_000_000),
        "AcquisitionDateTime": DATE,
        "AcquisitionDuration": number(0, 100_000),
        "ImagesInAcquisition": integer(0, 1_000_000),
        "CardiacNumberOfImages": integer(0, 100_000),
        "ImageTriggerDelay": number(0, 1e6),
        "RepresentativeFrameNumber": integer(1, 100_000),
        "FrameNumbersOfInterest": integer(1, 100_000, count=3_000),
        "PatientOrientation": matching(r"(?:[AFHLPR]{1,3})?", search=None),
        "BurnedInAnnotation": enum("NO"),
        "RecognizableVisualFeatures": enum("NO"),
        "LossyImageCompression": enum("00", "01"),
        "LossyImageCompressionRatio": number(0, 10_000, 6, count=8),
        "LossyImageCompressionMethod": enum(
            "ISO_10918_1",
            "ISO_14495_1",
            "ISO_15444_1",
            "ISO_15444_2",
            "ISO_13818_2",
            "ISO_14496_10",
            "ISO_23008_2",
            "ISO_18181_1",
        ),
        "PresentationLUTShape": enum("IDENTITY", "INVERSE"),
        "PixelSpacing": number(1e-6, 100, 12, count=2),
        "PixelSpacingCalibrationType": enum("GEOMETRY", "FIDUCIAL"),
        "WindowCenter": number(-65536, 65536, count=2),
        "WindowWidth": number(0, 65536, count=2),
        "VOILUTFunction": enum("LINEAR", "LINEAR_EXACT", "SIGMOID"),
        "RescaleIntercept": number(-65536, 65536),
        "RescaleSlope": number(-65536, 65536),
        "RescaleType": enum("US"),
        "NumberOfFrames": integer(1, 100_000),
        "FrameIncrementPointer": enum(0x00181063, 0x00181065),
        "FrameTime": number(0, 100_000),
        "FrameTimeVector": number(0, 100_000, count=100_000),
        "FrameDelay": number(0, 100_000),
        "ActualFrameDuration": integer(0, 1_000_000),
        "EffectiveDuration": number(0, 100_000),
        "PreferredPlaybackSequencing": enum(0, 1),
        "StartTrim": integer(0, 100_000),
        "StopTrim": integer(0, 100_000),
        "RecommendedDisplayFrameRate": integer(0, 10_000),
        "CineRate": integer(0, 10_000),
        "ConversionType": enum("DV", "DI", "DF", "WSD", "SD", "SI", "DRW", "SYN"),
        **_PICTURE,
        "PixelData": Rule(lambda values: True),
        # US Image (C.8.5.6)
        "NumberOfStages": integer(0, 100),
        "StageNumber": integer(0, 100),
        "NumberOfViewsInStage": integer(0, 1_000),
        "ViewNumber": integer(0, 1_000),
        "NumberOfEventTimers": integer(0, 100),
        "EventElapsedTimes": number(0, 1e7, count=100),
        "TriggerTime": number(0, 1e7),
        "NominalInterval": integer(0, 100_000),
        "BeatRejectionFlag": enum("Y", "N"),
        "LowRRValue": integer(0, 100_000),
        "HighRRValue": integer(0, 100_000),
        "HeartRate": integer(0, 500),
        "RWaveTimeVector": number(0, 1e6, count=10_000),
        "UltrasoundColorDataPresent": enum(0, 1),
        "OutputPower": matching(r"(?:-?\d{1,3}(?:\.\d{1,2})?(?: ?(?:%|dB))?)?", 6),
        "TransducerData": PROBE,
        "TransducerType": enum(
            "SECTOR_PHASED",
            "SECTOR_MECH",
            "SECTOR_ANNULAR",
            "LINEAR",
            "CURVED LINEAR",
            "SINGLE CRYSTAL",
            "SPLIT XTAL CWD",
            "IV_PHASED",
            "IV_ROT XTAL",
            "IV_ROT MIRROR",
            "ENDOCAV_PA",
            "ENDOCAV_MECH",
            "ENDOCAV_CLA",
            "ENDOCAV_AA",
            "ENDOCAV_LINEAR",
            "VECTOR_PHASED",
            "TRAPEZOID",
            "CONVEX",
            "MICROCONVEX",
            "CURVED_LINEAR",
            "PHASED",
            "SECTOR",
            "MATRIX",
            "ANNULAR",
            "VOLUME",
            "ENDOCAVITY",
        ),
        "FocusDepth": number(0, 10_000),
        "ProcessingFunction": DESCRIPTION,
        "PostprocessingFunction": DESCRIPTION,
        "TransducerOrientation": DESCRIPTION,
        "TransducerFrequency": integer(0, 100_000),
        "NominalScannedPixelSpacing": number(1e-6, 100, 12, count=2),
        "DepthsOfFocus": number(0, 10_000, count=100),
        "MechanicalIndex": number(0, 10),
        "BoneThermalIndex": number(0, 20),
        "CranialThermalIndex": number(0, 20),
        "SoftTissueThermalIndex": number(0, 20),
        "SoftTissueFocusThermalIndex": number(0, 20),
        "SoftTissueSurfaceThermalIndex": number(0, 20),
        "DepthOfScanField": integer(0, 10_000),
        "ImageTransformationMatrix": number(-1e6, 1e6, count=16),
        "ImageTranslationVector": number(-1e6, 1e6, count=3),
        # Sequences
        "SequenceOfUltrasoundRegions": Items(REGION),
        "DeidentificationMethodCodeSequence": Items(METHOD_CODE),
        "AnatomicRegionSequence": Items(ANATOMY),
        "PrimaryAnatomicStructureSequence": Items(ANATOMY),
        "ViewCodeSequence": Items(CODE),
        "DerivationCodeSequence": Items(CODE),
        "TransducerBeamSteeringCodeSequence": Items(CODE),
        "TransducerScanPatternCodeSequence": Items(CODE),
        "TransducerGeometryCodeSequence": Items(CODE),
        "TransducerApplicationCodeSequence": Items(CODE),
        "ReferencedImageSequence": Items(REFERENCE),
        "SourceImageSequence": Items(REFERENCE),
        # General Reference (C.7.6.30), related series (C.7.3.1), Common Instance Reference (C.12.2)
        "ReferencedInstanceSequence": Items(REFERENCE),
        "RelatedSeriesSequence": Items(_table({**_STUDY, **_SERIES, "PurposeOfReferenceCodeSequence": EMPTY})),
        "ReferencedSeriesSequence": Items(SERIES),
        "StudiesContainingOtherReferencedInstancesSequence": Items(
            _table({**_STUDY, "ReferencedSeriesSequence": Items(SERIES)})
        ),
    }
)
