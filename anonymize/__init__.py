"""De-identification of ultrasound clips: a file of a stranger in, a clean DICOM object and a report out."""
