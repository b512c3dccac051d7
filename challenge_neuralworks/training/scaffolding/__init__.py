"""A new model out of a CSV file: what it takes is inferred, its modules are written, and it is trained as all are."""
