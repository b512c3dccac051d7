"""One module a model: what its card says beside the figures. Found by name, never registered."""
