"""Talking to a live API: its address, calls that are tried again, and answers as Python values."""
