"""Hustings: elections and organising that every member can check."""

__version__ = "0.1.0"
