"""Interlace: the statewide reporting pipeline of a school-improvement network.

Importing this package does no I/O and reads no environment; `settings.py` is the only place that does.
"""
