"""The doors of third parties: usage plans, their mechanisms and their answers."""
