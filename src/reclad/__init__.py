"""Laser-cladding repair, from a worn part to a proven machine program."""

__version__ = "0.1.0"
