"""What pages bring: visits, where they came from, what became of them, over time and at this moment."""
