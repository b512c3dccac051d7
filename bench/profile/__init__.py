"""Where the microseconds of a request go."""
