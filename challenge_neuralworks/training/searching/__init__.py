"""Search: every candidate of a recipe with every combination of its parameters, on rows it was not fitted on."""
