"""What runs in a process of its own, beside what ships."""
