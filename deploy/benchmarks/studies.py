"""Fills a demo up to N studies for `deploy.benchmarks.dicomweb`: `python -m deploy.benchmarks.studies 5000`.

Each is a made-up published case with one clip, whose rows are copied from a public clip of the bank under UIDs of its
own: rows for searches, no objects. The environment names the bank (`IMAGEBANK_DATA`, `DJANGO_SETTINGS_MODULE`).
"""

from __future__ import annotations

import argparse
import os

import django

from deploy.benchmarks.measuring import say


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imagebank.settings.development")
    django.setup()
    from deploy.benchmarks.made_studies import fill_up_to  # it has models

    say("studies", str(fill_up_to(options.count)))


if __name__ == "__main__":
    main()
