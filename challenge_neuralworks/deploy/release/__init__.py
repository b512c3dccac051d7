"""Which version of the function a stage's callers reach: shown, moved, watched, and put back where that fails."""
