"""Training examples read from data files, in the very form in which a request states them."""

from challenge_neuralworks.training.datasets.census import read_census
from challenge_neuralworks.training.datasets.examples import Examples, select
from challenge_neuralworks.training.datasets.flights import read_flights
from challenge_neuralworks.training.datasets.interim import read_examples, write_examples
from challenge_neuralworks.training.datasets.table import line_of
from challenge_neuralworks.training.datasets.tabular import Table

__all__ = ["Examples", "Table", "line_of", "read_census", "read_examples", "read_flights", "select", "write_examples"]
