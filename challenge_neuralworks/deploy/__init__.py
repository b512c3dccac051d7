"""What ships, and how it gets there."""
