"""Who works here, in which roles, and what each role may do. Asked before any act of a person."""
