"""What `contract.py` puts together: the guide, the operations, the fields and the examples."""
