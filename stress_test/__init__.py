"""Load on the API, in which every answer is compared with the one that is known to be right."""
