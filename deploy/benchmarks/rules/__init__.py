"""What PS3.18 asks of a DICOMweb origin server, rule by rule: `python -m deploy.benchmarks.rules URL`."""
