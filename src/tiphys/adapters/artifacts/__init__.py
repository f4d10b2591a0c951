"""Drivers of artifact storage (``ports/artifacts.py``); libraries are imported when a driver is made."""
