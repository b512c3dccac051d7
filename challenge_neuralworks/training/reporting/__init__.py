"""Reports as one self-contained HTML page: tables, pictures and words, readable anywhere and without a network."""

from challenge_neuralworks.training.reporting.charts import Series, bar_chart, line_chart, paired_bars
from challenge_neuralworks.training.reporting.page import Part, Picture, Table, Text, render, write_page
from challenge_neuralworks.training.reporting.writing import write_whole

__all__ = [
    "Part",
    "Picture",
    "Series",
    "Table",
    "Text",
    "bar_chart",
    "line_chart",
    "paired_bars",
    "render",
    "write_page",
    "write_whole",
]
