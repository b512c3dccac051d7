"""The same model and the same rows behind other ways of serving them, all measured in one run."""
