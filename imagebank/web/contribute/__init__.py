"""Pages of a contributor: give files, look at them, confirm, tag by indication, hand in."""
