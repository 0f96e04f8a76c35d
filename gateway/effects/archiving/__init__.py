"""Archive jobs carried out: what is due, freezing, delivering, confirming, deleting."""
