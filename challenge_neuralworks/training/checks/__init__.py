"""Whether data are fit to train on: what they must hold, how they differ from accepted ones, and what leaks."""

from challenge_neuralworks.training.checks.check import DataReport, check_data
from challenge_neuralworks.training.checks.distribution import Limits, SelfComparison, compare
from challenge_neuralworks.training.checks.findings import DataRejected, Finding
from challenge_neuralworks.training.checks.leaks import Leak, Shared, refuse_leaks, shared_rows, single_features
from challenge_neuralworks.training.checks.profile import (
    Profile,
    make_profile,
    make_reference,
    read_profile,
    write_profile,
)
from challenge_neuralworks.training.checks.report import refuse_failed, write_report

__all__ = [
    "DataRejected",
    "DataReport",
    "Finding",
    "Leak",
    "Limits",
    "Profile",
    "SelfComparison",
    "Shared",
    "check_data",
    "compare",
    "make_profile",
    "make_reference",
    "read_profile",
    "refuse_failed",
    "refuse_leaks",
    "shared_rows",
    "single_features",
    "write_profile",
    "write_report",
]
