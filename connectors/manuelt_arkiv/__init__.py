"""An archive a person carries into: a drop folder, a task, and that person's confirmation."""
