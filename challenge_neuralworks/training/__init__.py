"""Below the heavy line: from a data file to a sealed artifact, proven equal to the fitted pipeline."""
