"""What happens to a version once it is trained: signed, published, promoted, replayed, taken back."""
