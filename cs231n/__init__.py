"""The library that students of the course complete, and what helps them do it."""
