"""Posters, films, frames and the perceptual hash of a clean clip."""

from anonymize.render.renditions import Facts, Renditions, render

__all__ = ["Facts", "Renditions", "render"]
