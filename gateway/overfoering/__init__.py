"""Hand-over of responsibility, pure: state tables, guards, selection, proof. No I/O, no clock."""
