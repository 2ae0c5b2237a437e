"""What `qiyou wiring` is made of: the pin table, from the data the firmware uses, and its drawings."""
