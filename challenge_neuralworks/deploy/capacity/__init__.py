"""What a wanted request rate takes on AWS: concurrency, memory, quotas and cost, from service time measured here."""
