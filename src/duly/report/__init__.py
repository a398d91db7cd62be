"""What duly found or planned, written for people and for other programs."""
