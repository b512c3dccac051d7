"""What this project costs beside the least that could be had: cold start, request time, memory, size."""
